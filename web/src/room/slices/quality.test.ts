import { expect, it } from 'vitest';
import { addReports, keepPresent, type Quality } from './quality';

const NONE: Quality = new Map();
const report = (sessionId: string, driftMs: number, state = 'PLAYER_STATE_IN_SYNC' as const) => ({
  sessionId,
  status: { state, driftMs },
});

it('keeps two minutes of each session', () => {
  let quality = NONE;
  for (let nowMs = 0; nowMs <= 300_000; nowMs += 5_000)
    quality = addReports(quality, [report('a', nowMs / 1000)], nowMs);
  const trace = quality.get('a')?.trace ?? [];
  expect(trace[0]?.atMs).toBe(180_000);
  expect(trace.at(-1)).toEqual({ atMs: 300_000, driftMs: 300 });
});

it('has no drift where nothing moves, and 0 for a drift that is no number', () => {
  const quality = addReports(
    NONE,
    [
      { sessionId: 'a', status: { state: 'PLAYER_STATE_STALLED', driftMs: 50 } },
      { sessionId: 'b', status: { state: 'PLAYER_STATE_IN_SYNC', driftMs: 'NaN' } },
    ],
    0,
  );
  expect(quality.get('a')?.trace).toEqual([{ atMs: 0, driftMs: null }]);
  expect(quality.get('b')?.trace).toEqual([{ atMs: 0, driftMs: 0 }]);
});

it('drops the figures of sessions that left', () => {
  const quality = addReports(NONE, [report('a', 1), report('b', 2)], 0);
  expect([...keepPresent(quality, [{ id: 'b' }]).keys()]).toEqual(['b']);
});
