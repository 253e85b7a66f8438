// The end of a mute. Nobody tells it, since nothing happens then but time: the page reads anew what this person may do.
import type { GetAccessResponseJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { Timer } from '../../sync/timer';
import { type RoomStore, receive } from '../store';

export interface MuteEndDeps {
  store: RoomStore;
  timer: Timer;
  serverNowMs(): number;
  read(): Promise<GetAccessResponseJson>;
}

/** The server's clock is known within this. */
const MARGIN_MS = 300;
const RETRY_MS = 5_000;
/** Browsers fire timers of more than 24.8 days at once. */
const MAX_TIMER_MS = 86_400_000;

export class MuteEnd {
  private untilMs = 0;
  private cancel: () => void = () => undefined;

  constructor(private readonly deps: MuteEndDeps) {}

  /** Call after each frame. */
  follow(): void {
    const untilMs = Date.parse(this.deps.store.getState().access.me?.mutedUntil ?? '') || 0;
    if (untilMs === this.untilMs) return;
    this.untilMs = untilMs;
    this.wait();
  }

  private wait(): void {
    this.cancel();
    const leftMs = this.untilMs - this.deps.serverNowMs();
    if (leftMs <= 0) return;
    this.cancel = this.deps.timer.after(Math.min(leftMs + MARGIN_MS, MAX_TIMER_MS), () => void this.read());
  }

  private async read(): Promise<void> {
    if (this.untilMs > this.deps.serverNowMs()) {
      this.wait();
      return;
    }
    try {
      const snapshot = await this.deps.read();
      const { store } = this.deps;
      store.setState((room) => receive(room, { resource: { resource: 'RESOURCE_ACCESS', snapshot } }, 0));
    } catch {
      this.cancel = this.deps.timer.after(RETRY_MS, () => void this.read());
    }
  }
}
