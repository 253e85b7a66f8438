// How far ahead a start of one's own has to be, so that the player is in place by then: learned from what it took, at
// first to open this very source.

const LEAST_MS = 450;
const MOST_MS = 8_000;
const MORE_EACH_TIME = 1.3;
const SPARE_MS = 150;
/** Of what opening a source took, a seek in it takes this: another request over the same line, but no new connection. */
const SEEK_SHARE = 0.8;

export class Approach {
  private glideMs: number;
  private sinceMs = 0;
  private readyMs: number | null = null;
  private openedMs: number | null = null;

  constructor(seekCostMs: number) {
    this.glideMs = glideFor(seekCostMs);
  }

  leadMs(attempt: number): number {
    return Math.min(MOST_MS, this.glideMs * MORE_EACH_TIME ** attempt);
  }

  /** A source is being opened. */
  opens(nowMs: number): void {
    this.openedMs = nowMs;
  }

  /** Its duration is known, and it can be told where to be. */
  opened(nowMs: number): void {
    if (this.openedMs === null) return;
    const tookMs = nowMs - this.openedMs;
    this.openedMs = null;
    this.glideMs = Math.max(this.glideMs, Math.min(MOST_MS / 2, tookMs * SEEK_SHARE + SPARE_MS));
  }

  /** The player was told where to be. */
  placed(nowMs: number): void {
    this.sinceMs = nowMs;
    this.readyMs = null;
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
