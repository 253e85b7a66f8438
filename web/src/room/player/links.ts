// Where the bytes of items are. The server tells it for the item that is on, unasked; everything else is asked for.
import type { GetPlaybackInfoResponseJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import type { PlaybackInfoJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { Timer } from '../../sync/timer';

type Info = GetPlaybackInfoResponseJson;

export interface LinksDeps {
  timer: Timer;
  nowMs(): number;
  ask(itemId: string): Promise<Info>;
}

/** The server spreads what it tells a large room over 300 ms. */
const TOLD_WITHIN_MS = 400;
/** Links may be good for a minute only. */
const FRESH_MS = 30_000;

export class Links {
  private told: { itemId: string; info: Info; atMs: number } | null = null;
  /** The item of which nothing more will be told unasked. */
  private heardOf = '';
  private waiting: { itemId: string; done(): void } | null = null;

  constructor(private readonly deps: LinksDeps) {}

  tell({ itemId = '', info }: PlaybackInfoJson): void {
    if (!info) return;
    this.told = { itemId, info, atMs: this.deps.nowMs() };
    this.heardOf = itemId;
    if (this.waiting?.itemId === itemId) this.waiting.done();
  }

  /** From now on it is asked for: what was told led nowhere. */
  distrust(): void {
    this.told = null;
  }

  /** `isComing`: it is on, and the server knows that it is wanted here. */
  async of(itemId: string, isComing: boolean): Promise<Info> {
    const known = this.known(itemId);
    if (known) return known;
    if (isComing && this.heardOf !== itemId) await this.untilTold(itemId);
    return this.known(itemId) ?? this.deps.ask(itemId);
  }

  private known(itemId: string): Info | null {
    const { told } = this;
    return told?.itemId === itemId && this.deps.nowMs() - told.atMs < FRESH_MS ? told.info : null;
  }

  private untilTold(itemId: string): Promise<void> {
    this.waiting?.done();
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.waiting = null;
        this.heardOf = itemId;
        resolve();
      };
      const cancel = this.deps.timer.after(TOLD_WITHIN_MS, done);
      this.waiting = { itemId, done };
    });
  }
}
