// Keeps one player where its room is. Framework-free: everything from outside comes in as a dependency.
//
// Each new motion of the room becomes a plan: rest at a position, start at an instant that the room gave, glide in (find
// an own start, as after joining late), or move. `step` advances the plan; it runs on a timer and whenever the player
// changes.
import { Approach } from './approach';
import type { ServerClock } from './clock';
import { Liveness } from './liveness';
import { type Motion, positionAt, STILL, supersedes } from './motion';
import { type Learned, Mover } from './mover';
import { type Plan, playerState } from './plan';
import type { MediaSource, Player, PlayerSnapshot } from './player';
import { honestClass, type Profile } from './profile';
import { type PlayerStatus, Reporter } from './reporter';
import { Starter } from './starter';
import { Successor } from './successor';
import type { Timer } from './timer';
import { type EngineView, statusOf, viewOf } from './view';

export type { EngineView } from './view';

export interface EngineDeps {
  player: Player;
  clock: ServerClock;
  timer: Timer;
  profile: Profile;
  learned: Learned | null;
  nowMs(): number;
  hidden(): boolean;
  /** Where the bytes of an item are. A rejection's message is shown to people. */
  resolve(itemId: string): Promise<MediaSource>;
  report(status: PlayerStatus): void;
  changed(view: EngineView): void;
}

const TICK_MS = 100;
/** Two descriptions of one motion differ by less than this. */
const CONTINUOUS_MS = 40;
const PLACE_TOLERANCE_MS = 2;
const MAX_OFFSET_MS = 2_000;
/** A hidden page may be throttled at any moment. */
const HIDDEN_TICK_MS = 1_000;
const TICK_FADE = 0.8;
const LATE_START_MS = 40;

export class SyncEngine {
  private motion: Motion = STILL;
  private plan: Plan = { kind: 'idle' };
  private readonly mover: Mover;
  private readonly reporter: Reporter;
  private readonly cleanups: (() => void)[];
  private cancelWake: () => void = () => undefined;
  private loadedItem = '';
  private failure: string | null = null;
  private blocked = false;
  private stepping = false;
  private readonly liveness: Liveness;
  private readonly successor: Successor;
  private readonly starter: Starter;
  private offsetMs = 0;
  private appliedMs = 0;
  private tickMs = TICK_MS;
  private tickedMs: number | null = null;
  private readonly approach: Approach;
  private sessionId = '';
  private drift: { driftMs: number; errorMs: number; correcting: boolean } | null = null;

  constructor(private readonly deps: EngineDeps) {
    this.mover = new Mover(deps.player, deps.profile, deps.learned);
    this.approach = new Approach(this.mover.learned.seekCostMs);
    this.liveness = new Liveness(deps.profile.quietMs);
    this.reporter = new Reporter(deps.report);
    this.successor = new Successor(deps);
    this.starter = new Starter(deps);
    this.cleanups = [
      deps.player.onFrame((frame) => {
        if (this.plan.kind === 'move') this.mover.addFrame(frame);
      }),
      deps.player.onChange(() => this.step()),
      deps.timer.every(TICK_MS, () => this.tick()),
    ];
  }

  get learned(): Learned {
    return this.mover.learned;
  }

  get audioOffsetMs(): number {
    return this.offsetMs;
  }

  /**
   * How late this device's sound leaves the speaker beyond what the browser knows (Bluetooth, a receiver). The player
   * runs ahead by this time, or behind where it is negative. The drift that is shown and reported does not include it.
   */
  set audioOffsetMs(offsetMs: number) {
    const next = Number.isFinite(offsetMs) ? Math.max(-MAX_OFFSET_MS, Math.min(MAX_OFFSET_MS, offsetMs)) : 0;
    if (next === this.offsetMs) return;
    this.offsetMs = next;
    if (this.plan.kind === 'move') this.mover.resume(this.deps.nowMs(), this.motion.rate);
    else this.replan(STILL, this.motion);
    this.step();
  }

  /** Where the room is now, for the seek bar; null without an item. */
  roomPositionMs(): number | null {
    if (!this.motion.itemId) return null;
    const at = positionAt(this.motion, this.serverNow());
    const { durationMs } = this.deps.player.snapshot();
    return durationMs === null ? at : Math.min(at, durationMs);
  }

  /** A new connection: the server needs a new report, and says how often it wants others; 0: as usual. */
  connected(sessionId: string, heartbeatMs = 0): void {
    this.sessionId = sessionId;
    this.reporter.restart(heartbeatMs);
    this.step();
  }

  /** The item that follows the current one, for the player to prepare near the end; empty: none. */
  set nextItem(itemId: string) {
    this.successor.next = itemId;
  }

  apply(next: Motion): void {
    const { coming } = this.successor;
    if (!supersedes(next, coming ?? this.motion) || (coming && next.epoch === coming.epoch && next.seq === coming.seq))
      return;
    const { startLatencyMs } = this.mover.learned;
    const follow = (motion: Motion) => this.take(motion, true);
    if (
      this.plan.kind === 'move' &&
      this.successor.holdBack(this.motion, next, this.serverNow(), startLatencyMs, follow)
    )
      return;
    this.take(next, false);
  }

  private take(next: Motion, handOn: boolean): void {
    this.successor.letGo();
    const before = this.motion;
    this.motion = next;
    this.appliedMs = this.serverNow();
    if (next.itemId !== this.loadedItem) this.load(next.itemId, handOn);
    this.replan(before, next);
    this.step();
  }

  /** Call from a tap: the browser lets this page play, and with sound, from now on. */
  unlock(): void {
    this.deps.player.restoreSound?.();
    if (!this.blocked) return this.step();
    this.blocked = false;
    // The tap allows this one call of play(). The position is set after it.
    const { player } = this.deps;
    (player.unlock?.() ?? player.play()).catch((error: unknown) => this.playFailed(error));
    player.pause();
    this.replan(STILL, this.motion);
    this.step();
  }

  /** Seeks to the room's position again, as after a join. */
  resync(): void {
    this.replan(STILL, this.motion);
    this.step();
  }

  /** Tries a failed item again. */
  retry(): void {
    this.loadedItem = '';
    this.load(this.motion.itemId, false);
    this.resync();
  }

  destroy(): void {
    this.starter.disarm();
    this.cancelWake();
    this.successor.letGo();
    for (const cleanup of this.cleanups) cleanup();
    this.deps.player.destroy();
    this.motion = STILL;
    this.plan = { kind: 'idle' };
  }

  private serverNow(): number {
    return this.deps.clock.toServer(this.deps.nowMs());
  }

  /** The player's position for a room at `positionMs`, so that the sound is heard at the room's position. */
  private shifted(positionMs: number): number {
    return Math.max(0, positionMs + this.offsetMs * this.motion.rate);
  }

  private load(itemId: string, handOn: boolean): void {
    this.loadedItem = itemId;
    this.failure = null;
    this.liveness.restart();
    const prepared = this.successor.take(itemId);
    if (prepared) {
      if (handOn) this.deps.player.handOn?.(prepared);
      else this.deps.player.load(prepared);
      return;
    }
    this.deps.player.unload();
    if (!itemId) return;
    this.deps.resolve(itemId).then(
      (source) => {
        if (this.loadedItem !== itemId || this.motion.itemId !== itemId) return;
        this.approach.opens(this.deps.nowMs());
        this.deps.player.load(source, () => {
          const serverMs = this.deps.clock.read(this.deps.nowMs()) ? this.serverNow() : null;
          return this.approach.entryMs(this.motion, serverMs, this.mover.learned.startLatencyMs);
        });
        this.step();
      },
      (error: unknown) => {
        if (this.loadedItem !== itemId) return;
        this.failure = error instanceof Error ? error.message : 'This video can’t be opened. Try again.';
        this.step();
      },
    );
  }

  private replan(before: Motion, next: Motion): void {
    if (!next.itemId) return this.setPlan({ kind: 'idle' });
    if (next.hold && next.playing) return this.rest(this.shifted(next.anchorMediaMs));
    if (next.hold || !next.playing) return this.rest(next.anchorMediaMs);
    // Without a measured clock it is unknown whether the room has started already.
    if (!this.deps.clock.read(this.deps.nowMs())) return this.setPlan({ kind: 'glide', attempt: 0 });
    const serverMs = this.serverNow();
    if (this.plan.kind === 'move' && before.itemId === next.itemId) {
      const at = Math.max(serverMs, next.anchorServerMs);
      const same = !before.hold && Math.abs(positionAt(before, at) - positionAt(next, at)) < CONTINUOUS_MS;
      if (same) {
        if (before.rate !== next.rate) this.mover.resume(this.deps.nowMs(), next.rate);
        return;
      }
    }
    if (next.anchorServerMs > serverMs) {
      this.setPlan({
        kind: 'start',
        atMs: this.shifted(next.anchorMediaMs),
        whenServerMs: next.anchorServerMs,
        placed: false,
        armed: false,
        attempt: 0,
      });
    } else {
      this.setPlan({ kind: 'glide', attempt: 0 });
    }
  }

  private rest(atMs: number): void {
    // The same position: only the list of awaited members became shorter.
    if (this.plan.kind === 'rest' && this.plan.atMs === atMs) return;
    this.setPlan({ kind: 'rest', atMs, placed: false });
  }

  private setPlan(plan: Plan): void {
    this.starter.disarm();
    this.cancelWake();
    this.plan = plan;
    this.drift = null;
    this.liveness.restart();
    if (plan.kind !== 'move' && !this.deps.player.snapshot().paused) this.deps.player.pause();
  }

  private tick(): void {
    const nowMs = this.deps.nowMs();
    const gapMs = this.tickedMs === null ? TICK_MS : nowMs - this.tickedMs;
    this.tickedMs = nowMs;
    this.tickMs = Math.max(TICK_MS, gapMs, this.tickMs * TICK_FADE);
    this.step();
  }

  private step(): void {
    // Re-entrancy: a player in a frame reports a change from within a call, and a start would be armed twice.
    if (this.stepping) return;
    this.stepping = true;
    try {
      this.advance();
    } finally {
      this.stepping = false;
    }
  }

  private advance(): void {
    const nowMs = this.deps.nowMs();
    const seen = this.deps.player.snapshot();
    if (seen.failure) this.failure = seen.failure;
    if (seen.loaded) this.approach.opened(nowMs);
    if (this.motion.itemId && !this.failure && seen.loaded && this.deps.clock.read(nowMs)) {
      if (this.plan.kind === 'glide') this.chooseStart(this.plan.attempt, seen);
      if (this.plan.kind === 'rest') this.place(this.plan, seen);
      else if (this.plan.kind === 'start') this.approachStart(this.plan, seen, nowMs);
      else if (this.plan.kind === 'move') this.move(seen, nowMs);
    }
    this.tell(nowMs);
  }

  private chooseStart(attempt: number, seen: PlayerSnapshot): void {
    const leadMs = this.approach.leadMs(attempt, this.mover.learned.startLatencyMs);
    const whenServerMs = Math.max(this.serverNow() + leadMs, this.motion.anchorServerMs);
    const atMs = this.shifted(positionAt(this.motion, whenServerMs));
    if (seen.durationMs !== null && atMs >= seen.durationMs) return this.finish(seen.durationMs);
    this.plan = { kind: 'start', atMs, whenServerMs, placed: false, armed: false, attempt };
  }

  private place(plan: { atMs: number; placed: boolean }, seen: PlayerSnapshot): void {
    if (plan.placed) return;
    plan.placed = true;
    const atMs = Math.min(plan.atMs, seen.durationMs ?? plan.atMs);
    const enters = this.approach.placed(this.deps.nowMs());
    if (enters || Math.abs(seen.currentMs - atMs) > PLACE_TOLERANCE_MS) this.deps.player.seekTo(atMs);
  }

  private approachStart(plan: Extract<Plan, { kind: 'start' }>, seen: PlayerSnapshot, nowMs: number): void {
    if (plan.armed || this.blocked) return;
    const { startLatencyMs } = this.mover.learned;
    const lateMs = this.starter.lateMs(plan.whenServerMs, startLatencyMs);
    // The start passed while the player was loading: it was never tried, so the attempt does not count.
    if (!plan.placed && lateMs > LATE_START_MS) return this.chooseStart(plan.attempt, seen);
    if (!plan.placed) {
      this.place(plan, seen);
      seen = this.deps.player.snapshot();
    }
    this.approach.watch(seen.ready, nowMs);
    if (lateMs > LATE_START_MS) {
      if (this.approach.missed(seen.ready, nowMs)) this.chooseStart(plan.attempt + 1, seen);
      return;
    }
    if (!seen.ready) return;
    plan.armed = true;
    this.starter.arm(plan.whenServerMs, startLatencyMs, () => this.play());
  }

  private play(): void {
    const nowMs = this.deps.nowMs();
    this.setPlan({ kind: 'move' });
    this.mover.begin(nowMs, this.motion.rate);
    this.starter.play().then(
      () => {
        this.blocked = false;
      },
      (error: unknown) => this.playFailed(error),
    );
  }

  /** Other rejections need no action: a pause came first, or the snapshot has the failure. */
  private playFailed(error: unknown): void {
    if (!(error instanceof Error) || error.name !== 'NotAllowedError') return;
    this.blocked = true;
    if (this.plan.kind === 'move') this.setPlan({ kind: 'glide', attempt: 0 });
    this.step();
  }

  private move(seen: PlayerSnapshot, nowMs: number): void {
    const targetMs = this.shifted(positionAt(this.motion, this.deps.clock.toServer(nowMs)));
    if (seen.ended || (seen.durationMs !== null && targetMs >= seen.durationMs))
      return this.finish(seen.durationMs ?? targetMs);
    if (seen.paused && !this.starter.isPending) {
      // Paused by the system, not by the room (a phone call, headphones unplugged). Play again, but not in a loop.
      if (this.starter.mayAgain(nowMs) && !this.deps.hidden()) this.setPlan({ kind: 'glide', attempt: 0 });
      return;
    }
    this.successor.watch(targetMs, seen.durationMs);
    if (this.liveness.watch(seen, nowMs)) this.mover.resume(nowMs, this.motion.rate);
    const steady =
      Number.isFinite(seen.currentMs) &&
      !seen.seeking &&
      seen.ready &&
      !this.starter.isPending &&
      this.liveness.clockMoves(seen, nowMs);
    const tickMs = Math.max(this.tickMs, this.deps.hidden() ? HIDDEN_TICK_MS : 0);
    const progress = this.mover.step({
      nowMs,
      targetMs,
      rate: this.motion.rate,
      steady,
      audible: seen.audible ?? true,
      tickMs,
    });
    if (steady) this.drift = progress;
    if (progress.wakeMs > 0) {
      this.cancelWake();
      this.cancelWake = this.deps.timer.after(progress.wakeMs, () => this.step());
    }
  }

  private finish(durationMs: number): void {
    // The next item is about to begin.
    if (this.successor.coming) return;
    this.rest(durationMs);
  }

  private tell(nowMs: number): void {
    const { clock, player, profile } = this.deps;
    const { motion, plan, mover, drift, liveness } = this;
    const seen = player.snapshot();
    const driftMs = drift?.driftMs ?? null;
    const situation = {
      motion,
      plan,
      failed: this.failure !== null,
      blocked: this.blocked,
      stalled: liveness.stalled,
      driftMs,
    };
    const state = playerState(situation, seen, 2 * profile.deadBandMs);
    const reading = clock.read(nowMs);
    const syncClass = honestClass(profile, reading?.errorMs ?? null, mover.coarse);
    const view = viewOf({
      state,
      drift,
      clockErrorMs: reading?.errorMs ?? null,
      rttMs: clock.rttMs,
      seen,
      failure: this.failure,
      syncClass,
      mover,
      stalls: liveness.stalls,
    });
    if (this.sessionId) {
      const { hold } = motion;
      const status = statusOf(view, motion, {
        delayMs: clock.delayMs,
        preparedItemId: this.successor.prepared,
        appliedMs: this.appliedMs,
      });
      const awaited = hold?.waitingSessionIds.includes(this.sessionId) ?? false;
      this.reporter.offer(status, hold ? `hold ${hold.sinceServerMs}` : '', awaited, nowMs);
    }
    this.deps.changed(view);
  }
}
