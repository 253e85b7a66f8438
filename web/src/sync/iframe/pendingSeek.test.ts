import { describe, expect, it } from 'vitest';
import { PendingSeek } from './pendingSeek';

const ahead = { fromMs: 10_000, toMs: 10_600, sinceMs: 1_000, rate: 1 };

describe('a seek under way', () => {
  it('has arrived at its target, and a little after it', () => {
    const seek = new PendingSeek(ahead);
    expect(seek.hasArrived(10_600, 1_400)).toBe(true);
    expect(seek.hasArrived(10_700, 1_400)).toBe(true);
    expect(new PendingSeek({ ...ahead, toMs: 300_000 }).hasArrived(299_000, 1_400)).toBe(true);
  });

  it('has not arrived by a reading from before it, or before the player got it', () => {
    const seek = new PendingSeek(ahead);
    expect(seek.hasArrived(10_600, 999)).toBe(false);
    expect(seek.hasArrived(10_050, 1_050)).toBe(false);
    expect(new PendingSeek({ ...ahead, toMs: 9_400 }).hasArrived(10_050, 1_050)).toBe(false);
    expect(new PendingSeek({ ...ahead, toMs: 300_000 }).hasArrived(10_050, 1_050)).toBe(false);
  });

  it('times out', () => {
    const seek = new PendingSeek(ahead);
    expect(seek.isAwaited(1_000 + PendingSeek.withinMs - 1)).toBe(true);
    expect(seek.isAwaited(1_000 + PendingSeek.withinMs)).toBe(false);
  });
});
