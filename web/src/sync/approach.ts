// How far ahead a start of one's own has to be, so that the player is in place by then: learned from what it took, at
// first to open this very source.
import { positionAt, type Motion } from './motion';

const LEAST_MS = 450;
const MOST_MS = 8_000;
const MORE_EACH_TIME = 1.3;
const SPARE_MS = 150;
/** Of what opening a source took, a seek in it takes this: another request over the same line, but no new connection. */
const SEEK_SHARE = 0.8;
/** From play() to motion; what it takes longer has to be in the lead as well. */
const USUAL_START_MS = 150;

export class Approach {
  private glideMs: number;
  private sinceMs = 0;
  private readyMs: number | null = null;
  private openedMs: number | null = null;
  /** The source was opened for another place than its beginning, and the player was not told since where to be. */
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

  /** About where its player will be asked to be; undefined where that hangs on a time that nobody knows (null). */
  entryMs(motion: Motion, serverMs: number | null, startLatencyMs: number): number | undefined {
    const moves = motion.playing && !motion.hold;
    if (moves && serverMs === null) return undefined;
    const entryMs = positionAt(motion, (serverMs ?? 0) + this.leadMs(0, startLatencyMs));
    this.enters = entryMs > 0;
    return entryMs;
  }

  /** Its duration is known, and it can be told where to be. */
  opened(nowMs: number): void {
    if (this.openedMs === null) return;
    const tookMs = nowMs - this.openedMs;
    this.openedMs = null;
    this.glideMs = Math.max(this.glideMs, Math.min(MOST_MS / 2, tookMs * SEEK_SHARE + SPARE_MS));
  }

  /**
   * The player is told where to be. Whether that has to be said even if it is there: it was opened elsewhere, and may
   * be about to go there by itself.
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
   * It is too late for this start; true when the next one is to be chosen. What is under way is waited for: how long it
   * takes tells how far ahead the next one has to be, and asking for another place would only begin it again.
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
