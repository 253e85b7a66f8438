// Estimates the player's position more precisely than a single reading.
//
// Two sources. currentTime follows the audio clock; a line through a second of samples removes its steps. The slope of
// that line is the playback rate, which we set ourselves, so only the intercept is fitted. Frames tell what is on
// screen, which is what people compare; `screen.ts` measures its distance from the clock.
//
// Some clocks advance in coarse steps (browsers that resist fingerprinting: 100 ms) or arrive by messages. Their values
// are never early, only late, by up to a step or the delay of a message. For these the line is the upper edge of the
// samples.
import { Screen } from './screen';
import { stepOf } from './steps';

export interface Frame {
  mediaMs: number;
  /** When the frame is expected on screen, and when the page's frame with the callback began; by performance.now(). */
  displayMs: number;
  frameMs: number;
  /** The element's clock, and when it was read: on a busy page long after the page's frame began. */
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
const MAX_POINTS = 96;
const MIN_POINTS = 5;
const STALE_MS = 500;
const UNSURE_MS = 20;

interface Point {
  atMs: number;
  mediaMs: number;
}

export class PositionEstimator {
  private points: Point[] = [];
  private lastCurrentMs = -1;
  private lastFrameMs = -Infinity;
  private rate = 1;
  private readonly screen = new Screen();
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

  /** The estimate has more than one sample. */
  get hasLine(): boolean {
    return this.points.length >= (this.coarse ? MIN_EDGE_POINTS : MIN_POINTS);
  }

  addFrame(frame: Frame): void {
    if (!Number.isFinite(frame.mediaMs + frame.displayMs + frame.frameMs)) return;
    this.lastFrameMs = frame.readMs;
    this.sample(frame.readMs, frame.currentMs);
    if (!this.screen.isPunctual(frame) || this.points.length < MIN_POINTS) return;
    const shownMs = frame.mediaMs + (frame.readMs - frame.displayMs) * this.rate;
    const clockMs = this.coarse
      ? fitEdge(this.points, this.rate, frame.readMs, this.stepMs).positionMs
      : frame.currentMs;
    this.screen.add(frame.readMs, shownMs - clockMs);
  }

  /** Adds a sample of the element's clock. A value that did not change since the last sample is ignored. */
  sample(nowMs: number, currentMs: number): void {
    if (currentMs === this.lastCurrentMs || !Number.isFinite(currentMs) || !Number.isFinite(nowMs)) return;
    this.lastCurrentMs = currentMs;
    const { points } = this;
    points.push({ atMs: nowMs, mediaMs: currentMs });
    if (!this.told) this.judge(currentMs);
    const expired = points.findIndex(
      (p) => nowMs - p.atMs <= this.windowMs * (this.coarse && !this.told ? COARSE_WINDOWS : 1),
    );
    points.splice(0, Math.max(expired, points.length - MAX_POINTS, 0));
  }

  private judge(currentMs: number): void {
    push(this.readings, currentMs, MAX_READINGS);
    const stepMs = this.readings.length === MAX_READINGS ? stepOf([0, ...this.readings], COARSE_MS) : this.stepMs;
    if (stepMs > 0 !== this.stepMs > 0) this.screen.restart();
    this.stepMs = stepMs;
  }

  /**
   * From now on the media moves at `rate`. The estimate is kept, as if it had been made now. `passing`: only for the time
   * of a correction, in which the picture does not follow the clock evenly.
   */
  setRate(rate: number, nowMs: number, passing = false): void {
    this.screen.rateChanged(passing);
    this.points = this.points.map((p) => ({ atMs: nowMs, mediaMs: p.mediaMs + (nowMs - p.atMs) * this.rate }));
    this.rate = rate;
  }

  /** Drops the samples: the media jumped or stood still. The phase of its frames is another one after that, too. */
  restart(): void {
    this.points = [];
    this.readings = [];
    this.screen.restart();
    this.lastCurrentMs = -1;
    this.lastFrameMs = -Infinity;
  }

  estimate(nowMs: number, currentMs: number): Estimate {
    this.sample(nowMs, currentMs);
    const framesShown = nowMs - this.lastFrameMs < STALE_MS;
    // A value from a message is as old as the message, so that even a single sample has to be advanced.
    if (!this.hasLine && !this.told)
      return { positionMs: currentMs + this.screen.offsetMs, errorMs: UNSURE_MS, framesShown };
    const fit = this.coarse
      ? fitEdge(this.points, this.rate, nowMs, this.stepMs)
      : fitIntercept(this.points, this.rate, nowMs);
    const errorMs = this.hasLine ? fit.errorMs : Math.max(fit.errorMs, UNSURE_MS);
    return { positionMs: fit.positionMs + this.screen.offsetMs, errorMs, framesShown };
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

function fitEdge(
  points: readonly Point[],
  rate: number,
  nowMs: number,
  stepMs: number,
): { positionMs: number; errorMs: number } {
  const intercepts = interceptsOf(points, rate, nowMs);
  const positionMs = partOf(intercepts, EDGE);
  return { positionMs, errorMs: Math.max(2, stepMs / 5, 1.5 * (positionMs - middleOf(intercepts))) };
}

/** Sorted. This runs for each sample of each player; typed arrays sort without a comparison function. */
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

function push(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}
