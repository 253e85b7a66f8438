// The voice of another person, played by an audio element: what such an element plays is known to the echo canceller, while
// sound that goes through Web Audio escapes it.

/** Length of a cross-fade between two ways by which the same voice comes. */
export const FADE_MS = 40;
const STEP_MS = 8;

export class RemoteVoice {
  private readonly element = document.createElement('audio');
  private volume = 1;
  private muted = false;
  /** Part of the loudness that is played now, 0 to 1. */
  private share: number;
  private fading: ReturnType<typeof setInterval> | undefined;

  /** `isHeard`: whether it is played from the beginning on. */
  constructor(
    private readonly blocked: () => void,
    private isHeard = true,
  ) {
    this.share = isHeard ? 1 : 0;
    this.element.autoplay = true;
    this.element.hidden = true;
    this.apply();
    document.body.append(this.element);
  }

  play(stream: MediaStream): void {
    this.element.srcObject = stream;
    this.resume();
  }

  /** After a telephone call, or when another output was plugged in. */
  resume(): void {
    if (!this.element.srcObject) return;
    this.element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.blocked();
    });
  }

  /** `volume` 0 to 1. */
  set(volume: number, muted: boolean): void {
    this.volume = volume;
    this.muted = muted;
    this.apply();
  }

  /** Fades in or out. Packets are received and measured in any case. */
  hear(isHeard: boolean): void {
    if (isHeard === this.isHeard) return;
    this.isHeard = isHeard;
    clearInterval(this.fading);
    const [from, to, beginMs] = [this.share, isHeard ? 1 : 0, performance.now()];
    this.fading = setInterval(() => {
      const part = Math.min(1, (performance.now() - beginMs) / FADE_MS);
      this.share = from + (to - from) * part;
      this.apply();
      if (part === 1) clearInterval(this.fading);
    }, STEP_MS);
  }

  /** Where browsers can: plays on another output. */
  async setOutput(deviceId: string): Promise<void> {
    if ('setSinkId' in this.element) await this.element.setSinkId(deviceId).catch(() => undefined);
  }

  close(): void {
    clearInterval(this.fading);
    this.element.srcObject = null;
    this.element.remove();
  }

  private apply(): void {
    this.element.volume = this.volume * this.share;
    // iPhones ignore `volume`.
    this.element.muted = this.muted || this.share === 0;
  }
}
