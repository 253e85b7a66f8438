// Whether the film comes back through the microphone. The loudness of the film's sound and that of the microphone, after the
// browser's echo cancellation, are correlated over some seconds, at each delay that loudspeakers and rooms have.

const TICK_MS = 25;
const WINDOW = 240;
/** In ticks. */
const LONGEST_GAP = 16;
/** Up to 400 ms: Bluetooth loudspeakers, and the air. */
const LAGS = 16;
const CORRELATED = 0.6;
/** A film without pauses says nothing, and neither does a silent microphone. */
const FILM_SPREAD_DB = 3;
const MICROPHONE_SPREAD_DB = 1.5;
const AUDIBLE_DB = -55;
const FLOOR_DB = -70;
/** Smooths both levels, which are those of a few milliseconds. */
const SMOOTHING = 0.35;
/** So many of the newest windows have to show the film; one may be chance. */
const LEAKING_WINDOWS = 3;
const WINDOWS = 5;

export class Leakage {
  private readonly film: number[] = [];
  private readonly microphone: number[] = [];
  private lastMs = -Infinity;
  private verdicts: boolean[] = [];

  /** Takes both levels in dB while nobody else speaks. Returns whether the film leaks. */
  add(filmDb: number, microphoneDb: number, nowMs: number): boolean {
    const ticks = Math.round((nowMs - this.lastMs) / TICK_MS);
    if (ticks === 0) return false;
    this.lastMs = nowMs;
    // Levels that are not of one stretch of time cannot be compared. A busy page misses some ticks of it.
    if (ticks > LONGEST_GAP) this.clear();
    for (let tick = ticks > LONGEST_GAP ? 1 : ticks; tick > 0; tick -= 1) {
      push(this.film, filmDb);
      push(this.microphone, microphoneDb);
    }
    if (this.film.length >= WINDOW + LAGS) {
      const verdict = verdictOf(this.film, this.microphone);
      if (verdict !== null) this.verdicts = [...this.verdicts, verdict].slice(-WINDOWS);
      this.clear();
    }
    return this.verdicts.filter(Boolean).length >= LEAKING_WINDOWS;
  }

  private clear(): void {
    this.film.length = 0;
    this.microphone.length = 0;
  }
}

function push(levels: number[], levelDb: number): void {
  const level = Math.max(FLOOR_DB, levelDb);
  const before = levels.at(-1) ?? level;
  levels.push(before + SMOOTHING * (level - before));
}

/** Null: the window says nothing. */
function verdictOf(film: readonly number[], microphone: readonly number[]): boolean | null {
  const heard = microphone.slice(LAGS);
  if (spread(film) < FILM_SPREAD_DB) return null;
  if (spread(heard) < MICROPHONE_SPREAD_DB || Math.max(...heard) < AUDIBLE_DB) return false;
  for (let lag = 0; lag <= LAGS; lag += 1)
    if (correlation(film.slice(LAGS - lag, LAGS - lag + WINDOW), heard) >= CORRELATED) return true;
  return false;
}

function mean(levels: readonly number[]): number {
  return levels.reduce((sum, level) => sum + level, 0) / levels.length;
}

function spread(levels: readonly number[]): number {
  const middle = mean(levels);
  return Math.sqrt(mean(levels.map((level) => (level - middle) ** 2)));
}

/** Pearson's coefficient. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [middleA, middleB] = [mean(a), mean(b)];
  const product = mean(a.map((level, n) => (level - middleA) * ((b[n] ?? middleB) - middleB)));
  return product / (spread(a) * spread(b) + 1e-9);
}
