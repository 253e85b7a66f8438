// ICE servers with credentials that expire: read when needed, and again after half of their life.

export interface Ice {
  config: RTCConfiguration;
  ttlMs: number;
  hasRelay: boolean;
}

const RETRY_AFTER_MS = 15_000;

export class IceLease {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts ends, so that a read that ends later starts no timer. */
  private ends = 0;

  constructor(
    private readonly read: () => Promise<Ice>,
    /** Newer credentials, without anybody having asked. */
    private readonly renewed: (config: RTCConfiguration) => void,
  ) {}

  /** Reads fresh ones. Renews them until `end`. */
  async fresh(): Promise<Ice> {
    const { ends } = this;
    const ice = await this.read();
    if (ends === this.ends) this.renewAfter(ice.ttlMs / 2);
    return ice;
  }

  end(): void {
    this.ends += 1;
    clearTimeout(this.timer);
  }

  private renewAfter(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.fresh().then(
        ({ config }) => this.renewed(config),
        () => this.renewAfter(RETRY_AFTER_MS),
      );
    }, ms);
  }
}
