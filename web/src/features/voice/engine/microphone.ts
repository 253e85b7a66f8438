// The microphone: captured when it is first needed, freed when it is not, and moved to another device when it is pulled out.
import { microphoneError } from './errors';

export interface Wishes {
  deviceId: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

export interface MicrophoneDeps {
  /** The track that is sent; null: none. */
  changed(track: MediaStreamTrack | null): void;
  /** In words for the person. */
  tell(text: string): void;
  /** The device has taken the microphone away, or gives it back. */
  interrupted(is: boolean): void;
}

/** A muted microphone is freed after this time, so that headsets leave the sound of telephone calls (case W27). */
export const FREE_AFTER_MS = 10_000;

/** Levels are measured on a copy, which goes on while the sent track is closed. */
export class Microphone {
  private sent: MediaStreamTrack | null = null;
  private measured: MediaStreamTrack | null = null;
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private readonly samples = new Float32Array(512);
  private opening: Promise<boolean> | null = null;
  private freeing: ReturnType<typeof setTimeout> | undefined;
  private isWanted = false;
  private open = false;

  private wishes: Wishes;

  constructor(
    private readonly deps: MicrophoneDeps,
    { deviceId, echoCancellation, noiseSuppression, autoGainControl }: Wishes,
  ) {
    this.wishes = { deviceId, echoCancellation, noiseSuppression, autoGainControl };
  }

  get isThere(): boolean {
    return this.sent !== null;
  }

  /** The track that is sent. */
  get track(): MediaStreamTrack | null {
    return this.sent;
  }

  /** Name of the device that is in use; empty: none. */
  get label(): string {
    return this.sent?.label ?? '';
  }

  /** Captures, unless it does already. Returns whether there is a microphone. */
  async start(): Promise<boolean> {
    this.isWanted = true;
    clearTimeout(this.freeing);
    if (this.sent) return true;
    this.opening ??= this.capture().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Lets the others hear it, or not. Needs no capture and no negotiation. */
  setOpen(open: boolean): void {
    this.open = open;
    if (this.sent) this.sent.enabled = open;
  }

  /** The person muted it: after a while the device is free for others. */
  rest(): void {
    this.isWanted = false;
    this.setOpen(false);
    clearTimeout(this.freeing);
    this.freeing = setTimeout(() => this.stop(), FREE_AFTER_MS);
  }

  stop(): void {
    this.isWanted = false;
    clearTimeout(this.freeing);
    this.drop();
    this.deps.changed(null);
  }

  /** Other settings or another device. */
  async setWishes({ deviceId, echoCancellation, noiseSuppression, autoGainControl }: Wishes): Promise<void> {
    const wishes = { deviceId, echoCancellation, noiseSuppression, autoGainControl };
    const isSame = JSON.stringify(wishes) === JSON.stringify(this.wishes);
    this.wishes = wishes;
    if (isSame || !this.sent) return;
    this.drop();
    await this.start();
  }

  /** Loudness of the last 10 ms in dB of full scale. */
  levelDb(): number {
    if (!this.analyser) return -Infinity;
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return 10 * Math.log10(sum / this.samples.length + 1e-12);
  }

  private async capture(): Promise<boolean> {
    try {
      const stream = await this.ask();
      const [track] = stream.getAudioTracks();
      if (!track) throw new DOMException('no track', 'NotFoundError');
      if (!this.isWanted) {
        track.stop();
        return false;
      }
      this.use(track);
      return true;
    } catch (error) {
      this.deps.tell(microphoneError(error));
      this.deps.changed(null);
      return false;
    }
  }

  private async ask(): Promise<MediaStream> {
    const { deviceId, ...processing } = this.wishes;
    const devices: MediaDevices | undefined = navigator.mediaDevices;
    if (!devices) throw new DOMException('a page without https', 'SecurityError');
    const audio = { ...processing, channelCount: 1, ...(deviceId && { deviceId: { exact: deviceId } }) };
    try {
      return await devices.getUserMedia({ audio });
    } catch (error) {
      if (!deviceId || !(error instanceof Error) || !['OverconstrainedError', 'NotFoundError'].includes(error.name))
        throw error;
      // The chosen one is gone; case W26.
      const stream = await devices.getUserMedia({ audio: { ...processing, channelCount: 1 } });
      this.deps.tell(`Your microphone is gone; using “${stream.getAudioTracks()[0]?.label ?? 'another one'}”.`);
      return stream;
    }
  }

  private use(track: MediaStreamTrack): void {
    this.sent = track;
    track.enabled = this.open;
    this.measured = track.clone();
    this.measured.enabled = true;
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 512;
    this.context.createMediaStreamSource(new MediaStream([this.measured])).connect(this.analyser);
    track.addEventListener('mute', () => this.deps.interrupted(true));
    track.addEventListener('unmute', () => this.deps.interrupted(false));
    track.addEventListener('ended', () => {
      if (this.sent !== track) return;
      this.drop();
      this.deps.changed(null);
      if (this.isWanted) void this.start();
    });
    this.deps.changed(track);
  }

  private drop(): void {
    const { sent } = this;
    this.sent = null;
    sent?.stop();
    this.measured?.stop();
    this.measured = null;
    this.analyser = null;
    void this.context?.close();
    this.context = null;
  }
}
