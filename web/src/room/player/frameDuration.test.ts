import { expect, it } from 'vitest';
import { FrameDuration } from './frameDuration';

it('learns the duration of a frame although some are skipped', () => {
  const duration = new FrameDuration();
  const frame = 1001 / 24;
  for (let n = 0; n < 10; n += 1) duration.shown(n * frame);
  expect(duration.ms).toBeNull();
  for (let n = 10; n < 60; n += n % 3 === 0 ? 2 : 1) duration.shown(n * frame);
  expect(duration.ms).toBeCloseTo(frame, 3);
});

it('ignores jumps, and starts again with another film', () => {
  const duration = new FrameDuration();
  for (let n = 0; n < 40; n += 1) duration.shown(n * 20 + (n % 2 ? 600_000 : 0));
  expect(duration.ms).toBeNull();
  for (let n = 0; n < 40; n += 1) duration.shown(n * 20);
  expect(duration.ms).toBeCloseTo(20, 6);
  duration.forget();
  expect(duration.ms).toBeNull();
});
