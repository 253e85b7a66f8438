// Where the player is, better than one look at it tells.
//
// Two sources. currentTime follows the audio clock; a line through a second of samples removes its steps. The slope of
// that line is the playback rate, which we set ourselves, so only the intercept is fitted. Frames tell what is on
// screen, but a film's frames fall on the display's vsyncs in steps (30 frames at 60 Hz: 16.7 ms), and callbacks may
// come a vsync late. So frames do not steer; they calibrate: what they disagree by beyond a vsync is a constant of this
// device, and is taken off. A busy machine shows frames late, never early, so the punctual ones count.
//
// Some clocks step coarsely (fingerprinting resisted: 100 ms) or are told by messages. What they say is never too
// early, only too late, by up to a step or a message's way. There the upper edge of the looks is the line.
import { stepOf } from './steps';

export interface Frame {
  mediaMs: number;
  /** When it is expected on screen, and the begin of the page's frame in which the callback ran; by performance.now(). */
  displayMs: number;
  frameMs: number;
  /** The element's clock, and when it was read; on a busy page that is well after the begin of the frame. */
  currentMs: number;
  readMs: number;
}

export interface Estimate {
  positionMs: number;
  errorMs: number;
  /** Whether frames are being shown: not in a hidden tab. */
  framesShown: boolean;
}

const WINDOW_MS = 1_200;
const COARSE_MS = 20;
const EDGE = 0.9;
const COARSE_WINDOWS = 3;
const MIN_EDGE_POINTS = 3;
const MAX_READINGS = 10;
const MAX_LEADS = 31;
const JUDGE_EVERY = 8;
const MAX_POINTS = 96;
const MIN_POINTS = 5;
const STALE_MS = 500;
/** What the frame grid may make of no difference at all. */
const GRID_MS = 17;
const MIN_GAPS = 30;
const MAX_GAPS = 240;
const PUNCTUAL = 0.8;
const STEADY_MS = 8;
const UNSURE_MS = 20;

interface Point {
  atMs: number;
  mediaMs: number;
}

export class PositionEstimator {
  private points: Point[] = [];
  private lastCurrentMs = -1;
  private leads: number[] = [];
  private usualLeadMs = 0;
  private judged = 0;
  private lastFrameMs = -Infinity;
  private rate = 1;
  /** What was on screen minus the element's clock, for the last frames. */
  private gaps: number[] = [];
  private biasMs = 0;
  private uncounted = 0;
  private readings: number[] = [];
  /** The steps of the clock where they are coarse; 0 otherwise. */
  private stepMs = 0;

  /** `told`: the clock is told by messages. */
  constructor(
    private readonly windowMs = WINDOW_MS,
    private readonly told = false,
  ) {}

  /** The player's clock is too coarse for more than class B. */
  get coarse(): boolean {
    return this.told || this.stepMs > 0;
  }

  addFrame(frame: Frame): void {
    if (!Number.isFinite(frame.mediaMs + frame.displayMs + frame.frameMs)) return;
    const leadMs = frame.displayMs - frame.frameMs;
    push(this.leads, leadMs, MAX_LEADS);
    this.lastFrameMs = frame.readMs;
    this.sample(frame.readMs, frame.currentMs);
    if (this.isLate(leadMs) || this.points.length < MIN_POINTS) return;
    const shownMs = frame.mediaMs + (frame.readMs - frame.displayMs) * this.rate;
    const clockMs = this.coarse ? fitEdge(this.points, this.rate, frame.readMs, this.stepMs).positionMs : frame.currentMs;
    push(this.gaps, shownMs - clockMs, MAX_GAPS);
    this.uncounted += 1;
    if (this.uncounted >= MIN_GAPS) this.calibrate();
  }

  /** A look at the element's clock. A clock that did not move since the last look says nothing new. */
  sample(nowMs: number, currentMs: number): void {
    if (currentMs === this.lastCurrentMs || !Number.isFinite(currentMs) || !Number.isFinite(nowMs)) return;
    this.lastCurrentMs = currentMs;
    const { points } = this;
    points.push({ atMs: nowMs, mediaMs: currentMs });
    if (!this.told) this.judge(currentMs);
    const expired = points.findIndex((p) => nowMs - p.atMs <= this.windowMs * (this.coarse && !this.told ? COARSE_WINDOWS : 1));
    points.splice(0, Math.max(expired, points.length - MAX_POINTS, 0));
  }

  private judge(currentMs: number): void {
    push(this.readings, currentMs, MAX_READINGS);
    const stepMs = this.readings.length === MAX_READINGS ? stepOf([0, ...this.readings], COARSE_MS) : this.stepMs;
    if (stepMs > 0 !== this.stepMs > 0) this.gaps = [];
    this.stepMs = stepMs;
  }

  /** From now on the media moves at `rate`. What is known is carried over, as if it had been seen now. */
  setRate(rate: number, nowMs: number): void {
    this.points = this.points.map((p) => ({ atMs: nowMs, mediaMs: p.mediaMs + (nowMs - p.atMs) * this.rate }));
    this.rate = rate;
  }

  /** Forgets the line: the media jumped or stood still. What was learned of the device stays. */
  restart(): void {
    this.points = [];
    this.readings = [];
    this.lastCurrentMs = -1;
    this.lastFrameMs = -Infinity;
  }

  estimate(nowMs: number, currentMs: number): Estimate {
    this.sample(nowMs, currentMs);
    const framesShown = nowMs - this.lastFrameMs < STALE_MS;
    if (this.points.length < (this.coarse ? MIN_EDGE_POINTS : MIN_POINTS)) return { positionMs: currentMs + this.biasMs, errorMs: UNSURE_MS, framesShown };
    const fit = this.coarse ? fitEdge(this.points, this.rate, nowMs, this.stepMs) : fitIntercept(this.points, this.rate, nowMs);
    return { positionMs: fit.positionMs + this.biasMs, errorMs: fit.errorMs, framesShown };
  }

  private calibrate(): void {
    this.uncounted = 0;
    const gapMs = quantile(this.gaps, PUNCTUAL);
    const biasMs = Math.sign(gapMs) * Math.max(0, Math.abs(gapMs) - GRID_MS);
    // A constant does not tremble.
    if (Math.abs(biasMs - this.biasMs) > STEADY_MS) this.biasMs = biasMs;
  }

  /** Late callbacks carry a display time that is already now. Where most do, none says anything. */
  private isLate(leadMs: number): boolean {
    this.judged += 1;
    if (this.judged % JUDGE_EVERY === 1) this.usualLeadMs = median(this.leads);
    return this.usualLeadMs > 2 && leadMs < this.usualLeadMs / 4;
  }
}

function fitIntercept(points: readonly Point[], rate: number, nowMs: number): { positionMs: number; errorMs: number } {
  const intercepts = interceptsOf(points, rate, nowMs);
  const middle = middleOf(intercepts);
  const spread = middleOf(intercepts.map((i) => Math.abs(i - middle)).toSorted());
  const within = Math.max(4, 3 * spread);
  let sum = 0;
  let kept = 0;
  for (const intercept of intercepts) {
    if (Math.abs(intercept - middle) > within) continue;
    sum += intercept;
    kept += 1;
  }
  return { positionMs: sum / kept, errorMs: Math.max(0.5, (2 * spread) / Math.sqrt(kept)) };
}

function fitEdge(points: readonly Point[], rate: number, nowMs: number, stepMs: number): { positionMs: number; errorMs: number } {
  const intercepts = interceptsOf(points, rate, nowMs);
  const positionMs = partOf(intercepts, EDGE);
  return { positionMs, errorMs: Math.max(2, stepMs / 5, 1.5 * (positionMs - middleOf(intercepts))) };
}

/** In order. This runs for each look of each player, and typed arrays sort without a comparison of ours. */
function interceptsOf(points: readonly Point[], rate: number, nowMs: number): Float64Array {
  const intercepts = new Float64Array(points.length);
  for (const [i, p] of points.entries()) intercepts[i] = p.mediaMs + (nowMs - p.atMs) * rate;
  return intercepts.toSorted();
}

function partOf(sorted: Float64Array, part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}

function middleOf(sorted: Float64Array): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}

function quantile(values: readonly number[], part: number): number {
  return partOf(Float64Array.from(values).toSorted(), part);
}

function median(values: readonly number[]): number {
  return middleOf(Float64Array.from(values).toSorted());
}

function push(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}
