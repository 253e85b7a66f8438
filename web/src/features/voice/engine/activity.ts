// Voice activity: opens the microphone while its level is well above the noise of the room.

/** Below this nothing counts as speech, in dB of full scale. */
const FLOOR_DB = -60;
/** How long the microphone stays open after the last loud moment: pauses between words are not cut out. */
const HOLD_MS = 350;
/** How fast the measured noise follows the level: slowly up, fast down. */
const RISE_DB_PER_S = 3;
const FALL_DB_PER_S = 30;

export class Activity {
  private noiseDb = FLOOR_DB;
  private lastMs: number | null = null;
  private loudMs = -Infinity;

  /** `sensitivity` 0 to 1: a more sensitive microphone opens at a smaller distance from the noise. */
  constructor(public sensitivity: number) {}

  /** The level at which it opens now, in dB. */
  get thresholdDb(): number {
    return Math.max(FLOOR_DB + 5, this.noiseDb + 20 - 14 * this.sensitivity);
  }

  /** Takes the level of the last few milliseconds, and returns whether the microphone is open. */
  isOpen(levelDb: number, nowMs: number): boolean {
    const seconds = this.lastMs === null ? 0 : Math.min(1, (nowMs - this.lastMs) / 1000);
    this.lastMs = nowMs;
    const level = Math.max(FLOOR_DB, levelDb);
    if (level >= this.thresholdDb) this.loudMs = nowMs;
    const step = level > this.noiseDb ? RISE_DB_PER_S * seconds : -FALL_DB_PER_S * seconds;
    this.noiseDb = level > this.noiseDb ? Math.min(level, this.noiseDb + step) : Math.max(level, this.noiseDb + step);
    return nowMs - this.loudMs <= HOLD_MS;
  }
}
