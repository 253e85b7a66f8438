// The voice of another person, played by an audio element: what such an element plays is known to the echo canceller, while
// sound that goes through Web Audio escapes it.

export class RemoteVoice {
  private readonly element = document.createElement('audio');

  constructor(private readonly blocked: () => void) {
    this.element.autoplay = true;
    this.element.hidden = true;
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
    this.element.volume = volume;
    this.element.muted = muted;
  }

  /** Where browsers can: plays on another output. */
  async setOutput(deviceId: string): Promise<void> {
    if ('setSinkId' in this.element) await this.element.setSinkId(deviceId).catch(() => undefined);
  }

  close(): void {
    this.element.srcObject = null;
    this.element.remove();
  }
}
