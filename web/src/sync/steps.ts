// Browsers that resist fingerprinting round times: Firefox to 16.7 ms or 100 ms.

const TOLERANCE = 0.01;

/** The step that all readings are multiples of, if it is at least `leastMs`; else 0. */
export function stepOf(readings: readonly number[], leastMs: number): number {
  const sorted = readings.toSorted((a, b) => a - b);
  let stepMs = Infinity;
  for (let i = 1; i < sorted.length; i += 1) {
    const difference = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
    if (difference > 1e-6 && difference < stepMs) stepMs = difference;
  }
  if (stepMs < leastMs || !Number.isFinite(stepMs)) return 0;
  return sorted.every(
    (r) => Math.abs((r - (sorted[0] ?? 0)) / stepMs - Math.round((r - (sorted[0] ?? 0)) / stepMs)) < TOLERANCE,
  )
    ? stepMs
    : 0;
}
