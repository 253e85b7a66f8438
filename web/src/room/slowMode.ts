/** Pauses between two messages of one person, in seconds, in words. */
export const SLOW_MODES: readonly (readonly [seconds: number, label: string])[] = [
  [0, 'As often as they like'],
  [5, 'Every 5 seconds'],
  [10, 'Every 10 seconds'],
  [30, 'Every 30 seconds'],
  [60, 'Every minute'],
  [300, 'Every 5 minutes'],
];
