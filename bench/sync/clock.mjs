// The one clock of a measurement: CLOCK_MONOTONIC of this machine, in milliseconds. Chromium's performance.now() counts
// on the same clock from each page's navigation start, which the browser tells exactly.

export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * What to add to a page's performance.now() for the machine's clock, and how far round trips to the page disagree with
 * it: that must be within half a round trip.
 * @param {import('playwright-core').CDPSession} protocol
 */
export async function pageClock(protocol) {
  await protocol.send('Performance.enable', { timeDomain: 'timeTicks' });
  const { metrics } = await protocol.send('Performance.getMetrics');
  const startedS = metrics.find((metric) => metric.name === 'NavigationStart')?.value;
  if (!startedS) throw new Error('the browser does not tell when its page began');
  await protocol.send('Performance.disable');
  const originMs = startedS * 1_000;
  let best = { checkMs: Number.NaN, boundMs: Infinity };
  for (let i = 0; i < 30; i += 1) {
    const sentMs = monotonicMs();
    const { result } = await protocol.send('Runtime.evaluate', { expression: 'performance.now()', returnByValue: true });
    const receivedMs = monotonicMs();
    const boundMs = (receivedMs - sentMs) / 2;
    if (boundMs < best.boundMs) best = { checkMs: originMs + result.value - (sentMs + receivedMs) / 2, boundMs };
  }
  return { originMs, ...best };
}

/** @param {number} atMs by monotonicMs() */
export function until(atMs) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - monotonicMs())));
}
