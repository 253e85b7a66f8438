import { expect, it } from 'vitest';
import { Ducker } from './ducker';

const TICK_MS = 20;

/** The gains in decibels while those who speak want the depth that `depthDb` says. */
function curve(ducker: Ducker, forMs: number, depthDb: (ms: number) => number): { ms: number; db: number }[] {
  const points: { ms: number; db: number }[] = [];
  for (let ms = 0; ms <= forMs; ms += TICK_MS)
    points.push({ ms, db: 20 * Math.log10(ducker.gain(depthDb(ms), 1_000 + ms)) });
  return points;
}

function risesIn(points: { db: number }[]): number {
  return points.filter(
    ({ db }, n) => n > 1 && db > (points[n - 1]?.db ?? 0) && (points[n - 2]?.db ?? 0) >= (points[n - 1]?.db ?? 0),
  ).length;
}

it('is down within 80 ms, and up again 600 ms after the pause that ends speech', () => {
  const ducker = new Ducker();
  ducker.gain(0, 1_000 - TICK_MS);
  const points = curve(ducker, 3_000, (ms) => (ms < 1_000 ? 12 : 0));
  const down = points.find(({ db }) => db <= -11.99)?.ms;
  expect(down).toBeLessThanOrEqual(80);
  const up = points.find(({ ms, db }) => ms > 1_000 && db === 0)?.ms ?? Infinity;
  expect(up - 1_000).toBeGreaterThan(900);
  expect(up - 1_000).toBeLessThanOrEqual(1_040);
  expect(ducker.isAtRest).toBe(true);
});

it('does not pump in the pauses between words', () => {
  const points = curve(new Ducker(), 4_000, (ms) => (ms % 500 < 300 ? 12 : 0));
  for (const { ms, db } of points) if (ms > 100) expect(db).toBeCloseTo(-12, 5);
});

it('comes up once at most while somebody talks in single words, and soon after a short remark', () => {
  const words = curve(new Ducker(), 8_000, (ms) => (ms < 7_000 && ms % 1_000 < 250 ? 12 : 0));
  expect(risesIn(words.filter(({ ms }) => ms < 7_000))).toBe(1);
  const ducker = new Ducker();
  curve(ducker, 8_000, (ms) => (ms % 1_000 < 250 ? 12 : 0));
  const later = Array.from({ length: 200 }, (_, n) => 14_000 + n * TICK_MS);
  const remark = later.map((ms) => ({ ms, isUp: ducker.gain(ms < 14_500 ? 12 : 0, ms) === 1 }));
  expect(remark.findLast(({ isUp }) => !isUp)?.ms).toBeLessThan(15_600);
});

it('follows the depth of each speaker, deepest first, and rises evenly to the smaller one', () => {
  // The one who wants 20 dB, both, then the one who wants 6 dB alone.
  const points = curve(new Ducker(), 3_000, (ms) => (ms < 1_000 ? 20 : 6));
  expect(points.find(({ ms }) => ms === 900)?.db).toBeCloseTo(-20, 5);
  expect(points.find(({ ms }) => ms === 1_300)?.db).toBeCloseTo(-20, 5);
  expect(points.at(-1)?.db).toBeCloseTo(-6, 5);
  const rise = points.filter(({ ms }) => ms > 1_400 && ms < 2_600);
  expect(rise.every(({ db }, n) => n === 0 || db >= (rise[n - 1]?.db ?? 0))).toBe(true);
});

it('leaves the film alone when it is off', () => {
  for (const { db } of curve(new Ducker(), 500, () => 0)) expect(db).toBe(0);
});
