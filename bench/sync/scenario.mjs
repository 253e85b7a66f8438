// The events of a run. Their times are parts of its length, so that a short trial has all of them.
import { addFilmByLink, joinAsGuest, makeRoom, untilFilm } from '../../e2e/browser/lib/room.mjs';
import { monotonicMs, until } from './clock.mjs';
import { Person } from './person.mjs';

const JOIN_AT = 0.2;
const PAUSE_AT = 0.35;
const SEEK_AT = 0.5;
const OUTAGE_AT = 0.7;
const PAUSE_MS = 4_000;
const OUTAGE_MS = 3_000;
/** Further than HLS buffers ahead. */
export const SEEK_MS = 40_000;
const REJOIN_MS = 10_000;

/** How much longer than the run its film has to be. @param {number} joins */
export function extraSeconds(joins) {
  return (SEEK_MS + joins * 2 * REJOIN_MS) / 1_000 + 30;
}

/** Who is concerned: everyone, or one person. @typedef {{ name: string, fromMs: number, toMs: number, person: string | null }} Happening */

/**
 * @param {{ minutes: number, joins: number, link: string, ports: { app: number, film: number }, profiles: readonly import('./line.mjs').Profile[], firefox: number | null, say: (text: string) => void }} options
 * @returns {Promise<{ browser: string, startMs: number, endMs: number, happenings: Happening[], visits: import('./person.mjs').Visit[], joins: { person: string, clickMs: number, loss: number }[] }>}
 */
export async function play(options) {
  const { ports, profiles, say } = options;
  /** @type {Person[]} */
  const people = [];
  /** @type {import('./person.mjs').Visit[]} */
  const visits = [];
  /** @type {{ person: string, clickMs: number, loss: number }[]} */
  const joins = [];
  /** @type {Happening[]} */
  const happenings = [];
  try {
    for (const [i, profile] of profiles.entries())
      people.push(await Person.arrive(profile, i === options.firefox ? 'firefox' : 'chromium', i + 1, ports));
    // The person who joins late has the slowest line, on which joining takes longest.
    const late = people.toSorted((a, b) => b.line.rttMs - a.line.rttMs)[0];
    const first = people.filter((person) => person !== late);
    const host = first[0];
    const room = await makeRoom(await host.open());
    for (const person of first.slice(1)) await joinAsGuest(await person.open(), room, person.name);
    // Loading a page keeps this machine busy, which would disturb the others: so the late page is opened before.
    let door = await knock(late, room);
    await addFilmByLink(host.page, options.link);
    await Promise.all(first.map(({ page }) => untilFilm(page, 'stands')));
    await Promise.all(first.map((person) => person.checkClock()));
    await press(host);
    await Promise.all(first.map(({ page }) => untilFilm(page, 'moves')));
    const startMs = monotonicMs();
    const lengthMs = options.minutes * 60_000;
    const at = (/** @type {number} */ part) => until(startMs + part * lengthMs);
    happenings.push({ name: 'start', fromMs: startMs, toMs: startMs, person: null });
    say('playing');

    await at(JOIN_AT);
    const join = async () => {
      const clickMs = monotonicMs();
      await door.click();
      happenings.push({ name: 'join', fromMs: clickMs, toMs: clickMs, person: late.name });
      joins.push({ person: late.name, clickMs, loss: late.line.profile.loss });
    };
    await join();
    say('a late one joins');

    await at(PAUSE_AT);
    const pausedMs = monotonicMs();
    await press(first.at(-1));
    await until(pausedMs + PAUSE_MS);
    await press(first.at(-1));
    happenings.push({ name: 'pause and play', fromMs: pausedMs, toMs: monotonicMs(), person: null });
    say('paused and played again');

    await at(SEEK_AT);
    const soughtMs = monotonicMs();
    await seekAhead(late, SEEK_MS);
    happenings.push({ name: 'seek', fromMs: soughtMs, toMs: soughtMs, person: null });
    say('sought');

    await at(OUTAGE_AT);
    const cutMs = monotonicMs();
    const cut = first[Math.min(1, first.length - 1)];
    cut.line.outage(OUTAGE_MS);
    happenings.push({ name: 'outage', fromMs: cutMs, toMs: cutMs + OUTAGE_MS, person: cut.name });
    say(`${cut.name} is cut off for ${OUTAGE_MS / 1000} s`);

    await at(1);
    const endMs = monotonicMs();
    // More joins, for a distribution, over the same line without loss.
    late.line.profile = { ...late.line.profile, loss: 0 };
    for (let i = 0; i < options.joins; i += 1) {
      visits.push(await late.leave());
      door = await knock(late, room);
      await join();
      await until(monotonicMs() + REJOIN_MS);
    }
    for (const person of people) visits.push(await person.leave());
    return {
      browser: [...new Set(people.map(({ engine, browser }) => `${engine} ${browser.version()}`))].join(', '),
      startMs,
      endMs,
      happenings,
      visits,
      joins,
    };
  } finally {
    await Promise.allSettled(people.map((person) => person.goHome()));
  }
}

/** Opens the invite and enters a name. @param {Person} person @param {string} room @returns the button that joins */
async function knock(person, room) {
  const page = await person.open();
  await page.goto(room);
  await page.getByLabel('Your name').fill(person.name);
  return page.getByRole('button', { name: 'Join', exact: true });
}

/** Presses the key for play and pause. @param {Person | undefined} person */
async function press(person) {
  await person?.page.locator('body').press('k');
}

/** Seeks with the bar, as by dragging. @param {Person} person @param {number} aheadMs */
async function seekAhead({ page }, aheadMs) {
  const toMs = await page.evaluate(
    (/** @type {number} */ ms) => (document.querySelector('video')?.currentTime ?? 0) * 1000 + ms,
    aheadMs,
  );
  const bar = page.getByRole('slider', { name: 'Position, for everyone' });
  await bar.fill(String(Math.round(toMs / 100) * 100));
  await bar.dispatchEvent('keyup');
  await bar.blur();
}
