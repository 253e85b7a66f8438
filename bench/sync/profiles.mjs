// The lines of the people; with fewer people, the first ones. On an asymmetric path the measured clock is off by half the
// difference of the two delays, with any protocol: by 5 ms on the last line.

/** @type {readonly import('./line.mjs').Profile[]} */
export const PROFILES = [
  { name: '2 ms', up: { delayMs: 1, jitterMs: 0 }, down: { delayMs: 1, jitterMs: 0 }, loss: 0, mbits: 100 },
  {
    name: '200 ms, 1 % loss',
    up: { delayMs: 100, jitterMs: 3 },
    down: { delayMs: 100, jitterMs: 3 },
    loss: 0.01,
    mbits: 10,
  },
  { name: '40±10 ms', up: { delayMs: 20, jitterMs: 5 }, down: { delayMs: 20, jitterMs: 5 }, loss: 0, mbits: 50 },
  {
    name: '100±20 ms, 55 up 45 down',
    up: { delayMs: 55, jitterMs: 10 },
    down: { delayMs: 45, jitterMs: 10 },
    loss: 0,
    mbits: 20,
  },
];
