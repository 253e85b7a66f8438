// The one clock of a measurement: CLOCK_MONOTONIC of this machine, in milliseconds.

const ROUND_TRIPS = 40;

export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * The offset from a page's performance.now() to the machine's clock. Chromium uses the machine's clock from the start of
 * each navigation, and returns that start exactly; round trips to the page must agree within half of the shortest.
 * @param {import('playwright-core').CDPSession} protocol
 */
export async function chromiumClock(protocol) {
  await protocol.send('Performance.enable', { timeDomain: 'timeTicks' });
  const { metrics } = await protocol.send('Performance.getMetrics');
  await protocol.send('Performance.disable');
  const startedS = metrics.find((metric) => metric.name === 'NavigationStart')?.value;
  if (!startedS) throw new Error('the browser does not tell when its page began');
  const originMs = startedS * 1_000;
  const asked = await ask(
    async () =>
      (await protocol.send('Runtime.evaluate', { expression: 'performance.now()', returnByValue: true })).result.value,
  );
  return { originMs, checkMs: originMs - asked.originMs, boundMs: asked.boundMs };
}

/** The same, only by round trips: the error is at most half of the shortest one. @param {import('playwright-core').Page} page */
export async function clockByRoundTrips(page) {
  const { originMs, boundMs } = await ask(() => page.evaluate(() => performance.now()));
  return { originMs, checkMs: 0, boundMs };
}

/** @param {() => Promise<number>} pageNow */
async function ask(pageNow) {
  let best = { originMs: Number.NaN, boundMs: Infinity };
  for (let i = 0; i < ROUND_TRIPS; i += 1) {
    const sentMs = monotonicMs();
    const pageMs = await pageNow();
    const receivedMs = monotonicMs();
    const boundMs = (receivedMs - sentMs) / 2;
    if (boundMs < best.boundMs) best = { originMs: (sentMs + receivedMs) / 2 - pageMs, boundMs };
  }
  return best;
}

/** @param {number} atMs by monotonicMs() */
export function until(atMs) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - monotonicMs())));
}
