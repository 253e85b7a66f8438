// Items whose media is still being prepared: their URL is asked for again until there is one.
import { ApiError } from '../../api/errors';
import type { GetPlaybackInfoResponseJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import type { Timer } from '../../sync/timer';

export interface ReadinessDeps {
  timer: Timer;
  nowMs(): number;
  /** The room plays this item, or plays it next. */
  isWanted(itemId: string): boolean;
  /** When this item is asked for again; null: the wait is over. */
  changed(itemId: string, againAtMs: number | null): void;
}

/** When the server does not say. */
const AGAIN_MS = 3_000;
const MIN_MS = 500;
const MAX_MS = 30_000;

export class Readiness {
  private readonly pauses = new Map<string, () => void>();
  private readonly asked = new Map<string, Promise<GetPlaybackInfoResponseJson>>();
  /** Items with news during their request, whose answer may be older. */
  private readonly stale = new Set<string>();

  constructor(private readonly deps: ReadinessDeps) {}

  /** Rejects at once with any other error, and once the room no longer wants the item. */
  of(itemId: string, request: () => Promise<GetPlaybackInfoResponseJson>): Promise<GetPlaybackInfoResponseJson> {
    const asked = this.asked.get(itemId) ?? this.ask(itemId, request).finally(() => this.asked.delete(itemId));
    this.asked.set(itemId, asked);
    return asked;
  }

  /** There is news of the item: it is asked for at once. */
  nudge(itemId: string): void {
    const pause = this.pauses.get(itemId);
    if (pause) pause();
    else if (this.asked.has(itemId)) this.stale.add(itemId);
  }

  private async ask(
    itemId: string,
    request: () => Promise<GetPlaybackInfoResponseJson>,
  ): Promise<GetPlaybackInfoResponseJson> {
    for (;;) {
      this.stale.delete(itemId);
      try {
        const info = await request();
        this.deps.changed(itemId, null);
        return info;
      } catch (error) {
        const isNotReady = error instanceof ApiError && error.reason === 'MEDIA_NOT_READY';
        if (!isNotReady || !this.deps.isWanted(itemId)) {
          this.deps.changed(itemId, null);
          throw error;
        }
        if (this.stale.has(itemId)) continue;
        await this.pause(itemId, Math.min(MAX_MS, Math.max(MIN_MS, error.retryAfterMs ?? AGAIN_MS)));
        if (this.deps.isWanted(itemId)) continue;
        this.deps.changed(itemId, null);
        throw error;
      }
    }
  }

  private pause(itemId: string, ms: number): Promise<void> {
    this.deps.changed(itemId, this.deps.nowMs() + ms);
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.pauses.delete(itemId);
        resolve();
      };
      const cancel = this.deps.timer.after(ms, end);
      this.pauses.set(itemId, end);
    });
  }
}
