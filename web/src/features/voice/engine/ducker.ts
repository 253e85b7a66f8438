// How far the film is turned down under speech. Linear in decibels, so that it sounds even.

export const ATTACK_MS = 60;
export const RELEASE_MS = 600;
/** Pauses within speech are shorter than this: the film does not come up in them. */
export const HOLD_MS = 400;

export class Ducker {
  private atDb = 0;
  private lastMs: number | null = null;
  private spokeMs = -Infinity;

  /** `depthDb`: by how much the film is turned down; 0: not at all. */
  constructor(public depthDb: number) {}

  /** The factor for the film's loudness at this moment. */
  gain(speaking: boolean, nowMs: number): number {
    const passed = this.lastMs === null ? 0 : Math.max(0, nowMs - this.lastMs);
    this.lastMs = nowMs;
    if (speaking) this.spokeMs = nowMs;
    const down = nowMs - this.spokeMs <= HOLD_MS;
    const target = down ? -this.depthDb : 0;
    const step = (this.depthDb * passed) / (down ? ATTACK_MS : RELEASE_MS);
    this.atDb = target < this.atDb ? Math.max(target, this.atDb - step) : Math.min(target, this.atDb + step);
    return this.atDb === 0 ? 1 : 10 ** (this.atDb / 20);
  }

  get isAtRest(): boolean {
    return this.atDb === 0;
  }
}
