// A player in motion: estimates its position, decides, acts, and learns what starts and seeks cost on this device.
import { baseRate, type ControllerState, decide, initialState, started } from './controller';
import { type Estimate, type Frame, PositionEstimator } from './estimator';
import type { Player } from './player';
import type { Profile } from './profile';

export interface Learned {
  startLatencyMs: number;
  seekCostMs: number;
}

/** Input of the next decision, besides the player's state. */
export interface Moment {
  nowMs: number;
  targetMs: number;
  rate: number;
  steady: boolean;
  audible: boolean;
  tickMs: number;
}

export interface Progress {
  driftMs: number;
  errorMs: number;
  correcting: boolean;
  /** Run the next step after this many ms, for more precision than the regular tick has; 0: not needed. */
  wakeMs: number;
}

/** From a start until its estimate is good enough to learn from. */
const LEARN_AFTER_MS = 500;
const LEARN_WITHIN_MS = 1_600;
const FIRST_WEIGHT = 0.8;
const LATER_WEIGHT = 0.5;

export class Mover {
  private controller: ControllerState;
  private startLatencyMs: number;
  /** The start latency is still the profile's default. */
  private guessed: boolean;
  private startedMs: number | null = null;
  private currentRate = 1;
  private correctionCount = 0;
  private seekCount = 0;
  private readonly estimator: PositionEstimator;

  constructor(
    private readonly player: Player,
    private readonly profile: Profile,
    learned: Learned | null,
  ) {
    this.controller = initialState(learned?.seekCostMs ?? profile.seekCostMs);
    this.estimator = new PositionEstimator(profile.windowMs, !profile.frames);
    this.startLatencyMs = learned?.startLatencyMs ?? profile.startLatencyMs;
    this.guessed = learned === null;
  }

  get learned(): Learned {
    return { startLatencyMs: this.startLatencyMs, seekCostMs: this.controller.seekCostMs };
  }

  get rate(): number {
    return this.currentRate;
  }

  /** How often the player was corrected, by rate or by seek; and how many of these were seeks. */
  get corrections(): number {
    return this.correctionCount;
  }

  get seeks(): number {
    return this.seekCount;
  }

  get coarse(): boolean {
    return this.estimator.coarse;
  }

  addFrame(frame: Frame): void {
    this.estimator.addFrame(frame);
  }

  /** Motion begins: call right before play(). */
  begin(nowMs: number, rate: number): void {
    this.estimator.restart();
    this.controller = started(this.controller, nowMs);
    this.startedMs = nowMs;
    this.write(this.baseRate(rate), nowMs);
  }

  /** Motion goes on after an interruption, or at another rate of the room's. */
  resume(nowMs: number, rate: number): void {
    this.estimator.restart();
    this.startedMs = null;
    this.controller = { ...started(this.controller, nowMs), lastWriteMs: nowMs };
    this.write(this.baseRate(rate), nowMs);
  }

  estimate(nowMs: number): Estimate {
    return this.estimator.estimate(nowMs, this.player.snapshot().currentMs);
  }

  step({ nowMs, targetMs, rate, steady, audible, tickMs }: Moment): Progress {
    // A message from before the change has an old position, which would be taken for one that the player passes now.
    if (!steady && !this.profile.frames) this.estimator.restart();
    const { positionMs, errorMs, framesShown } = this.estimate(nowMs);
    const driftMs = positionMs - targetMs;
    if (steady && (framesShown || !this.profile.frames)) this.learnStart(nowMs, driftMs, rate);
    const rates = this.player.rates ?? null;
    const { action, state } = decide(
      { nowMs, driftMs, errorMs, rate, steady, audible, tickMs, rates },
      this.controller,
      this.profile,
    );
    const begun = state.correction !== null && action.kind === 'rate';
    if (begun || action.kind === 'seek') this.correctionCount += 1;
    this.controller = state;
    let wakeMs = 0;
    if (action.kind === 'rate') {
      this.write(action.rate, nowMs, state.correction !== null);
      this.startedMs = null;
      wakeMs = action.forMs;
    } else if (action.kind === 'seek') {
      this.seekCount += 1;
      this.startedMs = null;
      this.estimator.restart();
      this.player.seekTo(targetMs + action.aheadMs);
      this.write(this.baseRate(rate), nowMs);
    }
    return { driftMs, errorMs, correcting: state.correction !== null, wakeMs };
  }

  private baseRate(rate: number): number {
    return baseRate(this.controller, this.profile, rate, this.player.rates ?? null);
  }

  private write(rate: number, nowMs: number, passing = false): void {
    this.estimator.setRate(rate, nowMs, passing);
    this.currentRate = rate;
    this.player.setRate(rate);
  }

  /** The error after a start, before the first correction, is the error of the assumed start latency. */
  private learnStart(nowMs: number, driftMs: number, rate: number): void {
    if (this.startedMs === null || nowMs - this.startedMs < LEARN_AFTER_MS || !this.estimator.hasLine) return;
    const { maxStartLatencyMs } = this.profile;
    const fresh = nowMs - this.startedMs < LEARN_WITHIN_MS + maxStartLatencyMs;
    this.startedMs = null;
    if (!fresh || Math.abs(driftMs) > maxStartLatencyMs) return;
    const weight = this.guessed ? FIRST_WEIGHT : LATER_WEIGHT;
    this.guessed = false;
    const latency = this.startLatencyMs - (weight * driftMs) / rate;
    this.startLatencyMs = Math.max(0, Math.min(maxStartLatencyMs, latency));
  }
}
