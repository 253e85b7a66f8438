/** Exponential with jitter, so that a server which comes back is not met by everyone at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return ceiling * (0.5 + random() / 2);
}
