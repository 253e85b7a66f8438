// Learns the duration of one frame from the frames on screen, since browsers do not give it.

const KEEP = 60;
const ENOUGH = 12;
const MIN_MS = 2;
const MAX_MS = 200;

export class FrameDuration {
  private steps: number[] = [];
  private lastMs: number | null = null;

  /** Call for each frame on screen, with its position in the media. */
  shown(mediaMs: number): void {
    const step = this.lastMs === null ? 0 : mediaMs - this.lastMs;
    this.lastMs = mediaMs;
    if (step >= MIN_MS && step <= MAX_MS) this.steps = [...this.steps, step].slice(-KEEP);
  }

  forget(): void {
    this.steps = [];
    this.lastMs = null;
  }

  /** Null until enough frames were seen. A skipped frame makes a step too long, so the shorter steps count. */
  get ms(): number | null {
    if (this.steps.length < ENOUGH) return null;
    const sorted = this.steps.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 4)] ?? null;
  }
}

/** Learns from the frames of an element, until `end` is called. */
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
