// A player with the faults of real ones, in a simulated world.
import type { Frame } from './estimator';
import type { Entry, MediaSource, Player, PlayerSnapshot } from './player';
import { RESAMPLE_WITHIN } from './profile';
import { random, type World } from './world.testkit';

export interface Faults {
  /** Drift of the media clock against the local clock. */
  driftPpm: number;
  startLatencyMs: number;
  seekCostMs: number;
  /** Spread of the two above. */
  jitterMs: number;
  /** Rates closer to 1 than this play as 1. */
  rateQuantum: number;
  /** Media that is lost when the rate leaves the range that is resampled. */
  stretchCostMs: number;
  /** Steps of currentTime. */
  clockStepMs: number;
  fps: number;
  /** How far the picture is ahead of currentTime. */
  screenBiasMs: number;
  loadMs: number;
  durationMs: number;
  /** Interval and delay of the messages that report its time; 0: currentTime can be read. */
  tellEveryMs: number;
  tellDelayMs: number;
  /** The rates it has; null: any. */
  rates: readonly number[] | null;
  seed: number;
}

export const GOOD: Faults = {
  driftPpm: 0,
  startLatencyMs: 60,
  seekCostMs: 180,
  jitterMs: 15,
  rateQuantum: 0,
  stretchCostMs: 22,
  clockStepMs: 0,
  fps: 24,
  screenBiasMs: 0,
  loadMs: 120,
  durationMs: 7_200_000,
  tellEveryMs: 0,
  tellDelayMs: 0,
  rates: null,
  seed: 7,
};

const VSYNC_MS = 1000 / 60;
/** Listeners notice a rate that is off by more than this. */
const AUDIBLE = 0.01;

export class SimulatedPlayer implements Player {
  readonly rateWrites: { atMs: number; rate: number }[] = [];
  seeks = 0;
  /** The entry position that it got when its source was open. */
  openedFromMs: number | undefined;
  plays = 0;
  hidden = false;
  notAllowed = false;
  audible = true;
  /** Time played, and the part of it at a rate that listeners notice. */
  playedMs = 0;
  oddMs = 0;
  private toldMs = 0;
  private baseMs = 0;
  private sinceMs = 0;
  private moving = false;
  private rate = 1;
  private paused = true;
  private seeking = false;
  private loaded = false;
  private starved = false;
  private lastFrame = -1;
  private watched = false;
  /** A delayed action is dropped when another one was requested meanwhile. */
  private generation = 0;
  private seekGeneration = 0;
  private loadGeneration = 0;
  private readonly roll: () => number;
  private readonly frames = new Set<(frame: Frame) => void>();
  private readonly changes = new Set<() => void>();

  constructor(
    private readonly world: World,
    private readonly faults: Faults = GOOD,
    /** The page's clock, by which frames are dated. */
    private readonly localMs: () => number = () => world.nowMs,
  ) {
    this.roll = random(faults.seed);
    if (faults.tellEveryMs > 0) world.every(faults.tellEveryMs, () => this.tellTime());
  }

  get rates(): readonly number[] | null {
    return this.faults.rates;
  }

  /** Whether the sound moves. */
  get moves(): boolean {
    return this.moving;
  }

  /** The true position. */
  truthMs(): number {
    if (!this.moving) return this.baseMs;
    const step = Math.abs(this.rate - 1) < this.faults.rateQuantum ? 1 : this.rate;
    const speed = step * (1 + this.faults.driftPpm / 1e6);
    return Math.min(this.faults.durationMs, this.baseMs + (this.world.nowMs - this.sinceMs) * speed);
  }

  load(_source: MediaSource, entry?: Entry): void {
    this.stop(0);
    this.loadGeneration += 1;
    const { loadGeneration } = this;
    this.world.after(this.faults.loadMs, () => {
      if (loadGeneration !== this.loadGeneration) return;
      this.openedFromMs = entry?.();
      this.loaded = true;
      this.tell();
    });
  }

  unload(): void {
    this.loadGeneration += 1;
    this.seekGeneration += 1;
    this.loaded = false;
    this.seeking = false;
    this.stop(0);
  }

  async play(): Promise<void> {
    if (this.notAllowed) throw new DOMException('a tap is needed', 'NotAllowedError');
    this.plays += 1;
    this.paused = false;
    this.moveAfter(this.faults.startLatencyMs);
  }

  pause(): void {
    this.paused = true;
    this.stop(this.truthMs());
    this.tell();
  }

  seekTo(positionMs: number): void {
    this.seeks += 1;
    this.stop(Math.max(0, Math.min(positionMs, this.faults.durationMs)));
    this.seeking = true;
    this.toldMs = this.baseMs;
    this.seekGeneration += 1;
    const { seekGeneration } = this;
    this.world.after(this.cost(this.faults.seekCostMs), () => {
      if (seekGeneration !== this.seekGeneration) return;
      this.seeking = false;
      if (!this.paused) this.moveAfter(0);
      this.tell();
    });
  }

  setRate(asked: number): void {
    const rate =
      this.faults.rates?.reduce((best, r) => (Math.abs(r - asked) < Math.abs(best - asked) ? r : best)) ?? asked;
    if (rate !== this.rate) this.rateWrites.push({ atMs: this.world.nowMs, rate });
    this.rebase();
    const stretched = (r: number) => Math.abs(r - 1) > RESAMPLE_WITHIN;
    if (this.moving && stretched(rate) && !stretched(this.rate)) this.baseMs -= this.faults.stretchCostMs;
    this.rate = rate;
  }

  /** Runs out of data until further notice. */
  starve(starved: boolean): void {
    this.starved = starved;
    if (starved) this.stop(this.truthMs());
    else if (!this.paused) this.moveAfter(0);
    this.tell();
  }

  snapshot(): PlayerSnapshot {
    const step = this.faults.clockStepMs;
    const truth = this.truthMs();
    return {
      loaded: this.loaded,
      currentMs: this.faults.tellEveryMs > 0 ? this.toldMs : step > 0 ? Math.floor(truth / step) * step : truth,
      durationMs: this.loaded ? this.faults.durationMs : null,
      bufferedAheadMs: this.starved ? 0 : 20_000,
      paused: this.paused,
      seeking: this.seeking,
      ready: this.loaded && !this.seeking && !this.starved,
      ended: this.loaded && truth >= this.faults.durationMs,
      failure: null,
      audible: this.audible,
    };
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    // Displays refresh all the time; vsyncs are simulated only while there is a listener.
    if (!this.watched) this.world.every(VSYNC_MS, () => this.vsync());
    this.watched = true;
    this.frames.add(listener);
    return () => this.frames.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.changes.add(listener);
    return () => this.changes.delete(listener);
  }

  destroy(): void {
    this.unload();
  }

  private cost(meanMs: number): number {
    return Math.max(0, meanMs + (this.roll() - 0.5) * 2 * this.faults.jitterMs);
  }

  private moveAfter(latencyMs: number): void {
    const { generation } = this;
    this.world.after(latencyMs > 0 ? this.cost(latencyMs) : 0, () => {
      if (generation !== this.generation || this.paused || this.seeking || this.starved) return;
      this.sinceMs = this.world.nowMs;
      this.moving = true;
      this.tell();
    });
  }

  private stop(atMs: number): void {
    this.count();
    this.generation += 1;
    this.moving = false;
    this.baseMs = atMs;
  }

  private rebase(): void {
    this.count();
    this.baseMs = this.truthMs();
    this.sinceMs = this.world.nowMs;
  }

  private count(): void {
    if (!this.moving) return;
    const forMs = this.world.nowMs - this.sinceMs;
    this.playedMs += forMs;
    if (Math.abs(this.rate - 1) > AUDIBLE) this.oddMs += forMs;
  }

  private tellTime(): void {
    if (!this.moving) return;
    const atMs = this.truthMs();
    const { seekGeneration } = this;
    this.world.after(this.faults.tellDelayMs * (0.5 + this.roll()), () => {
      if (seekGeneration !== this.seekGeneration) return;
      this.toldMs = atMs;
      this.tell();
    });
  }

  /** A frame is shown at the first vsync at which it is due; one callback in twenty comes a vsync late. */
  private vsync(): void {
    if (!this.moving || this.hidden || this.frames.size === 0 || this.faults.fps === 0) return;
    // A player shows the frame that fits best until the next vsync.
    const frame = Math.floor(((this.truthMs() + VSYNC_MS / 2) / 1000) * this.faults.fps);
    if (frame === this.lastFrame) return;
    this.lastFrame = frame;
    const late = this.roll() < 0.05;
    const { currentMs } = this.snapshot();
    const localMs = this.localMs();
    const seen = {
      mediaMs: (frame * 1000) / this.faults.fps,
      displayMs: localMs,
      frameMs: localMs,
      readMs: localMs,
      currentMs,
    };
    if (!late) seen.displayMs += VSYNC_MS;
    seen.mediaMs += this.faults.screenBiasMs + (late ? 0 : VSYNC_MS * this.rate);
    for (const listener of this.frames) listener(seen);
  }

  private tell(): void {
    for (const listener of this.changes) listener();
  }
}
