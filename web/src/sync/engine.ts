// Keeps one player where its room is. Framework-free: everything from outside comes in as a dependency.
//
// Each new motion of the room becomes a plan: stand somewhere, start at an instant, find a start of one's own (a late
// joiner glides in), or move. `step` advances the plan; it runs on a timer and whenever the player changes.
import type { PlayerStateJson } from '../api/gen/syncwatch/sync/v1/types_pb';
import type { ServerClock } from './clock';
import { positionAt, STILL, supersedes, type Motion } from './motion';
import { Mover, type Learned } from './mover';
import type { MediaSource, Player, PlayerSnapshot } from './player';
import type { Profile } from './profile';
import { Reporter, type PlayerStatus } from './reporter';
import type { Timer } from './timer';

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
  /** The item played to its end; once for each time. */
  ended(itemId: string): void;
  changed(view: EngineView): void;
}

export interface EngineView {
  state: PlayerStateJson;
  /** Null while nothing moves. */
  driftMs: number | null;
  errorMs: number;
  clockErrorMs: number | null;
  rttMs: number | null;
  bufferedMs: number;
  durationMs: number | null;
  rate: number;
  correcting: boolean;
  failure: string | null;
}

type Plan =
  | { kind: 'idle' }
  | { kind: 'rest'; atMs: number; placed: boolean }
  | { kind: 'start'; atMs: number; whenServerMs: number; placed: boolean; armed: boolean; attempt: number }
  | { kind: 'glide'; attempt: number }
  | { kind: 'move' };

const TICK_MS = 100;
const IN_SYNC_MS = 40;
/** Two descriptions of one motion differ by less than this. */
const CONTINUOUS_MS = 40;
const PLACE_TOLERANCE_MS = 2;
const STALL_AFTER_MS = 300;
const LATE_START_MS = 40;
const FIRST_GLIDE_MS = 450;
const MAX_GLIDE_MS = 8_000;
const RESTART_PAUSE_MS = 2_000;
const END_TOLERANCE_MS = 60;

export class SyncEngine {
  private motion: Motion = STILL;
  private plan: Plan = { kind: 'idle' };
  private readonly mover: Mover;
  private readonly reporter: Reporter;
  private readonly cleanups: (() => void)[];
  private cancelStart: () => void = () => undefined;
  private cancelWake: () => void = () => undefined;
  private loadedItem = '';
  private failure: string | null = null;
  private blocked = false;
  private playPending = false;
  private unreadySinceMs: number | null = null;
  private stalled = false;
  private lastRestartMs = -Infinity;
  private lastClock = { positionMs: 0, movedMs: 0 };
  private glideMs = FIRST_GLIDE_MS;
  private endedItem = '';
  private sessionId = '';
  private drift: { driftMs: number; errorMs: number; correcting: boolean } | null = null;

  constructor(private readonly deps: EngineDeps) {
    this.mover = new Mover(deps.player, deps.profile, deps.learned);
    this.reporter = new Reporter(deps.report);
    this.cleanups = [
      deps.player.onFrame((frame) => {
        if (this.plan.kind === 'move') this.mover.addFrame(frame);
      }),
      deps.player.onChange(() => this.step()),
      deps.timer.every(TICK_MS, () => this.step()),
    ];
  }

  get learned(): Learned {
    return this.mover.learned;
  }

  /** Where the room is now, for the seek bar; null without an item. */
  roomPositionMs(): number | null {
    if (!this.motion.itemId) return null;
    const at = positionAt(this.motion, this.serverNow());
    const { durationMs } = this.deps.player.snapshot();
    return durationMs === null ? at : Math.min(at, durationMs);
  }

  /** A connection was made; the room must hear again how we are doing. */
  connected(sessionId: string): void {
    this.sessionId = sessionId;
    this.reporter.restart();
    this.step();
  }

  apply(next: Motion): void {
    if (!supersedes(next, this.motion)) return;
    const before = this.motion;
    this.motion = next;
    if (next.itemId !== this.loadedItem) this.load(next.itemId);
    this.replan(before, next);
    this.step();
  }

  /** Call from a tap: the browser lets this page play from now on. */
  unlock(): void {
    if (!this.blocked) return;
    this.blocked = false;
    // The tap counts for this very call; where to play from is settled after it.
    this.deps.player.play().catch((error: unknown) => this.playFailed(error));
    this.deps.player.pause();
    this.replan(STILL, this.motion);
    this.step();
  }

  /** Tries a failed item again. */
  retry(): void {
    this.loadedItem = '';
    this.load(this.motion.itemId);
    this.replan(STILL, this.motion);
    this.step();
  }

  destroy(): void {
    this.cancelStart();
    this.cancelWake();
    for (const cleanup of this.cleanups) cleanup();
    this.deps.player.destroy();
    this.motion = STILL;
    this.plan = { kind: 'idle' };
  }

  private serverNow(): number {
    return this.deps.clock.toServer(this.deps.nowMs());
  }

  private load(itemId: string): void {
    this.loadedItem = itemId;
    this.failure = null;
    this.endedItem = '';
    this.unreadySinceMs = null;
    this.stalled = false;
    this.deps.player.unload();
    if (!itemId) return;
    this.deps.resolve(itemId).then(
      (source) => {
        if (this.loadedItem !== itemId || this.motion.itemId !== itemId) return;
        this.deps.player.load(source);
        this.step();
      },
      (error: unknown) => {
        if (this.loadedItem !== itemId) return;
        this.failure = error instanceof Error ? error.message : 'This item cannot be opened.';
        this.step();
      },
    );
  }

  private replan(before: Motion, next: Motion): void {
    if (!next.itemId) return this.setPlan({ kind: 'idle' });
    if (next.hold || !next.playing) return this.rest(next.anchorMediaMs);
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
      this.setPlan({ kind: 'start', atMs: next.anchorMediaMs, whenServerMs: next.anchorServerMs, placed: false, armed: false, attempt: 0 });
    } else {
      this.setPlan({ kind: 'glide', attempt: 0 });
    }
  }

  private rest(atMs: number): void {
    // A hold that only waits for fewer members than before leaves the player where it is.
    if (this.plan.kind === 'rest' && this.plan.atMs === atMs) return;
    this.setPlan({ kind: 'rest', atMs, placed: false });
  }

  private setPlan(plan: Plan): void {
    this.cancelStart();
    this.cancelWake();
    this.plan = plan;
    this.drift = null;
    this.stalled = false;
    this.unreadySinceMs = null;
    if (plan.kind !== 'move' && !this.deps.player.snapshot().paused) this.deps.player.pause();
  }

  private step(): void {
    const nowMs = this.deps.nowMs();
    const seen = this.deps.player.snapshot();
    if (seen.failure) this.failure = seen.failure;
    if (this.motion.itemId && !this.failure && seen.loaded && this.deps.clock.read(nowMs)) {
      if (this.plan.kind === 'glide') this.chooseStart(this.plan.attempt, seen);
      if (this.plan.kind === 'rest') this.place(this.plan, seen);
      else if (this.plan.kind === 'start') this.approachStart(this.plan, seen, nowMs);
      else if (this.plan.kind === 'move') this.move(seen, nowMs);
    }
    this.tell(nowMs);
  }

  private chooseStart(attempt: number, seen: PlayerSnapshot): void {
    const leadMs = Math.min(MAX_GLIDE_MS, this.glideMs * 2 ** attempt);
    const whenServerMs = Math.max(this.serverNow() + leadMs, this.motion.anchorServerMs);
    const atMs = positionAt(this.motion, whenServerMs);
    if (seen.durationMs !== null && atMs >= seen.durationMs) return this.finish(seen.durationMs);
    this.plan = { kind: 'start', atMs, whenServerMs, placed: false, armed: false, attempt };
  }

  private place(plan: { atMs: number; placed: boolean }, seen: PlayerSnapshot): void {
    if (plan.placed) return;
    plan.placed = true;
    const atMs = Math.min(plan.atMs, seen.durationMs ?? plan.atMs);
    if (Math.abs(seen.currentMs - atMs) > PLACE_TOLERANCE_MS) this.deps.player.seekTo(atMs);
  }

  private approachStart(plan: Extract<Plan, { kind: 'start' }>, seen: PlayerSnapshot, nowMs: number): void {
    if (plan.armed || this.blocked) return;
    const wasPlaced = plan.placed;
    this.place(plan, seen);
    if (!wasPlaced) seen = this.deps.player.snapshot();
    const playAtMs = this.deps.clock.toLocal(plan.whenServerMs, nowMs) - this.mover.learned.startLatencyMs;
    const lateMs = nowMs - playAtMs;
    if (lateMs > LATE_START_MS) {
      // Too late for this start. Take one further ahead, and remember for the next join what it took.
      this.glideMs = Math.min(MAX_GLIDE_MS / 4, this.glideMs * 1.3);
      this.plan = { kind: 'glide', attempt: plan.attempt + 1 };
      return this.chooseStart(plan.attempt + 1, seen);
    }
    if (!seen.ready) return;
    plan.armed = true;
    this.cancelStart = this.deps.timer.after(Math.max(0, -lateMs), () => this.play());
  }

  private play(): void {
    const nowMs = this.deps.nowMs();
    this.setPlan({ kind: 'move' });
    this.mover.begin(nowMs, this.motion.rate);
    this.playPending = true;
    this.lastRestartMs = nowMs;
    this.deps.player.play().then(
      () => {
        this.playPending = false;
        this.blocked = false;
      },
      (error: unknown) => {
        this.playPending = false;
        this.playFailed(error);
      },
    );
  }

  /** Other rejections are not news: a pause that came first, or a failure that the snapshot tells. */
  private playFailed(error: unknown): void {
    if (!(error instanceof Error) || error.name !== 'NotAllowedError') return;
    this.blocked = true;
    if (this.plan.kind === 'move') this.setPlan({ kind: 'glide', attempt: 0 });
    this.step();
  }

  private move(seen: PlayerSnapshot, nowMs: number): void {
    const targetMs = positionAt(this.motion, this.deps.clock.toServer(nowMs));
    if (seen.ended || (seen.durationMs !== null && targetMs >= seen.durationMs)) return this.finish(seen.durationMs ?? targetMs);
    if (seen.paused && !this.playPending) {
      // Paused by the system, not by the room: a call came in, headphones went. Come back, but do not fight.
      if (nowMs - this.lastRestartMs > RESTART_PAUSE_MS && !this.deps.hidden()) this.setPlan({ kind: 'glide', attempt: 0 });
      return;
    }
    this.watchStall(seen, nowMs);
    const steady = !seen.seeking && seen.ready && !this.playPending && this.clockMoves(seen, nowMs);
    const progress = this.mover.step(nowMs, targetMs, this.motion.rate, steady);
    if (steady) this.drift = progress;
    if (progress.wakeMs > 0) {
      this.cancelWake();
      this.cancelWake = this.deps.timer.after(progress.wakeMs, () => this.step());
    }
  }

  private watchStall(seen: PlayerSnapshot, nowMs: number): void {
    if (seen.ready || seen.seeking) {
      if (this.stalled) this.mover.resume(nowMs, this.motion.rate);
      this.stalled = false;
      this.unreadySinceMs = null;
      return;
    }
    this.unreadySinceMs ??= nowMs;
    this.stalled = nowMs - this.unreadySinceMs >= STALL_AFTER_MS;
  }

  /** A hidden page's video may be stopped to save power, without a word. */
  private clockMoves(seen: PlayerSnapshot, nowMs: number): boolean {
    if (seen.currentMs !== this.lastClock.positionMs) this.lastClock = { positionMs: seen.currentMs, movedMs: nowMs };
    return nowMs - this.lastClock.movedMs < 4 * TICK_MS;
  }

  private finish(durationMs: number): void {
    this.rest(durationMs);
    if (this.endedItem === this.motion.itemId) return;
    this.endedItem = this.motion.itemId;
    this.deps.ended(this.motion.itemId);
  }

  private playerState(seen: PlayerSnapshot): PlayerStateJson {
    // With nothing to play a player is ready for whatever comes; a first start then waits for it like for any other.
    if (!this.motion.itemId) return 'PLAYER_STATE_READY';
    if (this.failure) return 'PLAYER_STATE_FAILED';
    if (this.blocked) return 'PLAYER_STATE_BLOCKED';
    if (this.plan.kind === 'move') {
      if (this.stalled) return 'PLAYER_STATE_STALLED';
      return this.drift && Math.abs(this.drift.driftMs) <= IN_SYNC_MS ? 'PLAYER_STATE_IN_SYNC' : 'PLAYER_STATE_ADJUSTING';
    }
    const atEnd = seen.durationMs !== null && !seen.seeking && seen.currentMs >= seen.durationMs - END_TOLERANCE_MS;
    const placed = (this.plan.kind === 'rest' || this.plan.kind === 'start') && this.plan.placed && (seen.ready || atEnd);
    if (!placed) return 'PLAYER_STATE_LOADING';
    return this.plan.kind === 'rest' && !this.motion.hold ? 'PLAYER_STATE_IN_SYNC' : 'PLAYER_STATE_READY';
  }

  private tell(nowMs: number): void {
    const { clock, player } = this.deps;
    const seen = player.snapshot();
    const state = this.playerState(seen);
    const reading = clock.read(nowMs);
    const errorMs = (this.drift?.errorMs ?? 0) + (reading?.errorMs ?? 0);
    if (this.sessionId) {
      const { hold } = this.motion;
      const status = {
        state,
        itemId: this.motion.itemId,
        driftMs: this.drift?.driftMs ?? 0,
        errorMs,
        bufferMs: seen.bufferedAheadMs,
        delayMs: clock.delayMs,
      };
      const awaited = hold?.waitingSessionIds.includes(this.sessionId) ?? false;
      this.reporter.offer(status, hold ? `hold ${hold.sinceServerMs}` : '', awaited, nowMs);
    }
    this.deps.changed({
      state,
      driftMs: this.drift?.driftMs ?? null,
      errorMs,
      clockErrorMs: reading?.errorMs ?? null,
      rttMs: clock.rttMs,
      bufferedMs: seen.bufferedAheadMs,
      durationMs: seen.durationMs,
      rate: this.mover.rate,
      correcting: this.drift?.correcting ?? false,
      failure: this.failure,
    });
  }
}
