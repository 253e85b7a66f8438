import { expect, it } from 'vitest';
import { Ducker } from './ducker';

const TICK_MS = 20;

/** The gains in decibels while somebody speaks as `speaking` says. */
function curve(ducker: Ducker, forMs: number, speaking: (ms: number) => boolean): { ms: number; db: number }[] {
  const points: { ms: number; db: number }[] = [];
  for (let ms = 0; ms <= forMs; ms += TICK_MS)
    points.push({ ms, db: 20 * Math.log10(ducker.gain(speaking(ms), 1_000 + ms)) });
  return points;
}

it('is down within 80 ms, and up again 600 ms after the pause that ends speech', () => {
  const ducker = new Ducker(12);
  ducker.gain(false, 1_000 - TICK_MS);
  const points = curve(ducker, 3_000, (ms) => ms < 1_000);
  const down = points.find(({ db }) => db <= -11.99)?.ms;
  expect(down).toBeLessThanOrEqual(80);
  const up = points.find(({ ms, db }) => ms > 1_000 && db === 0)?.ms ?? Infinity;
  expect(up - 1_000).toBeGreaterThan(900);
  expect(up - 1_000).toBeLessThanOrEqual(1_040);
  expect(ducker.isAtRest).toBe(true);
});

it('does not pump in the pauses between words', () => {
  const ducker = new Ducker(12);
  const points = curve(ducker, 4_000, (ms) => ms % 500 < 300);
  for (const { ms, db } of points) if (ms > 100) expect(db).toBeCloseTo(-12, 5);
});

it('leaves the film alone when it is off', () => {
  for (const { db } of curve(new Ducker(0), 500, () => true)) expect(db).toBe(0);
});
