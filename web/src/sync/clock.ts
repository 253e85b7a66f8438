// The cluster clock as seen from here: NTP's four timestamps (RFC 5905, section 8) on monotonic clocks.
//
// A sample's offset is off by at most half its round trip, whatever the path does. So the sample with the smallest
// bound wins, where the bound grows with age by what two oscillators may drift apart meanwhile.

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
  /** What the message back took, by the offset known now; for the delay percentile. */
  serverSendMs: number;
  receivedMs: number;
}

export interface ClockReading {
  offsetMs: number;
  errorMs: number;
}

const KEEP_MS = 30_000;
const MAX_SAMPLES = 64;
const MAX_WINDOWS = 20;
/** How fast two uncorrected oscillators may part, and what is left of it once the slope is known. */
const DRIFT = 100e-6;
const DRIFT_FITTED = 20e-6;
const MAX_SLOPE = 500e-6;
const MIN_SPAN_MS = 120_000;

export class ServerClock {
  private samples: Sample[] = [];
  /** The best sample of each 30 s, for the slope. */
  private windows: Sample[] = [];
  private slope: number | null = null;

  add(exchange: Exchange): void {
    const { sentMs, receivedMs, serverReceiveMs, serverSendMs } = exchange;
    const rtt = receivedMs - sentMs - (serverSendMs - serverReceiveMs);
    if (!Number.isFinite(rtt) || receivedMs < sentMs) return;
    const sample: Sample = {
      atMs: (sentMs + receivedMs) / 2,
      offsetMs: (serverReceiveMs - sentMs + (serverSendMs - receivedMs)) / 2,
      halfRttMs: Math.max(0, rtt) / 2,
      serverSendMs,
      receivedMs,
    };
    const known = this.read(sample.atMs);
    // Two intervals that both must hold the truth but do not meet: a clock stepped (a laptop slept). Start anew.
    if (known && Math.abs(sample.offsetMs - known.offsetMs) > sample.halfRttMs + known.errorMs + 1) this.reset();

    this.samples.push(sample);
    this.samples = this.samples.filter((s) => sample.atMs - s.atMs <= KEEP_MS).slice(-MAX_SAMPLES);
    this.remember(sample);
  }

  /** Null until the first exchange. */
  read(localMs: number): ClockReading | null {
    let best: ClockReading | null = null;
    const drift = this.slope === null ? DRIFT : DRIFT_FITTED;
    for (const sample of this.samples) {
      const age = localMs - sample.atMs;
      const errorMs = sample.halfRttMs + drift * Math.abs(age);
      if (!best || errorMs < best.errorMs) best = { offsetMs: sample.offsetMs + (this.slope ?? 0) * age, errorMs };
    }
    return best;
  }

  toServer(localMs: number): number {
    return localMs + (this.read(localMs)?.offsetMs ?? 0);
  }

  toLocal(serverMs: number, nearLocalMs: number): number {
    return serverMs - (this.read(nearLocalMs)?.offsetMs ?? 0);
  }

  /** The lowest round trip of the last 30 s. */
  get rttMs(): number | null {
    return this.samples.length ? 2 * Math.min(...this.samples.map((s) => s.halfRttMs)) : null;
  }

  /** What a frame from the server took, 95th percentile of the last 30 s. */
  get delayMs(): number {
    const delays = this.samples.map((s) => this.toServer(s.receivedMs) - s.serverSendMs).toSorted((a, b) => a - b);
    return Math.max(0, delays[Math.min(delays.length - 1, Math.floor(delays.length * 0.95))] ?? 0);
  }

  reset(): void {
    this.samples = [];
    this.windows = [];
    this.slope = null;
  }

  private remember(sample: Sample): void {
    const last = this.windows.at(-1);
    if (last && Math.floor(last.atMs / KEEP_MS) === Math.floor(sample.atMs / KEEP_MS)) {
      if (sample.halfRttMs < last.halfRttMs) this.windows[this.windows.length - 1] = sample;
    } else {
      this.windows = [...this.windows, sample].slice(-MAX_WINDOWS);
    }
    this.slope = fitSlope(this.windows);
  }
}

/** Least squares over the windows; null while the span is too short for their bounds to say anything. */
function fitSlope(windows: readonly Sample[]): number | null {
  const first = windows[0];
  const last = windows.at(-1);
  if (!first || !last || windows.length < 4) return null;
  const span = last.atMs - first.atMs;
  const bound = windows.reduce((sum, w) => sum + w.halfRttMs, 0) / windows.length;
  if (span < MIN_SPAN_MS || bound / span > DRIFT_FITTED) return null;

  const meanAt = windows.reduce((sum, w) => sum + w.atMs, 0) / windows.length;
  const meanOffset = windows.reduce((sum, w) => sum + w.offsetMs, 0) / windows.length;
  let over = 0;
  let under = 0;
  for (const w of windows) {
    over += (w.atMs - meanAt) * (w.offsetMs - meanOffset);
    under += (w.atMs - meanAt) ** 2;
  }
  return Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, over / under));
}
