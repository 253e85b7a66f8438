// A requested seek. Messages of the player may still be from before it, and must not be taken for its end.

/** A player that does not report the end of a seek counts as arrived after this time. */
const WITHIN_MS = 4_000;
/** Tolerance of the position after a seek: seeks land on frames that can be decoded. */
const ARRIVED_MS = 1_500;

export interface Going {
  fromMs: number;
  toMs: number;
  sinceMs: number;
  /** Rate of the media; 0 while it is paused. */
  rate: number;
}

export class PendingSeek {
  static readonly withinMs = WITHIN_MS;

  constructor(private readonly going: Going) {}

  isAwaited(nowMs: number): boolean {
    return nowMs < this.going.sinceMs + WITHIN_MS;
  }

  /** Whether a player that was at `positionMs` at `readMs` has finished the seek. */
  hasArrived(positionMs: number, readMs: number): boolean {
    const { fromMs, toMs, sinceMs, rate } = this.going;
    if (readMs < sinceMs) return false;
    const movedMs = (readMs - sinceMs) * rate;
    const offMs = Math.max(0, toMs - positionMs, positionMs - toMs - movedMs);
    return offMs <= ARRIVED_MS && offMs <= Math.abs(positionMs - fromMs - movedMs);
  }
}
