// The device of a page: a clock with its own oscillator, and timers that are a little late.
import type { Timer } from '../src/sync/timer';
import type { World } from '../src/sync/world.testkit';

export interface DeviceSpec {
  /** Drift of the oscillator against true time. */
  clockPpm: number;
  /** Steps of the page's clock. */
  clockStepMs: number;
  epochMs: number;
}

const USUAL_LATE_MS = 2;
const RARE = 0.03;
const RARE_LATE_MS = 30;

export class Device implements Timer {
  constructor(
    private readonly world: World,
    private readonly spec: DeviceSpec,
    private readonly roll: () => number,
  ) {}

  /** The value of performance.now(). */
  readonly nowMs = (): number => {
    const { clockPpm, clockStepMs, epochMs } = this.spec;
    const exact = this.world.nowMs * (1 + clockPpm / 1e6) + epochMs;
    return clockStepMs > 0 ? Math.floor(exact / clockStepMs) * clockStepMs : exact;
  };

  after(ms: number, run: () => void): () => void {
    return this.world.after(ms + this.lateMs(), run);
  }

  every(ms: number, run: () => void): () => void {
    // A late timer does not move the next one.
    let cancelTurn = (): void => undefined;
    const cancel = this.world.every(ms, () => {
      cancelTurn = this.world.after(this.lateMs(), run);
    });
    return () => {
      cancel();
      cancelTurn();
    };
  }

  private lateMs(): number {
    return this.roll() * (this.roll() < RARE ? RARE_LATE_MS : USUAL_LATE_MS);
  }
}
