// How fast an upload is, and when it will be done.

/** Weight of the past after this time: half. Shorter spans make the time that is left jump. */
const HALF_LIFE_MS = 8_000;
/** Before this much was watched, a figure would be a guess. */
const ENOUGH_MS = 3_000;

/** Bytes per second, from acknowledged bytes alone. */
export class Speedometer {
  private rate = 0;
  private watchedMs = 0;
  private last: { atMs: number; bytes: number } | null = null;

  /** The number of acknowledged bytes at a moment. */
  saw(bytes: number, atMs: number): void {
    const { last } = this;
    this.last = { atMs, bytes };
    if (!last || bytes < last.bytes) return;
    const passedMs = atMs - last.atMs;
    if (passedMs <= 0) {
      this.last = { atMs: last.atMs, bytes: last.bytes };
      return;
    }
    const now = ((bytes - last.bytes) / passedMs) * 1000;
    const weight = this.watchedMs === 0 ? 0 : 0.5 ** (passedMs / HALF_LIFE_MS);
    this.rate = this.rate * weight + now * (1 - weight);
    this.watchedMs += passedMs;
  }

  /** A pause: the time until the next bytes does not count. What was measured before stays. */
  rest(): void {
    this.last = null;
  }

  /** Null until it is known. */
  get bytesPerSecond(): number | null {
    return this.watchedMs >= ENOUGH_MS && this.rate > 0 ? this.rate : null;
  }
}

/** Seconds until the rest is sent; null while it is not known. */
export function secondsLeft(leftBytes: number, bytesPerSecond: number | null): number | null {
  return bytesPerSecond ? leftBytes / bytesPerSecond : null;
}

/** Whole percent, which says 100 only when everything is there. */
export function percentOf(done: number, all: number): number {
  if (all <= 0) return 0;
  return done >= all ? 100 : Math.min(99, Math.max(0, Math.floor((done / all) * 100)));
}

/** 48 Mbit/s, 640 kbit/s: as connections are sold. */
export function bitRate(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  if (bits >= 999_500) return `${(bits / 1e6).toFixed(bits < 9.95e6 ? 1 : 0)} Mbit/s`;
  return `${Math.max(1, Math.round(bits / 1e3))} kbit/s`;
}
