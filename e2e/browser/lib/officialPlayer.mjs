// Tests cannot reach YouTube's player. The browser's network layer returns a stand-in page instead, so that the web client,
// its security policy and its frame are the real ones.
import { readFile } from 'node:fs/promises';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ state: string, seconds: number, atMs: number }} Film */

const PAGE = new URL('./official-player.html', import.meta.url);

/** Times from play to motion and from a seek to motion. Real players are between these two. */
export const QUICK = { startMs: 120, seekMs: 150 };
export const SLOW = { startMs: 900, seekMs: 700 };

/**
 * Replaces YouTube's player by the stand-in.
 * @param {Page} page @param {typeof QUICK} habits
 */
export async function standInForYouTube(page, habits) {
  const html = await readFile(PAGE, 'utf8');
  const body = html.replace(/(?<=id="habits"[^>]*>)[^<]*/, JSON.stringify(habits));
  await page.route('https://www.youtube-nocookie.com/embed/**', (route) =>
    route.fulfill({ contentType: 'text/html; charset=utf-8', body }),
  );
}

/** @param {Page} page */
function player(page) {
  return page.frames().find((frame) => frame.url().startsWith('https://www.youtube-nocookie.com/embed/'));
}

/** @param {Page} page @returns {Promise<Film>} */
async function film(page) {
  const frame = player(page);
  if (!frame) return { state: 'absent', seconds: Number.NaN, atMs: Number.NaN };
  return frame.evaluate(() => globalThis.film());
}

/**
 * The skew of two films in ms; positive: the first is ahead. Moving films are compared at one instant.
 * @param {Film} a @param {Film} b
 */
function apart(a, b) {
  const passed = a.state === 'playing' && b.state === 'playing' ? a.atMs - b.atMs : 0;
  return (a.seconds - b.seconds) * 1000 - passed;
}

/** Waits until a condition on both films holds. @param {Page[]} pages @param {(films: Film[], apartMs: number) => boolean} good @param {string} what */
export async function untilFilms(pages, good, what) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const films = await Promise.all(pages.map(film));
    const apartMs = apart(films[0], films[1]);
    if (good(films, apartMs)) return { films, apartMs };
    if (Date.now() > deadline)
      throw new Error(`after 30 s they are not ${what}: ${JSON.stringify(films)}, ${apartMs.toFixed(0)} ms apart`);
    await pages[0].waitForTimeout(100);
  }
}

/** The skew of two playing films, measured this many times, sorted. @param {Page[]} pages @param {number} looks */
export async function skews(pages, looks) {
  const seen = [];
  while (seen.length < looks) {
    const films = await Promise.all(pages.map(film));
    seen.push(Math.abs(apart(films[0], films[1])));
    await pages[0].waitForTimeout(100);
  }
  return seen.sort((x, y) => x - y);
}

/** Presses the player's own button. @param {Page} page */
export async function pressInPlayer(page) {
  await page.frameLocator('iframe[title="YouTube player"]').getByRole('button', { name: 'Play or pause' }).click();
}
