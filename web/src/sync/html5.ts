// A <video> element as a Player. How its bytes arrive is the attachment's business: a plain src, or hls.js.
import type { Frame } from './estimator';
import { attachHls } from './hls';
import { setLoudness } from './loudness';
import type { Entry, MediaSource, Player, PlayerSnapshot } from './player';
import { RESAMPLE_WITHIN } from './profile';
import { NO_WISHES, type StreamCue, type StreamMenu, type Streams, type StreamWishes } from './streams';

/** Ends what feeds the element. */
export type Detach = () => void;

const CHANGES = [
  'loadedmetadata',
  'durationchange',
  'canplay',
  'canplaythrough',
  'seeking',
  'seeked',
  'playing',
  'pause',
  'waiting',
  'stalled',
  'ended',
  'error',
] as const;

export class Html5Player implements Player, Streams {
  private detach: Detach = () => undefined;
  private streams: Streams | null = null;
  private wishes: StreamWishes = NO_WISHES;
  private failure: string | null = null;
  private readonly changeListeners = new Set<() => void>();
  private readonly frameListeners = new Set<(frame: Frame) => void>();
  private frameRequest = 0;
  private loudness = { volume: 1, muted: false };
  private silenced = false;
  /** Counts requests, so that a start that a later request replaced is not tried again. */
  private asked = 0;

  constructor(private readonly video: HTMLVideoElement) {
    video.preload = 'auto';
    video.playsInline = true;
    for (const change of CHANGES) video.addEventListener(change, this.handleChange);
    this.requestFrame();
  }

  load(source: MediaSource, entry?: Entry): void {
    this.unload();
    if (source.format === 'hls') {
      const { detach, streams } = attachHls(
        this.video,
        { url: source.url, entry },
        { fail: (reason) => this.fail(reason), changed: () => this.tell() },
      );
      this.detach = detach;
      this.streams = streams;
      streams.setWishes(this.wishes);
    } else {
      this.detach = attachFile(this.video, source.url);
    }
  }

  unload(): void {
    this.detach();
    this.detach = () => undefined;
    this.streams = null;
    this.failure = null;
  }

  /** Holds for every stream that is loaded from now on, too. */
  setWishes(wishes: StreamWishes): void {
    this.wishes = wishes;
    this.streams?.setWishes(wishes);
  }

  get menu(): StreamMenu | null {
    return this.streams?.menu ?? null;
  }

  get cues(): readonly StreamCue[] {
    return this.streams?.cues ?? [];
  }

  async play(): Promise<void> {
    this.asked += 1;
    const { asked } = this;
    try {
      await this.video.play();
    } catch (error) {
      if (!isNotAllowed(error) || this.video.muted) throw error;
      if (asked !== this.asked) throw new DOMException('the start was given up', 'AbortError');
      await this.playSilently();
    }
  }

  pause(): void {
    this.asked += 1;
    this.video.pause();
  }

  setVolume(volume: number, muted: boolean): void {
    this.loudness = { volume, muted };
    this.applyVolume();
  }

  restoreSound(): void {
    this.silenced = false;
    this.applyVolume();
  }

  seekTo(positionMs: number): void {
    this.video.currentTime = Math.max(0, positionMs) / 1000;
  }

  setRate(rate: number): void {
    // A load resets the rate to the default rate, so that one has to be set, too.
    this.video.defaultPlaybackRate = rate;
    this.video.preservesPitch = Math.abs(rate - 1) > RESAMPLE_WITHIN;
    this.video.playbackRate = rate;
  }

  snapshot(): PlayerSnapshot {
    const { video } = this;
    return {
      loaded: video.readyState >= HTMLMediaElement.HAVE_METADATA,
      currentMs: video.currentTime * 1000,
      durationMs: Number.isFinite(video.duration) ? video.duration * 1000 : null,
      bufferedAheadMs: bufferedAhead(video) * 1000,
      paused: video.paused,
      seeking: video.seeking,
      ready: !video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
      ended: video.ended,
      failure: this.failure,
      audible: !video.muted && video.volume > 0,
      silenced: this.silenced,
    };
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  destroy(): void {
    if (this.frameRequest) this.video.cancelVideoFrameCallback(this.frameRequest);
    for (const change of CHANGES) this.video.removeEventListener(change, this.handleChange);
    this.frameListeners.clear();
    this.changeListeners.clear();
    this.video.pause();
    this.unload();
  }

  private readonly handleChange = (event: Event): void => {
    const error = event.type === 'error' ? this.video.error : null;
    if (error) this.failure = describe(error);
    this.tell();
  };

  private tell(): void {
    for (const listener of this.changeListeners) listener();
  }

  /** Browsers allow muted playback without a tap, except on phones in battery saver mode. */
  private async playSilently(): Promise<void> {
    this.silenced = true;
    this.applyVolume();
    try {
      await this.video.play();
    } catch (error) {
      if (isNotAllowed(error)) this.restoreSound();
      throw error;
    }
  }

  private applyVolume(): void {
    const { volume, muted } = this.loudness;
    setLoudness(this.video, volume);
    this.video.muted = muted || this.silenced;
  }

  private fail(reason: string): void {
    this.failure = reason;
    this.tell();
  }

  private requestFrame(): void {
    // Older Firefox has no frame callbacks; there the estimator uses currentTime.
    if (!('requestVideoFrameCallback' in this.video)) return;
    this.frameRequest = this.video.requestVideoFrameCallback((frameMs, { mediaTime, expectedDisplayTime }) => {
      const frame = {
        mediaMs: mediaTime * 1000,
        displayMs: expectedDisplayTime,
        frameMs,
        currentMs: this.video.currentTime * 1000,
        readMs: performance.now(),
      };
      for (const listener of this.frameListeners) listener(frame);
      this.requestFrame();
    });
  }
}

function isNotAllowed(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotAllowedError';
}

function attachFile(video: HTMLVideoElement, url: string): Detach {
  video.src = url;
  video.load();
  return () => {
    video.removeAttribute('src');
    video.load();
  };
}

/** Seconds that are loaded ahead of the position. Gaps of up to a tenth of a second are ignored: players skip them. */
function bufferedAhead(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i += 1) {
    if (buffered.start(i) <= currentTime + 0.1 && currentTime < buffered.end(i)) return buffered.end(i) - currentTime;
  }
  return 0;
}

function describe(error: MediaError): string {
  switch (error.code) {
    case MediaError.MEDIA_ERR_NETWORK:
      return 'The connection to this video was lost. Check that its host is up, then try again.';
    case MediaError.MEDIA_ERR_DECODE:
      return 'This browser can’t decode this video. Try another file or another browser.';
    case MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED:
      return 'This browser can’t play this video. Either its host refuses, or it isn’t mp4, webm or HLS. Try another link.';
    default:
      return 'This video stopped loading. Try again.';
  }
}
