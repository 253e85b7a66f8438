import { expect, it } from 'vitest';
import { addReports, type Quality } from '../../room/slices/quality';
import { plotScaleMs, roomSkew } from './skew';

const NONE: Quality = new Map();
const report = (sessionId: string, driftMs: number, state = 'PLAYER_STATE_IN_SYNC' as const) => ({
  sessionId,
  status: { state, driftMs },
});

it('estimates the skew between any two', () => {
  let quality = NONE;
  for (let nowMs = 0; nowMs <= 120_000; nowMs += 5_000)
    quality = addReports(quality, [report('a', -4), report('b', 6), report('c', 2)], nowMs);
  expect(roomSkew(quality, 120_000)).toEqual({ p50Ms: 6, p95Ms: 10, players: 3 });
});

it('compares only reports of the same time', () => {
  let quality = addReports(NONE, [report('a', 100)], 0);
  expect(roomSkew(quality, 0)).toBeNull();
  quality = addReports(quality, [report('b', 0)], 60_000);
  expect(roomSkew(quality, 60_000)).toBeNull();
});

it('scales a plot by 90 % of its points', () => {
  const trace = Array.from({ length: 40 }, (_, i) => ({ atMs: i, driftMs: i < 3 ? -900 : i % 20 }));
  expect(plotScaleMs(trace)).toBe(25);
  expect(plotScaleMs([])).toBe(10);
  expect(plotScaleMs([{ atMs: 0, driftMs: 3_400 }])).toBe(4_000);
});

it('compares a sample in a room of a thousand', () => {
  const reports = Array.from({ length: 1_000 }, (_, i) => report(`s${i}`, i % 10));
  const skew = roomSkew(addReports(NONE, reports, 0), 0);
  expect(skew?.players).toBe(40);
});
