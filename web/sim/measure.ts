// The measurements: a histogram of skews, and the corrections.

const BIN_MS = 0.5;
const BINS = 120_000;

export class Histogram {
  private readonly bins = new Uint32Array(BINS);
  count = 0;

  add(ms: number): void {
    const bin = Math.min(BINS - 1, Math.floor(Math.abs(ms) / BIN_MS));
    this.bins[bin] = (this.bins[bin] ?? 0) + 1;
    this.count += 1;
  }

  /** The upper edge of the bin with the quantile. */
  quantile(part: number): number {
    let left = Math.ceil(this.count * part);
    for (let bin = 0; bin < BINS; bin += 1) {
      left -= this.bins[bin] ?? 0;
      if (left <= 0) return (bin + 1) * BIN_MS;
    }
    return BINS * BIN_MS;
  }

  /** Shares of the samples at or below each of `edgesMs`. */
  cumulative(edgesMs: readonly number[]): number[] {
    const sums: number[] = [];
    let sum = 0;
    let bin = 0;
    for (const edge of edgesMs) {
      for (; bin < BINS && (bin + 1) * BIN_MS <= edge; bin += 1) sum += this.bins[bin] ?? 0;
      sums.push(this.count ? sum / this.count : 0);
    }
    return sums;
  }
}

export class Tally {
  /** Outside the 3 s after an event of one of the two. */
  readonly settled = new Histogram();
  /** Always, while one of the two plays. */
  readonly always = new Histogram();
  /** From a join until the member stays within `IN_SYNC_MS` of the others. */
  readonly joins: number[] = [];
  corrections = 0;
  seeks = 0;
  oddMs = 0;
  playedMs = 0;
  runs = 0;
}

export function quantileOf(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
}
