import { expect, it } from 'vitest';
import { bitRate, percentOf, Speedometer, secondsLeft } from './progress';

it('gives no figure before it is one, and then that of the last seconds', () => {
  const speed = new Speedometer();
  speed.saw(0, 0);
  speed.saw(2_000_000, 2_000);
  expect(speed.bytesPerSecond).toBeNull();
  for (let second = 3; second <= 60; second += 1) speed.saw(second * 1_000_000, second * 1_000);
  expect(speed.bytesPerSecond).toBeCloseTo(1_000_000, -3);
  for (let second = 61; second <= 100; second += 1) speed.saw(60_000_000 + (second - 60) * 4_000_000, second * 1_000);
  expect(speed.bytesPerSecond).toBeGreaterThan(3_700_000);
  expect(secondsLeft(8_000_000, 4_000_000)).toBe(2);
  expect(secondsLeft(8_000_000, null)).toBeNull();
});

it('does not count a pause', () => {
  const speed = new Speedometer();
  for (let second = 0; second <= 10; second += 1) speed.saw(second * 1_000, second * 1_000);
  speed.rest();
  speed.saw(10_000, 3_600_000);
  expect(speed.bytesPerSecond).toBeCloseTo(1_000, 0);
});

it('says 100 percent only when everything is there', () => {
  expect([percentOf(999, 1_000), percentOf(1_000, 1_000), percentOf(0, 0), percentOf(1, 3)]).toEqual([99, 100, 0, 33]);
});

it('names speeds as connections are sold', () => {
  expect([6_000_000, 400_000, 80_000].map(bitRate)).toEqual(['48 Mbit/s', '3.2 Mbit/s', '640 kbit/s']);
});
