import { describe, expect, it } from 'vitest';
import { PositionEstimator } from './estimator';
import { random } from './simulation.testkit';

/** Feeds two and a half seconds of 30 fps, as seen at 60 Hz. `screenMs`: the screen ahead of the clock. */
function watch(
  estimator: PositionEstimator,
  options: { stepMs?: number; screenMs?: number; lateEvery?: number; jitterMs?: number } = {},
) {
  const { stepMs = 0, screenMs = 0, lateEvery = 0, jitterMs = 0 } = options;
  const roll = random(3);
  const position = (nowMs: number) => 50_000 + nowMs;
  let nowMs = 0;
  for (let i = 0; i < 75; i += 1) {
    nowMs += 1000 / 30;
    const read = position(nowMs) + (roll() - 0.5) * jitterMs;
    const late = lateEvery > 0 && i % lateEvery === 0;
    estimator.addFrame({
      mediaMs: position(nowMs) + screenMs + (late ? -33 : 16),
      displayMs: nowMs + (late ? 0 : 16),
      frameMs: nowMs,
      readMs: nowMs,
      currentMs: stepMs > 0 ? Math.floor(read / stepMs) * stepMs : read,
    });
  }
  return {
    nowMs,
    positionMs: position(nowMs),
    currentMs: stepMs > 0 ? Math.floor(position(nowMs) / stepMs) * stepMs : position(nowMs),
  };
}

describe('the estimate of a position', () => {
  it('is the clock, with a large error, before there is a line', () => {
    expect(new PositionEstimator().estimate(10, 1_234)).toMatchObject({
      positionMs: 1_234,
      errorMs: 20,
      framesShown: false,
    });
  });

  it('averages the errors of single readings', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator, { jitterMs: 8 });
    const seen = estimator.estimate(nowMs, currentMs);
    expect(Math.abs(seen.positionMs - positionMs)).toBeLessThan(1.5);
    expect(seen.framesShown).toBe(true);
  });

  it('recovers the position from a clock with coarse steps', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator, { stepMs: 20 });
    expect(Math.abs(estimator.estimate(nowMs, currentMs).positionMs - positionMs)).toBeLessThan(12);
  });

  it('ignores a distance within half a frame', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator, { screenMs: -14 });
    expect(estimator.estimate(nowMs, currentMs).positionMs).toBeCloseTo(positionMs, 1);
  });

  it('subtracts the distance of the picture', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator, { screenMs: -120 });
    expect(estimator.estimate(nowMs, currentMs).positionMs).toBeCloseTo(positionMs - 120, 0);
  });

  it('ignores late frames of a busy page', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator, { lateEvery: 3 });
    expect(estimator.estimate(nowMs, currentMs).positionMs).toBeCloseTo(positionMs, 1);
  });

  it('recovers the position from steps of 100 ms, and reports that the clock is coarse', () => {
    const estimator = new PositionEstimator();
    let seen = { ...watch(estimator, { stepMs: 100 }) };
    expect(estimator.coarse).toBe(true);
    const { positionMs, errorMs } = estimator.estimate(seen.nowMs, seen.currentMs);
    expect(Math.abs(positionMs - seen.positionMs)).toBeLessThan(20);
    expect(errorMs).toBeGreaterThanOrEqual(20);
    const fine = new PositionEstimator();
    seen = watch(fine, { jitterMs: 2 });
    expect(fine.coarse).toBe(false);
  });

  it('does not take regular sampling for steps of the clock', () => {
    const estimator = new PositionEstimator();
    for (let nowMs = 0; nowMs < 5_000; nowMs += 100) estimator.sample(nowMs, 50_033.7 + nowMs * 1.00004);
    expect(estimator.coarse).toBe(false);
  });

  it('uses the quickest messages where a player reports by messages', () => {
    const estimator = new PositionEstimator(4_000, true);
    const roll = random(9);
    let nowMs = 0;
    for (let i = 0; i < 40; i += 1) {
      nowMs = i * 250;
      estimator.sample(nowMs + 10 + roll() * 90, 50_000 + nowMs);
    }
    const { positionMs } = estimator.estimate(nowMs + 240, 50_000 + nowMs);
    expect(Math.abs(positionMs - 50_000 - nowMs - 240)).toBeLessThan(40);
  });

  it('advances a value from a message by its age', () => {
    const estimator = new PositionEstimator(4_000, true);
    estimator.estimate(1_000, 50_000);
    expect(estimator.estimate(1_200, 50_000)).toMatchObject({ positionMs: 50_200, errorMs: 20 });
    expect(estimator.hasLine).toBe(false);
  });

  it('ignores readings that are no numbers', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs, currentMs } = watch(estimator);
    estimator.sample(nowMs, Number.NaN);
    estimator.sample(Infinity, currentMs);
    estimator.addFrame({ mediaMs: Number.NaN, displayMs: nowMs, frameMs: nowMs, readMs: nowMs, currentMs });
    expect(estimator.estimate(nowMs, currentMs).positionMs).toBeCloseTo(positionMs, 1);
  });

  it('keeps the estimate when the rate changes', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs } = watch(estimator);
    estimator.setRate(2, nowMs);
    expect(estimator.estimate(nowMs + 100, positionMs + 200).positionMs).toBeCloseTo(positionMs + 200, 3);
  });

  it('detects that no frames are shown any more', () => {
    const estimator = new PositionEstimator();
    const { nowMs, positionMs } = watch(estimator);
    expect(estimator.estimate(nowMs + 2_000, positionMs + 2_000).framesShown).toBe(false);
  });
});
