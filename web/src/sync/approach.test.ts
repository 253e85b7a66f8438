import { expect, it } from 'vitest';
import { Approach } from './approach';
import { STILL } from './motion';

const playing = { ...STILL, itemId: 'item_a', playing: true, anchorServerMs: 1_000_000 };

it('leaves a start what it takes longer than usual', () => {
  const approach = new Approach(100);
  expect(approach.leadMs(0, 900) - approach.leadMs(0, 100)).toBe(750);
});

it('tells where a source will be played from, and once that its player has to be told', () => {
  const approach = new Approach(100);
  approach.opens(0);
  expect(approach.entryMs(playing, null, 0)).toBeUndefined();
  expect(approach.placed(0)).toBe(false);
  expect(approach.entryMs(playing, 1_060_000, 0)).toBe(60_000 + approach.leadMs(0, 0));
  expect(approach.placed(0)).toBe(true);
  expect(approach.placed(0)).toBe(false);
});

it('needs no time to know where a room stands, held or paused', () => {
  const approach = new Approach(100);
  expect(approach.entryMs({ ...playing, playing: false, anchorMediaMs: 90_000 }, null, 0)).toBe(90_000);
  const hold = { reason: 'seek' as const, sinceServerMs: 0, untilServerMs: 1, waitingSessionIds: [] };
  expect(approach.entryMs({ ...playing, hold, anchorMediaMs: 70_000 }, null, 0)).toBe(70_000);
});

it('tells nothing of one source to the next', () => {
  const approach = new Approach(100);
  approach.entryMs({ ...playing, anchorMediaMs: 90_000 }, 1_000_000, 0);
  approach.opens(0);
  expect(approach.placed(0)).toBe(false);
});
