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
    const stepMs = this.readings.length === MAX_READINGS ? stepOf(this.readings, COARSE_MS) : this.stepMs;
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
    const usual = median(this.leads);
    return usual > 2 && leadMs < usual / 4;
  }
}

function fitIntercept(points: readonly Point[], rate: number, nowMs: number): { positionMs: number; errorMs: number } {
  const intercepts = points.map((p) => p.mediaMs + (nowMs - p.atMs) * rate);
  const middle = median(intercepts);
  const spread = median(intercepts.map((i) => Math.abs(i - middle)));
  const kept = intercepts.filter((i) => Math.abs(i - middle) <= Math.max(4, 3 * spread));
  const mean = kept.reduce((sum, i) => sum + i, 0) / kept.length;
  return { positionMs: mean, errorMs: Math.max(0.5, (2 * spread) / Math.sqrt(kept.length)) };
}

function fitEdge(points: readonly Point[], rate: number, nowMs: number, stepMs: number): { positionMs: number; errorMs: number } {
  const intercepts = points.map((p) => p.mediaMs + (nowMs - p.atMs) * rate);
  const positionMs = quantile(intercepts, EDGE);
  return { positionMs, errorMs: Math.max(2, stepMs / 5, 1.5 * (positionMs - median(intercepts))) };
}

function push(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
