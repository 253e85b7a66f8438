// The microphone: captured when it is first needed, freed when it is not, and moved to another device when it is pulled out.
import { Capture } from './capture';
import { microphoneError } from './errors';

export interface Wishes {
  deviceId: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  /** Filters noise in the page instead of the browser. */
  strongSuppression: boolean;
  autoGainControl: boolean;
}

const NO_FILTER = 'Strong noise suppression does not work in this browser, so the browser’s own is used.';

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

export class Microphone {
  private capture: Capture | null = null;
  /** Name of the captured device; the track that a filter sends has none. */
  private device = '';
  private opening: Promise<boolean> | null = null;
  private freeing: ReturnType<typeof setTimeout> | undefined;
  private isWanted = false;
  private isOpen = false;

  private wishes: Wishes;

  constructor(
    private readonly deps: MicrophoneDeps,
    wishes: Wishes,
  ) {
    this.wishes = only(wishes);
  }

  get isThere(): boolean {
    return this.capture !== null;
  }

  /** The track that is sent. */
  get track(): MediaStreamTrack | null {
    return this.capture?.sent ?? null;
  }

  /** Name of the device that is in use; empty: none. */
  get label(): string {
    return this.device;
  }

  /** Captures, unless it does already. Returns whether there is a microphone. */
  async start(): Promise<boolean> {
    this.isWanted = true;
    clearTimeout(this.freeing);
    if (this.capture) return true;
    this.opening ??= this.open().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Lets the others hear it, or not. Needs no capture and no negotiation. */
  setOpen(open: boolean): void {
    this.isOpen = open;
    if (this.capture) this.capture.sent.enabled = open;
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
  async setWishes(given: Wishes): Promise<void> {
    const wishes = only(given);
    const isSame = JSON.stringify(wishes) === JSON.stringify(this.wishes);
    this.wishes = wishes;
    if (isSame || (!this.capture && !this.opening)) return;
    // One that is being opened has the old wishes.
    await this.opening;
    if (!this.isWanted) return;
    this.drop();
    await this.start();
  }

  /** The device gives the microphone back. */
  resume(): void {
    this.capture?.resume();
  }

  levelDb(): number {
    return this.capture?.levelDb() ?? -Infinity;
  }

  private async open(): Promise<boolean> {
    try {
      const stream = await this.ask();
      const [track] = stream.getAudioTracks();
      if (!track) throw new DOMException('no track', 'NotFoundError');
      const capture = await this.prepare(track);
      if (!this.isWanted) {
        capture.close();
        return false;
      }
      this.use(track, capture);
      return true;
    } catch (error) {
      this.deps.tell(microphoneError(error));
      this.deps.changed(null);
      return false;
    }
  }

  private async prepare(track: MediaStreamTrack): Promise<Capture> {
    if (!this.wishes.noiseSuppression || !this.wishes.strongSuppression) return Capture.plain(track);
    try {
      return await Capture.filtered(track);
    } catch {
      this.deps.tell(NO_FILTER);
      await track.applyConstraints({ noiseSuppression: true }).catch(() => undefined);
      return Capture.plain(track);
    }
  }

  private async ask(): Promise<MediaStream> {
    const { deviceId, strongSuppression, noiseSuppression, ...others } = this.wishes;
    // One filter is enough: what the browser's leaves sounds worse after a second one.
    const processing = { ...others, noiseSuppression: noiseSuppression && !strongSuppression };
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

  private use(track: MediaStreamTrack, capture: Capture): void {
    this.capture = capture;
    this.device = track.label;
    capture.sent.enabled = this.isOpen;
    track.addEventListener('mute', () => this.deps.interrupted(true));
    track.addEventListener('unmute', () => {
      capture.resume();
      this.deps.interrupted(false);
    });
    track.addEventListener('ended', () => {
      if (this.capture !== capture) return;
      this.drop();
      this.deps.changed(null);
      if (this.isWanted) void this.start();
    });
    this.deps.changed(capture.sent);
  }

  private drop(): void {
    const { capture } = this;
    this.capture = null;
    this.device = '';
    capture?.close();
  }
}

function only({ deviceId, echoCancellation, noiseSuppression, strongSuppression, autoGainControl }: Wishes): Wishes {
  return { deviceId, echoCancellation, noiseSuppression, strongSuppression, autoGainControl };
}
