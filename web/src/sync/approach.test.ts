import { expect, it } from 'vitest';
import { Approach } from './approach';
import { STILL } from './motion';

const playing = { ...STILL, itemId: 'item_a', playing: true, anchorServerMs: 1_000_000 };

it('leads a start by the latency beyond the usual one', () => {
  const approach = new Approach(100);
  expect(approach.leadMs(0, 900) - approach.leadMs(0, 100)).toBe(750);
});

it('returns the entry position, and once that the player needs a seek', () => {
  const approach = new Approach(100);
  approach.opens(0);
  expect(approach.entryMs(playing, null, 0)).toBeUndefined();
  expect(approach.placed(0)).toBe(false);
  expect(approach.entryMs(playing, 1_060_000, 0)).toBe(60_000 + approach.leadMs(0, 0));
  expect(approach.placed(0)).toBe(true);
  expect(approach.placed(0)).toBe(false);
});

it('needs no clock for a room that is held or paused', () => {
  const approach = new Approach(100);
  expect(approach.entryMs({ ...playing, playing: false, anchorMediaMs: 90_000 }, null, 0)).toBe(90_000);
  const hold = { reason: 'seek' as const, sinceServerMs: 0, untilServerMs: 1, waitingSessionIds: [] };
  expect(approach.entryMs({ ...playing, hold, anchorMediaMs: 70_000 }, null, 0)).toBe(70_000);
});

it('keeps nothing of one source for the next', () => {
  const approach = new Approach(100);
  approach.entryMs({ ...playing, anchorMediaMs: 90_000 }, 1_000_000, 0);
  approach.opens(0);
  expect(approach.placed(0)).toBe(false);
});
