// A captured microphone: the track that is sent, its level, and the noise filter between the two where one wants it.
import type { Filter } from './noise';

export class Capture {
  private readonly samples = new Float32Array(512);

  private constructor(
    private readonly captured: MediaStreamTrack,
    /** The track that is sent. Whether it is enabled does not change what is measured. */
    readonly sent: MediaStreamTrack,
    private readonly analyser: AnalyserNode,
    private readonly parts: { context: AudioContext; measured: MediaStreamTrack; filter: Filter | null },
  ) {}

  /** Sends the captured track itself, and measures a copy. */
  static plain(captured: MediaStreamTrack): Capture {
    const context = new AudioContext();
    const measured = captured.clone();
    measured.enabled = true;
    const analyser = analyserOf(context);
    context.createMediaStreamSource(new MediaStream([measured])).connect(analyser);
    return new Capture(captured, captured, analyser, { context, measured, filter: null });
  }

  /** Sends what the noise filter leaves. Rejects where there is none; the captured track is then untouched. */
  static async filtered(captured: MediaStreamTrack): Promise<Capture> {
    const { noiseFilter, RATE } = await import('./noise');
    const context = new AudioContext({ sampleRate: RATE });
    try {
      const filter = await noiseFilter(context);
      const destination = context.createMediaStreamDestination();
      destination.channelCount = 1;
      const analyser = analyserOf(context);
      context.createMediaStreamSource(new MediaStream([captured])).connect(filter.node);
      filter.node.connect(analyser);
      filter.node.connect(destination);
      await context.resume();
      const [sent] = destination.stream.getAudioTracks();
      if (!sent) throw new Error('the filter has no output');
      return new Capture(captured, sent, analyser, { context, measured: captured, filter });
    } catch (error) {
      void context.close();
      throw error;
    }
  }

  /** After an interruption by the device, such as a telephone call. */
  resume(): void {
    void this.parts.context.resume().catch(() => undefined);
  }

  /** Loudness of the last 10 ms in dB of full scale. */
  levelDb(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return 10 * Math.log10(sum / this.samples.length + 1e-12);
  }

  close(): void {
    const { context, measured, filter } = this.parts;
    filter?.close();
    for (const track of [this.captured, measured, this.sent]) track.stop();
    void context.close();
  }
}

function analyserOf(context: AudioContext): AnalyserNode {
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  return analyser;
}
