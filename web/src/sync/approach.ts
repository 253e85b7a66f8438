// How far ahead this player must plan its own start, so that it has seeked and buffered by then. Learned from how long
// that took before: first from opening this source, then from each seek.
import { type Motion, positionAt } from './motion';

const LEAST_MS = 450;
const MOST_MS = 8_000;
const MORE_EACH_TIME = 1.3;
const SPARE_MS = 150;
/** A seek takes this share of the time that opening the source took: it needs a request but no new connection. */
const SEEK_SHARE = 0.8;
/** From play() to motion. Where it takes longer, the lead grows by the difference. */
const USUAL_START_MS = 150;

export class Approach {
  private glideMs: number;
  private sinceMs = 0;
  private readyMs: number | null = null;
  private openedMs: number | null = null;
  /** The source was opened at a position other than its beginning, and no seek has followed yet. */
  private enters = false;

  constructor(seekCostMs: number) {
    this.glideMs = glideFor(seekCostMs);
  }

  leadMs(attempt: number, startLatencyMs: number): number {
    return Math.min(MOST_MS, this.glideMs * MORE_EACH_TIME ** attempt) + Math.max(0, startLatencyMs - USUAL_START_MS);
  }

  /** A source is being opened. */
  opens(nowMs: number): void {
    this.openedMs = nowMs;
    this.enters = false;
  }

  /** Roughly the position of the first seek; undefined where it depends on a clock that is not measured yet (null). */
  entryMs(motion: Motion, serverMs: number | null, startLatencyMs: number): number | undefined {
    const moves = motion.playing && !motion.hold;
    if (moves && serverMs === null) return undefined;
    const entryMs = positionAt(motion, (serverMs ?? 0) + this.leadMs(0, startLatencyMs));
    this.enters = entryMs > 0;
    return entryMs;
  }

  /** The player knows the duration and accepts seeks. */
  opened(nowMs: number): void {
    if (this.openedMs === null) return;
    const tookMs = nowMs - this.openedMs;
    this.openedMs = null;
    this.glideMs = Math.max(this.glideMs, Math.min(MOST_MS / 2, tookMs * SEEK_SHARE + SPARE_MS));
  }

  /**
   * Call when the player gets its position. Returns whether it needs a seek even if it is there already: a player that
   * was opened at another position may still be about to jump to that one.
   */
  placed(nowMs: number): boolean {
    this.sinceMs = nowMs;
    this.readyMs = null;
    const { enters } = this;
    this.enters = false;
    return enters;
  }

  watch(ready: boolean, nowMs: number): void {
    if (ready) this.readyMs ??= nowMs;
  }

  /**
   * Call when it is too late for this start. Returns true when the next start is to be chosen. A seek that is under way
   * is awaited first: its duration tells how far ahead the next start has to be, and a second seek would begin again.
   */
  missed(ready: boolean, nowMs: number): boolean {
    const tookMs = (this.readyMs ?? nowMs) - this.sinceMs;
    if (!ready && tookMs < MOST_MS) return false;
    this.glideMs = Math.max(this.glideMs, glideFor(tookMs));
    return true;
  }
}

function glideFor(seekMs: number): number {
  return Math.max(LEAST_MS, Math.min(MOST_MS / 2, seekMs * 1.3 + SPARE_MS));
}
