import { expect, it } from 'vitest';
import { FLIGHT_MS, LANE_PX, type Lanes, laneCount, laneTopPx, takeLane } from './lanes';

const STAGE = 1_000;

/** Where a message begins and ends at a time, in px. */
function span(startMs: number, widthPx: number, atMs: number): [number, number] {
  const left = STAGE - ((atMs - startMs) * (STAGE + widthPx)) / FLIGHT_MS;
  return [left, left + widthPx];
}

it('never lets two messages of a lane touch, whatever their lengths and times', () => {
  const lanes: Lanes = { last: [] };
  const flown: { lane: number; startMs: number; widthPx: number }[] = [];
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let startMs = 0; startMs < 60_000; startMs += 50 + random() * 900) {
    const widthPx = 40 + random() * 800;
    const lane = takeLane(lanes, 6, widthPx, STAGE, startMs);
    if (lane >= 0) flown.push({ lane, startMs, widthPx });
  }
  expect(flown.length).toBeGreaterThan(50);
  for (let atMs = 0; atMs < 70_000; atMs += 100) {
    const there = flown.filter(({ startMs }) => startMs <= atMs && atMs <= startMs + FLIGHT_MS);
    for (let lane = 0; lane < 6; lane += 1) {
      const spans = there.filter((one) => one.lane === lane).map((one) => span(one.startMs, one.widthPx, atMs));
      const sorted = spans.toSorted((a, b) => a[0] - b[0]);
      for (let i = 1; i < sorted.length; i += 1)
        expect(sorted[i]?.[0]).toBeGreaterThanOrEqual((sorted[i - 1]?.[1] ?? 0) - 1);
    }
  }
});

it('leaves the top bar, the captions and the controls free', () => {
  for (const height of [300, 720, 1_440]) {
    const bottom = laneTopPx(laneCount(height) - 1) + LANE_PX;
    expect(laneTopPx(0)).toBeGreaterThanOrEqual(72);
    expect(bottom).toBeLessThanOrEqual(height * 0.6);
  }
  expect(laneCount(120)).toBe(0);
});

it('drops what has no lane', () => {
  const lanes: Lanes = { last: [] };
  expect(takeLane(lanes, 1, 100, STAGE, 0)).toBe(0);
  expect(takeLane(lanes, 1, 100, STAGE, 10)).toBe(-1);
  expect(takeLane(lanes, 1, 100, STAGE, FLIGHT_MS)).toBe(0);
});
