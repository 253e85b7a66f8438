// How far the film is turned down under speech. Linear in decibels, so that it sounds even.

export const ATTACK_MS = 60;
/** From the deepest to none. */
export const RELEASE_MS = 600;
/** Pauses within speech are shorter than this: the film does not come up in them. */
export const HOLD_MS = 400;
/** Somebody who talks in single words gets longer pauses, up to this, so that the film does not pump. */
const LONGEST_HOLD_MS = 1_600;
/** Speech that comes back within this time after a pause belongs to the same talk. */
const SAME_TALK_MS = 2_000;

export class Ducker {
  private atDb = 0;
  private lastMs: number | null = null;
  private spokeMs = -Infinity;
  /** Depth that the talk asked for, and since when nobody has asked for as much. */
  private heldDb = 0;
  private heldMs = -Infinity;
  private holdMs = HOLD_MS;

  /** The factor for the film's loudness. `depthDb`: by how much those who speak now want it turned down; 0: nobody does. */
  gain(depthDb: number, nowMs: number): number {
    const passed = this.lastMs === null ? 0 : Math.max(0, nowMs - this.lastMs);
    this.lastMs = nowMs;
    this.hear(depthDb, nowMs);
    const target = -this.heldDb;
    const isDown = target < this.atDb;
    const step = isDown ? (this.heldDb * passed) / ATTACK_MS : (this.deepestDb * passed) / RELEASE_MS;
    this.atDb = isDown ? Math.max(target, this.atDb - step) : Math.min(target, this.atDb + step);
    if (!isDown && this.atDb === target) this.deepestDb = this.heldDb;
    return this.atDb === 0 ? 1 : 10 ** (this.atDb / 20);
  }

  get isAtRest(): boolean {
    return this.atDb === 0;
  }

  /** Depth from which the release comes up: its speed follows from it. */
  private deepestDb = 0;

  private hear(depthDb: number, nowMs: number): void {
    const pauseMs = nowMs - this.spokeMs;
    if (depthDb > 0) {
      if (pauseMs > SAME_TALK_MS) this.holdMs = HOLD_MS;
      else if (pauseMs > this.holdMs) this.holdMs = Math.min(LONGEST_HOLD_MS, pauseMs + HOLD_MS);
      this.spokeMs = nowMs;
    }
    if (depthDb >= this.heldDb) this.heldMs = nowMs;
    if (depthDb >= this.heldDb || nowMs - this.heldMs > this.holdMs) this.heldDb = depthDb;
    this.deepestDb = Math.max(this.deepestDb, this.heldDb);
  }
}
