// Detects that a player that should move does not: counts stalls, and notices a clock that does not advance.
import type { PlayerSnapshot } from './player';

const STALL_AFTER_MS = 300;

export class Liveness {
  /** How often it ran out of data. */
  stalls = 0;
  private unreadySinceMs: number | null = null;
  private isStalled = false;
  private lastMs = 0;
  private movedMs = -Infinity;

  constructor(private readonly quietMs: number) {}

  get stalled(): boolean {
    return this.isStalled;
  }

  /** The player got another task. */
  restart(): void {
    this.isStalled = false;
    this.unreadySinceMs = null;
  }

  /** True at the moment a stall is over. */
  watch(seen: PlayerSnapshot, nowMs: number): boolean {
    if (seen.ready || seen.seeking) {
      const over = this.isStalled;
      this.restart();
      return over;
    }
    this.unreadySinceMs ??= nowMs;
    if (!this.isStalled && nowMs - this.unreadySinceMs >= STALL_AFTER_MS) {
      this.isStalled = true;
      this.stalls += 1;
    }
    return false;
  }

  /** Browsers may stop the video of a hidden page to save power, without an event. */
  clockMoves(seen: PlayerSnapshot, nowMs: number): boolean {
    if (seen.currentMs !== this.lastMs) {
      this.lastMs = seen.currentMs;
      this.movedMs = nowMs;
    }
    return nowMs - this.movedMs < this.quietMs;
  }
}
