// A start at an instant: play() is called ahead of it by what a start costs, and what comes of it is awaited.
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
  /** The start that is awaited; one that was given up for another has no say any more. */
  private pending: object | null = null;
  private askedMs = -Infinity;

  constructor(private readonly deps: StarterDeps) {}

  get isPending(): boolean {
    return this.pending !== null;
  }

  /** The last start is long enough ago to try another without fighting whoever stopped it. */
  mayAgain(nowMs: number): boolean {
    return nowMs - this.askedMs > AGAIN_AFTER_MS;
  }

  /** By how much it is too late to call play() for this start; negative: so long until then. */
  lateMs(whenServerMs: number, latencyMs: number): number {
    const nowMs = this.deps.nowMs();
    return nowMs - (this.deps.clock.toLocal(whenServerMs, nowMs) - latencyMs);
  }

  /** Calls `run` when it is time to play(). */
  arm(whenServerMs: number, latencyMs: number, run: () => void): void {
    this.disarm();
    this.cancel = this.deps.timer.after(Math.max(0, -this.lateMs(whenServerMs, latencyMs)), () => {
      // The clock may know better by then: what was too early a moment waits for the rest of it.
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
