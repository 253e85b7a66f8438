// A seek that was asked for: what the player tells may still be from before it, and must not be taken for its end.

/** A player that says nothing of its arrival is taken to be there. */
const WITHIN_MS = 4_000;
/** A place this near to where it was to go is where it arrived: seeks land on what can be decoded. */
const ARRIVED_MS = 1_500;

export interface Going {
  fromMs: number;
  toMs: number;
  sinceMs: number;
  /** At which the media moves, as far as it does. */
  rate: number;
}

export class PendingSeek {
  static readonly withinMs = WITHIN_MS;

  constructor(private readonly going: Going) {}

  isAwaited(nowMs: number): boolean {
    return nowMs < this.going.sinceMs + WITHIN_MS;
  }

  /** Whether a player that was at `positionMs` at `readMs` has done the seek, rather than not heard of it yet. */
  hasArrived(positionMs: number, readMs: number): boolean {
    const { fromMs, toMs, sinceMs, rate } = this.going;
    if (readMs < sinceMs) return false;
    const movedMs = (readMs - sinceMs) * rate;
    const offMs = Math.max(0, toMs - positionMs, positionMs - toMs - movedMs);
    return offMs <= ARRIVED_MS && offMs <= Math.abs(positionMs - fromMs - movedMs);
  }
}
