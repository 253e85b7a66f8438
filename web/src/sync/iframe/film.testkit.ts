// The film that the stand-ins of the services' players play: it starts late, seeks slowly, and drifts.
import { random, type World } from '../world.testkit';

export interface Habits {
  /** Until the page of the player is loaded. */
  loadMs: number;
  /** From the command to play, and from a seek, until it moves. */
  startLatencyMs: number;
  seekCostMs: number;
  jitterMs: number;
  driftPpm: number;
  durationMs: number;
  /** Interval of the messages with its time, and the least and largest delay of a message. */
  tellEveryMs: number;
  delayMs: readonly [number, number];
  rates: readonly number[];
  /** Length of the advertisement before the film; 0: none. */
  adMs: number;
  /** The browser requires a tap in the player, even for muted playback. */
  blocked: boolean;
  /** The browser requires a tap for sound. */
  soundBlocked: boolean;
  /** The service's error code; null: it plays. */
  refusal: number | string | null;
  /** Never sends a message. */
  silent: boolean;
  seed: number;
}

export const USUAL: Habits = {
  loadMs: 300,
  startLatencyMs: 350,
  seekCostMs: 450,
  jitterMs: 60,
  driftPpm: 25,
  durationMs: 600_000,
  tellEveryMs: 250,
  delayMs: [2, 40],
  rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2],
  adMs: 0,
  blocked: false,
  soundBlocked: false,
  refusal: null,
  silent: false,
  seed: 5,
};

export type FilmState = 'cued' | 'ad' | 'starting' | 'playing' | 'paused' | 'ended';

export class Film {
  state: FilmState = 'cued';
  rate = 1;
  /** Time played, and the part of it not at normal speed. */
  playedMs = 0;
  oddMs = 0;
  private starved = false;
  private baseMs = 0;
  private sinceMs = 0;
  private turn = 0;
  /** The state after a seek that began while paused, unless it gets the command to play meanwhile. */
  private after: 'playing' | 'paused' = 'paused';
  private adLeftMs: number;
  private readonly roll: () => number;

  constructor(
    readonly world: World,
    readonly habits: Habits,
    private readonly changed: () => void,
  ) {
    this.roll = random(habits.seed);
    this.adLeftMs = habits.adMs;
    world.every(20, () => {
      if (this.state === 'playing' && this.positionMs() >= habits.durationMs) this.enter('ended', habits.durationMs);
    });
  }

  positionMs(): number {
    const movedMs =
      this.state === 'playing' ? (this.world.nowMs - this.sinceMs) * this.rate * (1 + this.habits.driftPpm / 1e6) : 0;
    return Math.min(this.habits.durationMs, this.baseMs + movedMs);
  }

  play(): void {
    if (this.state === 'starting') this.after = 'playing';
    if (this.state === 'playing' || this.state === 'starting' || this.state === 'ad') return;
    const fromMs = this.state === 'ended' ? 0 : this.positionMs();
    if (this.adLeftMs > 0) {
      const adMs = this.adLeftMs;
      this.enter('ad', fromMs);
      this.soon(adMs, () => {
        this.adLeftMs = 0;
        this.begin(fromMs, this.habits.startLatencyMs);
      });
    } else {
      this.begin(fromMs, this.habits.startLatencyMs);
    }
  }

  pause(): void {
    if (this.state !== 'cued' && this.state !== 'ended') this.enter('paused', this.positionMs());
  }

  /** `after`: the state after the seek. */
  seek(toMs: number, after: 'playing' | 'paused', done: () => void = () => undefined): void {
    const atMs = Math.min(toMs, this.habits.durationMs);
    if (after === 'playing') return this.begin(atMs, this.habits.seekCostMs, done);
    this.enter('starting', atMs);
    this.after = 'paused';
    this.soon(this.cost(this.habits.seekCostMs), () => {
      this.enter(this.after, atMs);
      done();
    });
  }

  cue(atMs: number): void {
    this.enter('cued', atMs);
  }

  /** Runs out of data until further notice. */
  starve(starved: boolean): void {
    this.starved = starved;
    if (starved && this.state === 'playing') {
      this.enter('starting', this.positionMs());
      this.after = 'playing';
    } else if (!starved && this.state === 'starting' && this.after === 'playing') {
      this.begin(this.baseMs, 0);
    }
  }

  setRate(rate: number): void {
    this.count();
    this.baseMs = this.positionMs();
    this.sinceMs = this.world.nowMs;
    this.rate = rate;
  }

  /** Delivers a message after a delay, in either direction and in order. */
  carry(run: () => void): void {
    const [least, most] = this.habits.delayMs;
    const atMs = Math.max(this.lastCarryMs, this.world.nowMs + least + this.roll() * (most - least));
    this.lastCarryMs = atMs;
    this.world.after(atMs - this.world.nowMs, run);
  }
  private lastCarryMs = 0;

  private begin(fromMs: number, costMs: number, done: () => void = () => undefined): void {
    this.enter('starting', fromMs);
    this.after = 'playing';
    if (this.starved) return;
    this.soon(this.cost(costMs), () => {
      this.enter('playing', fromMs);
      done();
    });
  }

  private enter(state: FilmState, atMs: number): void {
    this.count();
    this.turn += 1;
    this.baseMs = atMs;
    this.sinceMs = this.world.nowMs;
    this.state = state;
    this.changed();
  }

  private count(): void {
    if (this.state !== 'playing') return;
    const forMs = this.world.nowMs - this.sinceMs;
    this.playedMs += forMs;
    if (this.rate !== 1) this.oddMs += forMs;
  }

  private soon(ms: number, run: () => void): void {
    const { turn } = this;
    this.world.after(ms, () => {
      if (turn === this.turn) run();
    });
  }

  private cost(meanMs: number): number {
    return Math.max(0, meanMs + (this.roll() - 0.5) * 2 * this.habits.jitterMs);
  }
}
