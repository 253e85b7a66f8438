// Decides when the clock is measured: in a burst after a new connection or a disturbance, a few times soon after, else
// every 10 s. Pings without an answer also reveal a dead connection.
//
// performance.now() may stand still while a machine sleeps (it does in Chromium on Linux and macOS), so afterwards the
// cluster clock seems to have jumped. The wall clock goes on: a difference between the two means that the machine slept.
// The wall clock only shows that this happened; the next exchange measures the time.
import type { Exchange, ServerClock } from './clock';
import type { Timer } from './timer';

export interface ProberDeps {
  clock: ServerClock;
  timer: Timer;
  nowMs(): number;
  wallMs(): number;
  /** Sends one ping; false when there is no connection. */
  ping(): boolean;
  /** A ping had no answer for this long. Called once, until there is an answer or another connection. */
  unanswered(forMs: number): void;
}

export const BURST = 8;
const BURST_GAP_MS = 60;
/** Pings after a burst: a page that has just opened is busy, and the whole burst may have waited in one queue. */
export const AFTERTHOUGHTS_MS: readonly number[] = [1_000, 2_000, 4_000];
export const PING_EVERY_MS = 10_000;
/** Debounces bursts: a network change, a wake-up and a slow answer are one event. */
const BURST_PAUSE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const WALL_STEP_MS = 200;
/** A timer that is this late means that the page did not run in between. */
const GAP_MS = 15_000;
/** The path has changed when this many consecutive answers take this much longer than the best one before. */
const SLOWER = 3;
const SLOWER_BY_MS = 30;
const SLOW_ANSWERS = 3;
/** A connection is dropped when a ping waits for this long; sooner after a sleep, which few connections survive. */
const SILENT_MS = 8_000;
const SILENT_AWOKEN_MS = 3_000;

export class Prober {
  private readonly cancels: (() => void)[];
  private cancelBurst: () => void = () => undefined;
  private cancelAfter: (() => void)[] = [];
  private askedMs: number | null = null;
  private patienceMs = SILENT_MS;
  private burstMs = -Infinity;
  private lookedMs: number;
  private aheadMs: number;
  private slowAnswers = 0;

  constructor(private readonly deps: ProberDeps) {
    this.lookedMs = deps.nowMs();
    this.aheadMs = deps.wallMs() - this.lookedMs;
    this.cancels = [
      deps.timer.every(PING_EVERY_MS, () => this.ask()),
      deps.timer.every(LOOK_EVERY_MS, () => this.look()),
    ];
  }

  /** A new connection, maybe to another gateway: all gateways serve one cluster clock, but the path is another one. */
  connected(): void {
    this.deps.clock.rerouted();
    this.askedMs = null;
    this.patienceMs = SILENT_MS;
    this.begin();
  }

  /** The network changed, or the page was asleep. */
  disturbed(): void {
    if (this.deps.nowMs() - this.burstMs >= BURST_PAUSE_MS) this.begin();
  }

  answered(exchange: Exchange): void {
    const { clock } = this.deps;
    const usualMs = clock.rttMs;
    this.askedMs = null;
    this.patienceMs = SILENT_MS;
    clock.add(exchange);
    if (usualMs === null) return;
    const slow = exchange.receivedMs - exchange.sentMs > Math.max(SLOWER * usualMs, usualMs + SLOWER_BY_MS);
    this.slowAnswers = slow ? this.slowAnswers + 1 : 0;
    if (this.slowAnswers < SLOW_ANSWERS) return;
    this.slowAnswers = 0;
    clock.rerouted();
    this.disturbed();
  }

  destroy(): void {
    this.cancelBurst();
    for (const cancel of [...this.cancels, ...this.cancelAfter]) cancel();
  }

  private look(): void {
    const nowMs = this.deps.nowMs();
    const aheadMs = this.deps.wallMs() - nowMs;
    const stepMs = aheadMs - this.aheadMs;
    const gapMs = nowMs - this.lookedMs;
    this.aheadMs = aheadMs;
    this.lookedMs = nowMs;
    if (Math.abs(stepMs) > WALL_STEP_MS) this.deps.clock.doubt(stepMs);
    if (Math.abs(stepMs) > WALL_STEP_MS || gapMs > GAP_MS) {
      // The waiting time of older pings begins now: no answer could be received meanwhile.
      if (this.askedMs !== null) this.askedMs = nowMs;
      this.patienceMs = SILENT_AWOKEN_MS;
      this.disturbed();
    }
    const silentMs = this.askedMs === null ? 0 : nowMs - this.askedMs;
    if (silentMs < this.patienceMs) return;
    this.askedMs = null;
    this.deps.unanswered(silentMs);
  }

  private begin(): void {
    this.cancelBurst();
    this.burstMs = this.deps.nowMs();
    this.slowAnswers = 0;
    this.burst(BURST);
    for (const cancel of this.cancelAfter) cancel();
    this.cancelAfter = AFTERTHOUGHTS_MS.map((afterMs) => this.deps.timer.after(afterMs, () => this.ask()));
  }

  private ask(): boolean {
    if (!this.deps.ping()) return false;
    this.askedMs ??= this.deps.nowMs();
    return true;
  }

  private burst(left: number): void {
    if (left === 0 || !this.ask()) return;
    this.cancelBurst = this.deps.timer.after(BURST_GAP_MS, () => this.burst(left - 1));
  }
}
