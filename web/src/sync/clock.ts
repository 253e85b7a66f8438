// The cluster clock as seen from here: NTP's four timestamps (RFC 5905, section 8) on monotonic clocks.
//
// The error of a sample's offset is at most half its round trip, whatever the path does. This bound grows with the age
// of the sample, by the drift between two oscillators. Samples with short round trips count more: the time beyond the
// shortest round trip was spent in queues, and is the uncertainty of the sample. A weighted line through the samples
// gives the offset and its slope. The asymmetry of the path stays in the result: it cannot be measured from one end.
import { stepOf } from './steps';

export interface Exchange {
  /** Local clock, ms. */
  sentMs: number;
  receivedMs: number;
  /** Cluster clock, ms. */
  serverReceiveMs: number;
  serverSendMs: number;
}

interface Sample {
  atMs: number;
  offsetMs: number;
  halfRttMs: number;
  /** One-way time of the answer by the current offset, in ms; for the delay percentile. */
  serverSendMs: number;
  receivedMs: number;
}

export interface ClockReading {
  offsetMs: number;
  errorMs: number;
}

/** Offset and slope, with the slope's uncertainty. */
interface Line {
  atMs: number;
  offsetMs: number;
  slope: number;
  slopeError: number;
}

const KEEP_MS = 30_000;
const MAX_SAMPLES = 64;
const MAX_WINDOWS = 20;
/** Largest drift between two oscillators, before it is measured. */
const DRIFT = 100e-6;
const LEAST_DRIFT = 5e-6;
const USUAL_SLOPE = 50e-6;
const MAX_SLOPE = 500e-6;
/** Noise of the quickest exchanges. */
const LEAST_NOISE_MS = 0.3;
/** Largest difference between the cluster clocks of two gateways. */
const STEP_MS = 2;
const MAX_STAMPS = 16;

export class ServerClock {
  private samples: Sample[] = [];
  /** The best sample of each 30 s before those. */
  private windows: Sample[] = [];
  private line: Line | null = null;
  private delay: number | null = null;
  private stamps: number[] = [];
  /** The steps of the local clock, where they matter. */
  private stepMs = 0;

  add(exchange: Exchange): void {
    const { sentMs, receivedMs, serverReceiveMs, serverSendMs } = exchange;
    const rtt = receivedMs - sentMs - (serverSendMs - serverReceiveMs);
    if (!Number.isFinite(rtt) || receivedMs < sentMs || serverSendMs < serverReceiveMs) return;
    this.stamps = [...this.stamps, sentMs, receivedMs].slice(-MAX_STAMPS);
    this.stepMs = this.stamps.length === MAX_STAMPS ? stepOf(this.stamps, 1) : this.stepMs;
    const sample: Sample = {
      atMs: (sentMs + receivedMs) / 2,
      offsetMs: (serverReceiveMs - sentMs + (serverSendMs - receivedMs)) / 2,
      halfRttMs: (Math.max(0, rtt) + this.stepMs) / 2,
      serverSendMs,
      receivedMs,
    };
    const known = this.read(sample.atMs);
    // Two intervals that must both contain the true offset do not overlap: a clock stepped (a laptop slept). Drop the
    // samples. The drift of the oscillators stays as it is.
    if (known && Math.abs(sample.offsetMs - known.offsetMs) > sample.halfRttMs + known.errorMs + STEP_MS + this.stepMs)
      this.forget();

    this.samples = [...this.samples, sample];
    for (const old of this.samples.filter((s) => sample.atMs - s.atMs > KEEP_MS)) this.remember(old);
    this.samples = this.samples.filter((s) => sample.atMs - s.atMs <= KEEP_MS).slice(-MAX_SAMPLES);
    this.delay = null;
    this.line = fit([...this.windows, ...this.samples], sample.atMs, LEAST_NOISE_MS + this.stepMs / 2, this.line);
  }

  /** Null until the first exchange. */
  read(localMs: number): ClockReading | null {
    const { line } = this;
    if (!line) return null;
    const drift = Math.min(DRIFT, LEAST_DRIFT + 2 * line.slopeError);
    const offsetMs = line.offsetMs + line.slope * (localMs - line.atMs);
    // The sample with the tightest bound limits the result of the fit.
    let best = { lowMs: -Infinity, highMs: Infinity };
    const consider = ({ atMs, offsetMs: sampled, halfRttMs }: Sample) => {
      const age = localMs - atMs;
      const bound = halfRttMs + drift * Math.abs(age);
      const middle = sampled + line.slope * age;
      if (bound * 2 < best.highMs - best.lowMs) best = { lowMs: middle - bound, highMs: middle + bound };
    };
    this.samples.forEach(consider);
    this.windows.forEach(consider);
    const held = Math.max(best.lowMs, Math.min(best.highMs, offsetMs));
    return { offsetMs: held, errorMs: Math.max(best.highMs - held, held - best.lowMs) };
  }

  toServer(localMs: number): number {
    return localMs + (this.read(localMs)?.offsetMs ?? 0);
  }

  toLocal(serverMs: number, nearLocalMs: number): number {
    return serverMs - (this.read(nearLocalMs)?.offsetMs ?? 0);
  }

  /** The lowest round trip of the last 30 s. */
  get rttMs(): number | null {
    return this.samples.length ? 2 * this.samples.reduce((least, s) => Math.min(least, s.halfRttMs), Infinity) : null;
  }

  /** One-way delay of frames from the server, 95th percentile of the last 30 s. */
  get delayMs(): number {
    if (this.delay !== null) return this.delay;
    const delays = this.samples.map((s) => this.toServer(s.receivedMs) - s.serverSendMs).toSorted((a, b) => a - b);
    this.delay = Math.max(0, delays[Math.min(delays.length - 1, Math.floor(delays.length * 0.95))] ?? 0);
    return this.delay;
  }

  /** One of the clocks may have stepped by this much. The offset stays in use until the next sample corrects it. */
  doubt(byMs: number): void {
    if (!Number.isFinite(byMs)) return;
    this.samples = this.samples.map((s) => ({ ...s, halfRttMs: s.halfRttMs + Math.abs(byMs) }));
    this.windows = [];
  }

  /** From now on samples take another path, with another asymmetry. The change must not be taken for drift. */
  rerouted(): void {
    this.windows = [];
    this.samples = this.samples.slice(-MAX_SAMPLES);
  }

  private forget(): void {
    this.samples = [];
    this.windows = [];
  }

  private remember(sample: Sample): void {
    const last = this.windows.at(-1);
    if (last && Math.floor(last.atMs / KEEP_MS) === Math.floor(sample.atMs / KEEP_MS)) {
      if (sample.halfRttMs < last.halfRttMs) this.windows[this.windows.length - 1] = sample;
    } else {
      this.windows = [...this.windows, sample].slice(-MAX_WINDOWS);
    }
  }
}

/**
 * Weighted least squares of offset over time. A prior keeps the slope near the previous one, or near 0, by the usual
 * drift of oscillators: few or noisy samples then hardly change it.
 */
function fit(samples: readonly Sample[], nowMs: number, noiseMs: number, before: Line | null): Line {
  const shortest = Math.min(...samples.map((s) => s.halfRttMs));
  const expected = samples.length < 3 ? (before?.slope ?? 0) : 0;
  let weights = 0;
  let times = 0;
  let offsets = 0;
  const origin = samples.at(-1)?.offsetMs ?? 0;
  const weighted = samples.map((s) => {
    const weight = 1 / (noiseMs + s.halfRttMs - shortest) ** 2;
    const point = { weight, at: s.atMs - nowMs, off: s.offsetMs - origin };
    weights += weight;
    times += weight * point.at;
    offsets += weight * point.off;
    return point;
  });
  const meanAt = times / weights;
  const meanOff = offsets / weights;
  let over = expected / USUAL_SLOPE ** 2;
  let under = 1 / USUAL_SLOPE ** 2;
  for (const { weight, at, off } of weighted) {
    over += weight * (at - meanAt) * (off - meanOff);
    under += weight * (at - meanAt) ** 2;
  }
  const slope = Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, over / under));
  return { atMs: nowMs, offsetMs: origin + meanOff - slope * meanAt, slope, slopeError: 1 / Math.sqrt(under) };
}
