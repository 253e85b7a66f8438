// How loud the film's sound is before it is played. A copy of the sound is read; the film itself goes on playing through its
// element, since the browser's echo canceller knows only what elements play. Chromium alone has such a copy: Firefox's mutes the
// element, and Safari has none.

interface Tap {
  element: HTMLVideoElement;
  source: string;
  context: AudioContext;
  stream: MediaStream;
  analyser: AnalyserNode;
}

export class FilmSound {
  private tap: Tap | null = null;
  private readonly samples = new Float32Array(2048);
  /** A film that gives no copy of its sound, such as one of a foreign origin. */
  private refused = '';

  constructor(private readonly film: () => HTMLVideoElement | null) {}

  /** In dB of full scale; null: not known, or nothing plays. */
  levelDb(): number | null {
    const element = this.film();
    if (!element || element.paused || element.muted || element.volume === 0) return null;
    const tap = this.tapOf(element);
    if (!tap) return null;
    tap.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return 10 * Math.log10(power + 1e-12);
  }

  close(): void {
    const { tap } = this;
    this.tap = null;
    for (const track of tap?.stream.getTracks() ?? []) track.stop();
    void tap?.context.close();
  }

  private tapOf(element: HTMLVideoElement): Tap | null {
    const source = element.currentSrc;
    if (this.tap?.element === element && this.tap.source === source) return this.tap;
    this.close();
    if (source === this.refused || !hasCapture(element)) return null;
    try {
      const stream = element.captureStream();
      // Only the sound: pictures would be copied, too.
      for (const track of stream.getVideoTracks()) track.stop();
      if (stream.getAudioTracks().length === 0) return null;
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 2048;
      context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
      this.tap = { element, source, context, stream, analyser };
    } catch {
      this.refused = source;
    }
    return this.tap;
  }
}

function hasCapture(element: HTMLVideoElement): element is HTMLVideoElement & { captureStream(): MediaStream } {
  return 'captureStream' in element;
}
