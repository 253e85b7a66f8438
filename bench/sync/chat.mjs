// `make bench-chat`: scrolls a history of 1,000 messages in a real browser, and lets messages fly over a film. Prints how
// long frames take, what the page computes, and how many rows are in the document.
import { parseArgs } from 'node:util';
import { log, rowCount } from '../../e2e/browser/lib/chat.mjs';
import { addTestFilm, hears, makeRoom, pressPlay, untilFilm } from '../../e2e/browser/lib/room.mjs';
import { speaker } from '../../e2e/browser/lib/speaker.mjs';
import { launch } from './browsers.mjs';
import { startSystem } from './system.mjs';

const MESSAGES = 1_000;
const SPEAKERS = 8;
const VIEWPORT = { width: 1440, height: 900 };
const TURNS = 240;
const WHEEL_PX = 160;
const FLYING_MS = 10_000;
const EVERY_MS = 250;

/** @typedef {{ frames: number[], longTasks: number[], scriptMs: number, layoutMs: number, taskMs: number, lengthMs: number }} Recorded */

const { values } = parseArgs({ options: { program: { type: 'string', default: 'target/release/syncwatch' } } });
const system = await startSystem(values.program, {
  SYNCWATCH_LIMITS__CHAT: 'unlimited',
  SYNCWATCH_LIMITS__ROOM_CHAT: 'unlimited',
  SYNCWATCH_LIMITS__CALLS: 'unlimited',
});
process.env['BASE_URL'] = `http://127.0.0.1:${system.port}`;
const browser = await launch('chromium', new Map());
try {
  const context = await browser.newContext({ baseURL: process.env['BASE_URL'], viewport: VIEWPORT });
  const page = await context.newPage();
  const link = await makeRoom(page);
  await addTestFilm(page);
  await fill(link);
  await page.reload();
  await hears(page, 'the newest');
  const rowsAtEnd = await rowCount(page);
  // Once without a clock: rows are measured, and pages of the history read.
  await scroll(page, -1);
  await scroll(page, 1);
  const scrolled = await record(page, () => scroll(page, -1));
  const rowsUp = await rowCount(page);

  await pressPlay(page);
  await untilFilm(page, 'moves');
  await page.mouse.move(VIEWPORT.width - 2, VIEWPORT.height - 2);
  const still = await record(page, () => pass(FLYING_MS));
  await page.getByRole('button', { name: 'Chat options' }).click();
  await page.getByRole('menuitemcheckbox', { name: /fly over the film/ }).click();
  await page.keyboard.press('Escape');
  await page.mouse.move(VIEWPORT.width - 2, VIEWPORT.height - 2);
  const ben = await speaker(link, 'Ben');
  const flying = await record(page, async () => {
    for (let n = 0; n * EVERY_MS < FLYING_MS; n += 1)
      await Promise.all([ben.say(`what a shot, number ${n}`), pass(EVERY_MS)]);
  });

  process.stdout.write(
    [
      `rows in the document: ${rowsAtEnd} at the end, ${rowsUp} after scrolling, of ${MESSAGES} messages`,
      `scrolling ${TURNS} turns of ${WHEEL_PX} px: ${words(scrolled)}`,
      `a film, panel at rest: ${words(still)}`,
      `a film, ${1_000 / EVERY_MS} messages a second in the panel and over it: ${words(flying)}`,
      '',
    ].join('\n'),
  );
} finally {
  await browser.close();
  await system.stop();
}

/** @param {string} link */
async function fill(link) {
  const each = Math.ceil(MESSAGES / SPEAKERS);
  await Promise.all(
    Array.from({ length: SPEAKERS }, async (_, part) => {
      const one = await speaker(link, `Speaker ${part}`);
      await one.sayMany(each, (n) => `line ${part}-${n} ${'and some more of it '.repeat((n * 7) % 9)}`);
    }),
  );
  await (await speaker(link, 'Last')).say('the newest');
}

/** @param {import('playwright-core').Page} page @param {1 | -1} direction */
async function scroll(page, direction) {
  const box = await log(page).boundingBox();
  if (!box) throw new Error('the chat has no place on the page');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.mouse.wheel(0, direction * WHEEL_PX);
    await pass(16);
  }
}

/** Frames, long tasks and computing of a page while something happens. @param {import('playwright-core').Page} page @param {() => Promise<void>} action @returns {Promise<Recorded>} */
async function record(page, action) {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Performance.enable');
  await page.evaluate(() => {
    const record = { frames: /** @type {number[]} */ ([]), longTasks: /** @type {number[]} */ ([]), isOn: true };
    Object.assign(window, { record });
    new PerformanceObserver((list) => {
      if (record.isOn) record.longTasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ entryTypes: ['longtask'] });
    let last = performance.now();
    const frame = (/** @type {number} */ now) => {
      record.frames.push(now - last);
      last = now;
      if (record.isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await costs(protocol);
  await action();
  const after = await costs(protocol);
  await protocol.detach();
  const { frames, longTasks } = await page.evaluate(() => {
    const { record } = /** @type {any} */ (window);
    record.isOn = false;
    return record;
  });
  return {
    frames: frames.slice(2),
    longTasks,
    scriptMs: after.ScriptDuration - before.ScriptDuration,
    layoutMs: after.LayoutDuration + after.RecalcStyleDuration - before.LayoutDuration - before.RecalcStyleDuration,
    taskMs: after.TaskDuration - before.TaskDuration,
    lengthMs: after.Timestamp - before.Timestamp,
  };
}

/** In milliseconds. @param {import('playwright-core').CDPSession} protocol @returns {Promise<Record<string, number>>} */
async function costs(protocol) {
  const { metrics } = await protocol.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value * 1_000]));
}

/** @param {Recorded} recorded */
function words({ frames, longTasks, scriptMs, layoutMs, taskMs, lengthMs }) {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ part) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);
  const perFrame = (/** @type {number} */ ms) => (ms / Math.max(1, frames.length)).toFixed(2);
  return (
    `${((frames.length * 1_000) / lengthMs).toFixed(1)} frames/s, frame p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} ms, ` +
    `${longTasks.length} long tasks, a frame takes ${perFrame(scriptMs)} ms of script and ${perFrame(layoutMs)} ms of layout, ` +
    `main thread ${((taskMs / lengthMs) * 100).toFixed(0)} % of a core`
  );
}

/** @param {number} ms @returns {Promise<void>} */
function pass(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
