// How long one frame of a film is, learned from the frames that are shown: films do not say.

const KEEP = 60;
const ENOUGH = 12;
const MIN_MS = 2;
const MAX_MS = 200;

export class FrameDuration {
  private steps: number[] = [];
  private lastMs: number | null = null;

  /** A frame that is on screen, by its place in the media. */
  shown(mediaMs: number): void {
    const step = this.lastMs === null ? 0 : mediaMs - this.lastMs;
    this.lastMs = mediaMs;
    if (step >= MIN_MS && step <= MAX_MS) this.steps = [...this.steps, step].slice(-KEEP);
  }

  forget(): void {
    this.steps = [];
    this.lastMs = null;
  }

  /** Null until enough was seen. Frames that were skipped make some steps too long, so the short ones count. */
  get ms(): number | null {
    if (this.steps.length < ENOUGH) return null;
    const sorted = this.steps.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 4)] ?? null;
  }
}

/** Watches what an element shows, until it is ended. */
export function learnFrames(video: HTMLVideoElement): { duration: FrameDuration; end: () => void } {
  const duration = new FrameDuration();
  if (typeof video.requestVideoFrameCallback !== 'function') return { duration, end: () => undefined };
  let request = 0;
  const next = () => {
    request = video.requestVideoFrameCallback((_now, { mediaTime }) => {
      duration.shown(mediaTime * 1000);
      next();
    });
  };
  const forget = () => duration.forget();
  video.addEventListener('loadstart', forget);
  next();
  const end = () => {
    video.cancelVideoFrameCallback(request);
    video.removeEventListener('loadstart', forget);
  };
  return { duration, end };
}
