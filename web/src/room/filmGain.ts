// By how much the film is turned down under voices: a factor, 1 means not at all. It multiplies this device's own volume.

export class FilmGain {
  private gain = 1;
  private readonly listeners = new Set<(gain: number) => void>();

  get value(): number {
    return this.gain;
  }

  set(gain: number): void {
    if (gain === this.gain) return;
    this.gain = gain;
    for (const listener of this.listeners) listener(gain);
  }

  /** Calls with the present value, and with each later one. Returns a function that ends it. */
  follow(listener: (gain: number) => void): () => void {
    this.listeners.add(listener);
    listener(this.gain);
    return () => this.listeners.delete(listener);
  }
}
