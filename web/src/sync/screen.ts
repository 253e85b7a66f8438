// Measures the distance between the picture on screen and the element's clock.
//
// The distance differs from start to start, and jumps on a busy machine. Measured in Chromium 156 at 60 Hz: between -50
// and +11 ms after a start, then constant to a fraction of a millisecond, because the renderer repeats the pattern of
// vsyncs that it began with. Two seconds at a rate that is 0.5 % off break the pattern; afterwards the distance is mostly
// within 8 ms. So the whole distance is corrected, which moves the clock. If the correction itself also changed the
// pattern, the next measurement shows that, and the clock moves back. During a correction nothing is measured.
//
// The picture cannot be placed more precisely than its frames: where their length is a multiple of a vsync, the renderer
// allows half a frame of distance, and a correction of less makes the picture jump a whole frame to the other side.
// (Tried at 30 frames a second: +13 ms became -20. At 25, where frames wait unevenly: the median skew of two pages became
// 7 to 40 ms instead of 0 to 23.) So a distance of up to half a frame is not corrected. Late callbacks are ignored.
import type { Frame } from './estimator';

interface Gap {
  atMs: number;
  gapMs: number;
}

/** Half a frame is clamped to these limits: half a vsync plus the step of coarse clocks, and the limit of lip sync. */
const LEAST_GRID_MS = 11;
const MOST_GRID_MS = 17;
const STRAY_MS = 12;
/** This share of the frames has to agree; else the distance is just changing. */
const AGREED = 0.75;
const MAX_OFFSET_MS = 250;
/** Soon after a start 1.5 s of frames are enough. Later only a lasting change is followed, and rarely. */
const SOON_MS = 1_500;
const SOON_GAPS = 12;
const LATER_MS = 15_000;
const LATER_GAPS = 120;
const MAX_GAPS = 900;
const HASTY_MS = 10_000;
/** A change at rest may be followed by a change that reverts it. */
const HASTY_AGAIN_MS = 15_000;
const CHANGE_PAUSE_MS = 120_000;
const LOOK_EVERY_MS = 250;
const MAX_LEADS = 31;
const MAX_FRAME_MS = 100;
const JUDGE_EVERY = 8;

export class Screen {
  /** Position on screen minus the clock, in ms; positive: the picture is ahead. */
  offsetMs = 0;
  private gaps: Gap[] = [];
  private passing = false;
  private hastyUntilMs: number | null = null;
  private lookedMs = -Infinity;
  private changedMs = -Infinity;
  private leads: number[] = [];
  private usualLeadMs = 0;
  private lengths: number[] = [];
  private lastMediaMs = Number.NaN;
  private gridMs = MOST_GRID_MS;
  private judged = 0;

  /** The display time of a late callback has passed already. Where most callbacks are late, all are ignored. */
  isPunctual({ mediaMs, displayMs, frameMs, readMs }: Frame): boolean {
    const leadMs = displayMs - frameMs;
    keep(this.leads, leadMs);
    const lengthMs = mediaMs - this.lastMediaMs;
    this.lastMediaMs = mediaMs;
    if (lengthMs > 0 && lengthMs < MAX_FRAME_MS) keep(this.lengths, lengthMs);
    this.judged += 1;
    if (this.judged % JUDGE_EVERY === 1) {
      this.usualLeadMs = middleOf(this.leads);
      if (this.lengths.length > 0)
        this.gridMs = Math.max(LEAST_GRID_MS, Math.min(MOST_GRID_MS, middleOf(this.lengths) / 2));
    }
    if (this.usualLeadMs > 2 && leadMs < this.usualLeadMs / 4) return false;
    return displayMs >= readMs;
  }

  add(atMs: number, gapMs: number): void {
    if (this.passing || !Number.isFinite(atMs + gapMs)) return;
    this.hastyUntilMs ??= atMs + HASTY_MS;
    this.gaps.push({ atMs, gapMs });
    if (this.gaps.length > MAX_GAPS || atMs - (this.gaps[0]?.atMs ?? atMs) > LATER_MS) this.gaps.shift();
    if (atMs - this.lookedMs < LOOK_EVERY_MS) return;
    this.lookedMs = atMs;
    this.look(atMs, this.hastyUntilMs);
  }

  /** The samples are new: the phase of the frames to the vsyncs is not known yet. */
  restart(): void {
    this.offsetMs = 0;
    this.hastyUntilMs = null;
    this.changedMs = -Infinity;
    this.rateChanged(false);
  }

  rateChanged(passing: boolean): void {
    this.gaps = [];
    this.passing = passing;
  }

  private look(nowMs: number, hastyUntilMs: number): void {
    const hasty = nowMs < hastyUntilMs;
    const forMs = nowMs - (this.gaps[0]?.atMs ?? nowMs);
    // The last frames alone decide, so that a measurement after a start is quick and not old.
    if (forMs < (hasty ? SOON_MS : LATER_MS - LOOK_EVERY_MS) || this.gaps.length < (hasty ? SOON_GAPS : LATER_GAPS))
      return;
    if (!hasty && nowMs - this.changedMs < CHANGE_PAUSE_MS) return;
    const recent = hasty ? this.gaps.filter((g) => nowMs - g.atMs <= SOON_MS) : this.gaps;
    const gapMs = agreed(recent.map((g) => g.gapMs));
    if (gapMs === null || Math.abs(gapMs - this.offsetMs) <= this.gridMs) return;
    const next = Math.abs(gapMs) > this.gridMs ? Math.max(-MAX_OFFSET_MS, Math.min(MAX_OFFSET_MS, gapMs)) : 0;
    if (next === this.offsetMs) return;
    this.offsetMs = next;
    this.gaps = [];
    if (hasty) return;
    this.changedMs = nowMs;
    this.hastyUntilMs = nowMs + HASTY_AGAIN_MS;
  }
}

/** The mean of the values near the median, without outliers (repeated or dropped frames); null when too few agree. */
function agreed(values: readonly number[]): number | null {
  const middle = middleOf(values);
  const near = values.filter((v) => Math.abs(v - middle) <= STRAY_MS);
  if (near.length < values.length * AGREED) return null;
  return near.reduce((sum, v) => sum + v, 0) / Math.max(1, near.length);
}

function keep(list: number[], value: number): void {
  list.push(value);
  if (list.length > MAX_LEADS) list.shift();
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
