// Skew between pages by their frames on screen: each page records its frames and when they are shown, by the clock of
// the machine.

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {[mediaMs: number, displayMs: number]} Shown */

/** @param {Page} page */
export async function noteFrames(page) {
  await page.evaluate(() => {
    const video = document.querySelector('video');
    if (!video) throw new Error('there is no video to watch');
    /** @type {Shown[]} */
    const shown = [];
    Object.assign(window, { shownFrames: shown });
    /** @type {VideoFrameRequestCallback} */
    const note = (_now, { mediaTime, expectedDisplayTime }) => {
      shown.push([mediaTime * 1000, performance.timeOrigin + expectedDisplayTime]);
      if (shown.length < 10_000) video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  });
}

/** @param {Page} page @returns {Promise<Shown[]>} */
export function notedFrames(page) {
  return page.evaluate(() => window.shownFrames);
}

/** Waits until a page has recorded this many more frames. @param {Page} page @param {number} count */
export async function untilNoted(page, count) {
  const have = (await notedFrames(page)).length;
  await page.waitForFunction((wanted) => window.shownFrames.length >= wanted, have + count, {
    polling: 100,
    timeout: 60_000,
  });
}

/**
 * The absolute skew in ms, every 50 ms while both have frames, sorted.
 * @param {Shown[]} a @param {Shown[]} b
 */
export function pairwiseSkew(a, b) {
  const from = Math.max(a[0]?.[1] ?? 0, b[0]?.[1] ?? 0);
  const to = Math.min(a.at(-1)?.[1] ?? 0, b.at(-1)?.[1] ?? 0);
  const skews = [];
  for (let at = from; at <= to; at += 50) {
    const first = onScreen(a, at);
    const second = onScreen(b, at);
    if (first && second) skews.push(Math.abs(first[0] - first[1] - (second[0] - second[1])));
  }
  return skews.sort((x, y) => x - y);
}

/** @param {Shown[]} frames @param {number} at */
function onScreen(frames, at) {
  return frames.findLast(([, displayMs]) => displayMs <= at);
}

/** @param {number[]} sorted @param {number} part */
export function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
