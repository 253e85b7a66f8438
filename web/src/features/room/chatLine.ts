// Saying things in a room, and reading what was said. Offline a message waits, and goes out under the same id, so that
// it is said once.
import type { StoreApi } from 'zustand/vanilla';
import { messagesAfter, olderMessages } from '../../api/endpoints';
import { ApiError, explain } from '../../api/errors';
import type { AckJson, ClientFrameJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import { newId } from '../../api/ids';
import { usFromMs } from '../../sync/motion';
import type { Timer } from '../../sync/timer';
import { addMessages, olderPage, type QueuedMessage, type RoomState } from './state';

export interface ChatDeps {
  roomId: string;
  store: StoreApi<RoomState>;
  timer: Timer;
  send(frame: ClientFrameJson): boolean;
  request(frame: ClientFrameJson & { id: string }): Promise<AckJson>;
  roomPositionMs(): number | null;
  serverNowMs(): number;
  failed(message: string): void;
}

const MAX_OUTBOX = 50;
const RESEND_MS = 2_000;
const TYPING_EVERY_MS = 2_500;
const MAX_CATCH_UP_PAGES = 5;

export class ChatLine {
  private typedMs = -Infinity;
  private sending = false;

  constructor(private readonly deps: ChatDeps) {}

  say(text: string): void {
    const { store } = this.deps;
    const { outbox, motion } = store.getState();
    if (outbox.length >= MAX_OUTBOX) {
      this.deps.failed('Too many messages are waiting to be sent. Wait until they are sent.');
      return;
    }
    const message: QueuedMessage = { id: newId(), text, itemId: motion.itemId, positionMs: this.deps.roomPositionMs() ?? 0, failure: '' };
    store.setState({ outbox: [...outbox, message] });
    void this.flush();
  }

  /** Sends again, or drops, what the server refused. */
  settle(id: string, again: boolean): void {
    const { outbox } = this.deps.store.getState();
    this.deps.store.setState({ outbox: again ? outbox.map((m) => (m.id === id ? { ...m, failure: '' } : m)) : outbox.filter((m) => m.id !== id) });
    void this.flush();
  }

  typing(): void {
    const nowMs = performance.now();
    if (nowMs - this.typedMs < TYPING_EVERY_MS) return;
    this.typedMs = nowMs;
    this.deps.send({ typing: {} });
  }

  async loadOlder(): Promise<void> {
    const { olderToken } = this.deps.store.getState();
    if (!olderToken) return;
    const page = await olderMessages(this.deps.roomId, olderToken);
    this.deps.store.setState((state) => olderPage(state, page.messages ?? [], page.nextPageToken ?? ''));
  }

  /** Reads what was said while nobody listened here. */
  async catchUp(): Promise<void> {
    const { roomId, store } = this.deps;
    try {
      let after = store.getState().messages.at(-1)?.id;
      for (let page = 0; after && page < MAX_CATCH_UP_PAGES; page += 1) {
        const { messages = [] } = await messagesAfter(roomId, after);
        store.setState((state) => addMessages(state, messages));
        const last = messages.at(-1)?.id;
        if (last === after) return;
        after = last;
      }
    } catch {
      // The next welcome or resync reads it again.
    }
  }

  async flush(): Promise<void> {
    if (this.sending || this.deps.store.getState().chatHold) return;
    this.sending = true;
    const { store } = this.deps;
    try {
      for (;;) {
        const message = store.getState().outbox.find((m) => !m.failure);
        if (!message) return;
        const chat = { text: message.text, itemId: message.itemId, positionUs: usFromMs(message.positionMs) };
        const ack = await this.deps.request({ id: message.id, chat });
        store.setState((state) => ({
          ...addMessages(state, ack.message ? [ack.message] : []),
          outbox: state.outbox.filter((m) => m.id !== message.id),
        }));
      }
    } catch (error) {
      this.refused(error);
    } finally {
      this.sending = false;
    }
  }

  private refused(error: unknown): void {
    const { store, timer } = this.deps;
    if (!(error instanceof ApiError) || error.code === 0) {
      // Offline everything waits for the next welcome. Online an answer was lost: ask again, under the same id.
      if (store.getState().status === 'online') timer.after(RESEND_MS, () => void this.flush());
      return;
    }
    if (error.reason === 'RATE_LIMITED' && error.retryAfterMs !== null) {
      this.hold(error, error.retryAfterMs);
      return;
    }
    // The first message is the one that was refused.
    const failure = explain(error);
    const first = store.getState().outbox.find((m) => !m.failure);
    if (!first) return;
    store.setState((state) => ({ outbox: state.outbox.map((m) => (m.id === first.id ? { ...m, failure } : m)) }));
    timer.after(error.retryAfterMs ?? 0, () => void this.flush());
  }

  /** Keeps messages until the server takes the next one. */
  private hold(error: ApiError, forMs: number): void {
    const { store, timer, serverNowMs } = this.deps;
    store.setState({ chatHold: { error, untilServerMs: serverNowMs() + forMs } });
    timer.after(forMs, () => {
      store.setState({ chatHold: null });
      void this.flush();
    });
  }
}
