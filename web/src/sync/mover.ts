// A player in motion: estimate, decide, act; and learn what starts and seeks cost on this device.
import { baseRate, decide, initialState, started, type ControllerState } from './controller';
import { PositionEstimator, type Estimate, type Frame } from './estimator';
import type { Player } from './player';
import type { Profile } from './profile';

export interface Learned {
  startLatencyMs: number;
  seekCostMs: number;
}

export interface Progress {
  driftMs: number;
  errorMs: number;
  correcting: boolean;
  /** Ask again after so many ms, sharper than the regular tick; 0: no need. */
  wakeMs: number;
}

const MAX_START_LATENCY_MS = 400;
/** When the first estimate after a start is good enough to learn from. */
const LEARN_AFTER_MS = 500;
const LEARN_UNTIL_MS = 2_000;

export class Mover {
  private readonly estimator = new PositionEstimator();
  private controller: ControllerState;
  private startLatencyMs: number;
  private startedMs: number | null = null;
  private currentRate = 1;

  constructor(
    private readonly player: Player,
    private readonly profile: Profile,
    learned: Learned | null,
  ) {
    this.controller = initialState(learned?.seekCostMs ?? profile.seekCostMs);
    this.startLatencyMs = learned?.startLatencyMs ?? profile.startLatencyMs;
  }

  get learned(): Learned {
    return { startLatencyMs: this.startLatencyMs, seekCostMs: this.controller.seekCostMs };
  }

  get rate(): number {
    return this.currentRate;
  }

  addFrame(frame: Frame): void {
    this.estimator.addFrame(frame);
  }

  /** Motion begins: call right before play(). */
  begin(nowMs: number, rate: number): void {
    this.estimator.restart();
    this.controller = started(this.controller, nowMs);
    this.startedMs = nowMs;
    this.write(baseRate(this.controller, this.profile, rate), nowMs);
  }

  /** Motion goes on after an interruption, or at another rate of the room's. */
  resume(nowMs: number, rate: number): void {
    this.estimator.restart();
    this.startedMs = null;
    this.controller = { ...started(this.controller, nowMs), lastWriteMs: nowMs };
    this.write(baseRate(this.controller, this.profile, rate), nowMs);
  }

  estimate(nowMs: number): Estimate {
    return this.estimator.estimate(nowMs, this.player.snapshot().currentMs);
  }

  step(nowMs: number, targetMs: number, rate: number, steady: boolean): Progress {
    const { positionMs, errorMs, framesShown } = this.estimate(nowMs);
    const driftMs = positionMs - targetMs;
    if (steady && framesShown) this.learnStart(nowMs, driftMs, rate);
    const { action, state } = decide({ nowMs, driftMs, errorMs, rate, steady }, this.controller, this.profile);
    this.controller = state;
    let wakeMs = 0;
    if (action.kind === 'rate') {
      this.write(action.rate, nowMs);
      this.startedMs = null;
      wakeMs = action.forMs;
    } else if (action.kind === 'seek') {
      this.startedMs = null;
      this.estimator.restart();
      this.player.seekTo(targetMs + action.aheadMs);
      this.write(baseRate(state, this.profile, rate), nowMs);
    }
    return { driftMs, errorMs, correcting: state.correction !== null, wakeMs };
  }

  private write(rate: number, nowMs: number): void {
    this.estimator.setRate(rate, nowMs);
    this.currentRate = rate;
    this.player.setRate(rate);
  }

  /** What is off after a start, before anything was corrected, is what its latency was guessed wrong by. */
  private learnStart(nowMs: number, driftMs: number, rate: number): void {
    if (this.startedMs === null || nowMs - this.startedMs < LEARN_AFTER_MS) return;
    const fresh = nowMs - this.startedMs < LEARN_UNTIL_MS;
    this.startedMs = null;
    if (!fresh || Math.abs(driftMs) > MAX_START_LATENCY_MS) return;
    const latency = this.startLatencyMs - (0.5 * driftMs) / rate;
    this.startLatencyMs = Math.max(0, Math.min(MAX_START_LATENCY_MS, latency));
  }
}
