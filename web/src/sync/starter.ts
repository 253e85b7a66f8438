// Starts the player at an instant: calls play() ahead of it, by the start latency, and waits for the result.
import type { ServerClock } from './clock';
import type { Player } from './player';
import type { Timer } from './timer';

export interface StarterDeps {
  player: Player;
  clock: ServerClock;
  timer: Timer;
  nowMs(): number;
}

const EARLY_MS = 2;
const AGAIN_AFTER_MS = 2_000;

export class Starter {
  private cancel: () => void = () => undefined;
  /** The start that is awaited. The result of an earlier start is ignored. */
  private pending: object | null = null;
  private askedMs = -Infinity;

  constructor(private readonly deps: StarterDeps) {}

  get isPending(): boolean {
    return this.pending !== null;
  }

  /** Whether the last start is long enough ago for another one, so that whoever stopped the player is not fought. */
  mayAgain(nowMs: number): boolean {
    return nowMs - this.askedMs > AGAIN_AFTER_MS;
  }

  /** How late a call of play() would be for this start, in ms; negative: the time until the call. */
  lateMs(whenServerMs: number, latencyMs: number): number {
    const nowMs = this.deps.nowMs();
    return nowMs - (this.deps.clock.toLocal(whenServerMs, nowMs) - latencyMs);
  }

  /** Calls `run` when it is time to play(). */
  arm(whenServerMs: number, latencyMs: number, run: () => void): void {
    this.disarm();
    this.cancel = this.deps.timer.after(Math.max(0, -this.lateMs(whenServerMs, latencyMs)), () => {
      // The clock may have been corrected meanwhile: wait for the rest where this is too early now.
      if (this.lateMs(whenServerMs, latencyMs) < -EARLY_MS) this.arm(whenServerMs, latencyMs, run);
      else run();
    });
  }

  disarm(): void {
    this.cancel();
    this.cancel = () => undefined;
  }

  async play(): Promise<void> {
    const start = {};
    this.pending = start;
    this.askedMs = this.deps.nowMs();
    try {
      await this.deps.player.play();
    } finally {
      if (this.pending === start) this.pending = null;
    }
  }
}
