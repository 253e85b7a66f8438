// Measures how much CPU the room's page uses beyond the film. The page, and the film alone in a second browser, play in
// turns; the one that is paused is not counted.
import { addFilmByLink, makeRoom, pressPlay, showControls, untilFilm } from '../../e2e/browser/lib/room.mjs';
import { launch } from './browsers.mjs';
import { monotonicMs } from './clock.mjs';

const VIEWPORT = { width: 1440, height: 900 };
const TURNS = 3;
const TURN_MS = 5_000;
/** The controls hide 2.8 s after the last movement, and the message about the start later. */
const REST_MS = 6_000;
const MOVE_EVERY_MS = 500;

/**
 * Shares of one core. `points`: the difference to the film alone, in percent of a core.
 * @typedef {{ aloneShare: number, restingShare: number, shownShare: number, restingPoints: number, shownPoints: number }} Cost
 */

/** @param {{ app: number, link: string }} where @returns {Promise<Cost>} */
export async function measureCost({ app, link }) {
  const browsers = await Promise.all([launch('chromium', new Map()), launch('chromium', new Map())]);
  const [forRoom, forFilm] = browsers;
  try {
    const room = await (await forRoom.newContext({ baseURL: `http://127.0.0.1:${app}`, viewport: VIEWPORT })).newPage();
    await makeRoom(room);
    await addFilmByLink(room, link);
    await untilFilm(room, 'stands');
    const alone = await (await forFilm.newContext({ viewport: VIEWPORT })).newPage();
    await showAlone(alone, link, await room.locator('video').boundingBox());

    /** @type {{ alone: number, resting: number, shown: number }[]} */
    const turns = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      await alone.evaluate(() => document.querySelector('video')?.play());
      const aloneShare = await share(forFilm, () => pass(TURN_MS));
      await alone.evaluate(() => document.querySelector('video')?.pause());
      await pressPlay(room);
      await untilFilm(room, 'moves');
      await room.mouse.move(VIEWPORT.width - 2, VIEWPORT.height - 2);
      await pass(REST_MS);
      const restingShare = await share(forRoom, () => pass(TURN_MS));
      const shownShare = await share(forRoom, () => keepControls(room));
      await room.locator('body').press('k');
      await untilFilm(room, 'stands');
      turns.push({ alone: aloneShare, resting: restingShare, shown: shownShare });
    }
    return costOf(turns);
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()));
  }
}

/** The median of several turns. @param {{ alone: number, resting: number, shown: number }[]} turns @returns {Cost} */
export function costOf(turns) {
  const middle = (/** @type {(turn: (typeof turns)[number]) => number} */ of) =>
    turns.map(of).toSorted((a, b) => a - b)[Math.floor(turns.length / 2)] ?? Number.NaN;
  const points = (/** @type {number} */ share) => Math.round(share * 1_000) / 10;
  return {
    aloneShare: middle((turn) => turn.alone),
    restingShare: middle((turn) => turn.resting),
    shownShare: middle((turn) => turn.shown),
    restingPoints: points(middle((turn) => turn.resting - turn.alone)),
    shownPoints: points(middle((turn) => turn.shown - turn.alone)),
  };
}

/** The share of a core that all processes of a browser use. @param {import('playwright-core').Browser} browser @param {() => Promise<void>} meanwhile */
export async function share(browser, meanwhile) {
  const protocol = await browser.newBrowserCDPSession();
  const used = async () => {
    const { processInfo } = await protocol.send('SystemInfo.getProcessInfo');
    return {
      atMs: monotonicMs(),
      seconds: processInfo.reduce(
        (/** @type {number} */ sum, /** @type {{ cpuTime: number }} */ { cpuTime }) => sum + cpuTime,
        0,
      ),
    };
  };
  const before = await used();
  await meanwhile();
  const after = await used();
  await protocol.detach();
  return ((after.seconds - before.seconds) * 1_000) / (after.atMs - before.atMs);
}

/** Shows the film alone, with the size and position that it has in the room. @param {import('playwright-core').Page} page @param {string} link @param {{ x: number, y: number, width: number, height: number } | null} box */
async function showAlone(page, link, box) {
  if (!box) throw new Error('the film has no place in the room');
  const style = `position:absolute;left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px;object-fit:contain`;
  await page.setContent(
    `<!doctype html><body style="margin:0;background:#000"><video loop preload="auto" style="${style}"></video>`,
  );
  await page.evaluate(
    (/** @type {string} */ src) => Object.assign(document.querySelector('video') ?? {}, { src }),
    link,
  );
  await untilFilm(page, 'stands');
}

/** @param {import('playwright-core').Page} page */
async function keepControls(page) {
  for (const endMs = monotonicMs() + TURN_MS; monotonicMs() < endMs; await pass(MOVE_EVERY_MS))
    await showControls(page);
}

/** @param {number} ms @returns {Promise<void>} */
function pass(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
