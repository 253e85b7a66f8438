// Ten people on one machine: ten pages of one browser on the best line. The limit is the CPU of the machine.
import { addFilmByLink, joinAsGuest, makeRoom, untilFilm } from '../../e2e/browser/lib/room.mjs';
import { launch } from './browsers.mjs';
import { monotonicMs, until } from './clock.mjs';
import { share } from './cost.mjs';
import { Line } from './line.mjs';
import { Person } from './person.mjs';
import { PROFILES } from './profiles.mjs';

const PEOPLE = 10;

/** @typedef {{ total: number, dropped: number }} Shown frames of a film */

/**
 * @param {{ minutes: number, link: string, ports: { app: number, film: number }, say: (text: string) => void }} options
 * @returns {Promise<Awaited<ReturnType<typeof import('./scenario.mjs').play>> & { droppedShare: number, browserShare: number }>}
 */
export async function playTen({ minutes, link, ports, say }) {
  const line = new Line(PROFILES[0], 1);
  const ways = new Map();
  for (const port of [ports.app, ports.film]) ways.set(port, await line.to(port));
  const browser = await launch('chromium', ways);
  try {
    const people = Array.from({ length: PEOPLE }, (_, i) => {
      const own = new Line({ ...PROFILES[0], name: `person ${i + 1}` }, i + 1);
      return new Person(own.profile.name, own, browser, 'chromium', `http://127.0.0.1:${ports.app}`);
    });
    const [host, ...guests] = people;
    const room = await makeRoom(await host.open());
    for (const guest of guests) await joinAsGuest(await guest.open(), room, guest.name);
    await addFilmByLink(host.page, link);
    await Promise.all(people.map(({ page }) => untilFilm(page, 'stands')));
    await host.page.locator('body').press('k');
    await Promise.all(people.map(({ page }) => untilFilm(page, 'moves')));
    say(`${PEOPLE} people watch`);

    const startMs = monotonicMs();
    const before = await Promise.all(people.map(frames));
    const browserShare = await share(browser, () => until(startMs + minutes * 60_000));
    const endMs = monotonicMs();
    const droppedShare = shareDropped(before, await Promise.all(people.map(frames)));
    const visits = [];
    for (const person of people) visits.push(await person.leave());
    const happenings = [{ name: 'start', fromMs: startMs, toMs: startMs, person: null }];
    return {
      browser: `chromium ${browser.version()}`,
      startMs,
      endMs,
      happenings,
      visits,
      joins: [],
      droppedShare,
      browserShare,
    };
  } finally {
    await browser.close();
    await line.close();
  }
}

/** @param {Person} person @returns {Promise<Shown>} */
function frames({ page }) {
  return page.evaluate(() => {
    const quality = document.querySelector('video')?.getVideoPlaybackQuality();
    return { total: quality?.totalVideoFrames ?? 0, dropped: quality?.droppedVideoFrames ?? 0 };
  });
}

/** The share of dropped frames of all people together. @param {Shown[]} before @param {Shown[]} after */
export function shareDropped(before, after) {
  const sum = (/** @type {Shown[]} */ all, /** @type {keyof Shown} */ key) =>
    all.reduce((total, one) => total + one[key], 0);
  const total = sum(after, 'total') - sum(before, 'total');
  return total > 0 ? (sum(after, 'dropped') - sum(before, 'dropped')) / total : Number.NaN;
}
