// Signed URLs of items. For the current item the server sends them as a resource; for other items they are requested.
import type { GetPlaybackInfoResponseJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import type { PlaybackInfoJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { Timer } from '../../sync/timer';

type Info = GetPlaybackInfoResponseJson;

export interface SignedUrlDeps {
  timer: Timer;
  nowMs(): number;
  request(itemId: string): Promise<Info>;
}

/** In a large room the server spreads the updates over 300 ms. */
const UPDATE_WITHIN_MS = 400;
/** Signed URLs may be valid for a minute only. */
const FRESH_MS = 30_000;

export class SignedUrls {
  private latest: { itemId: string; info: Info; atMs: number } | null = null;
  /** The item for which the server has sent its update, or is late with it. */
  private answeredItem = '';
  private waiting: { itemId: string; done(): void } | null = null;

  constructor(private readonly deps: SignedUrlDeps) {}

  take({ itemId = '', info }: PlaybackInfoJson): void {
    if (!info) return;
    this.latest = { itemId, info, atMs: this.deps.nowMs() };
    this.answeredItem = itemId;
    if (this.waiting?.itemId === itemId) this.waiting.done();
  }

  /** Drops the known URL, which did not work: the next one is requested. */
  drop(): void {
    this.latest = null;
  }

  /** `isComing`: the item is the current one, so that the server sends its URL by itself. */
  async of(itemId: string, isComing: boolean): Promise<Info> {
    const known = this.known(itemId);
    if (known) return known;
    if (isComing && this.answeredItem !== itemId) await this.untilUpdate(itemId);
    return this.known(itemId) ?? this.deps.request(itemId);
  }

  private known(itemId: string): Info | null {
    const { latest } = this;
    return latest?.itemId === itemId && this.deps.nowMs() - latest.atMs < FRESH_MS ? latest.info : null;
  }

  private untilUpdate(itemId: string): Promise<void> {
    this.waiting?.done();
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.waiting = null;
        this.answeredItem = itemId;
        resolve();
      };
      const cancel = this.deps.timer.after(UPDATE_WITHIN_MS, done);
      this.waiting = { itemId, done };
    });
  }
}
