// Sends messages and reads those of others. A message that cannot be sent waits, and is sent under the same id later, so
// that it appears once.
import { call } from '../api/call';
import { ApiError, explain } from '../api/errors';
import { ChatService } from '../api/gen/services';
import { newId } from '../api/ids';
import type { Rpc } from '../api/rpc';
import { usFromMs } from '../sync/motion';
import type { Timer } from '../sync/timer';
import type { ClientFrame } from './frames';
import { addMessages, addOlder, type Chat, type QueuedMessage } from './slices/chat';
import { type RoomStore, update } from './store';

export interface ChatDeps {
  roomId: string;
  store: RoomStore;
  timer: Timer;
  send(frame: ClientFrame): boolean;
  /** Calls an RPC over the socket; a frame with the same id is the same request. */
  call<Input extends object, Output>(rpc: Rpc<Input, Output>, input: Input, id: string): Promise<Output>;
  roomPositionMs(): number | null;
  serverNowMs(): number;
  failed(message: string): void;
}

const MAX_OUTBOX = 50;
const RESEND_MS = 2_000;
const TYPING_EVERY_MS = 2_500;
const CATCH_UP_PAGE = 200;
const MAX_CATCH_UP_PAGES = 5;

export class ChatSender {
  private typedMs = -Infinity;
  private sending = false;

  constructor(private readonly deps: ChatDeps) {}

  send(text: string): void {
    const { chat, playback } = this.deps.store.getState();
    if (chat.outbox.length >= MAX_OUTBOX) {
      this.deps.failed('Too many messages are waiting to be sent. Wait until they are sent.');
      return;
    }
    const message: QueuedMessage = {
      id: newId(),
      text,
      itemId: playback.motion.itemId,
      positionMs: this.deps.roomPositionMs() ?? 0,
      failure: '',
    };
    this.update((state) => ({ ...state, outbox: [...state.outbox, message] }));
    void this.flush();
  }

  /** Sends a rejected message again. */
  retry(id: string): void {
    this.update((state) => ({ ...state, outbox: state.outbox.map((m) => (m.id === id ? { ...m, failure: '' } : m)) }));
    void this.flush();
  }

  /** Drops a rejected message. */
  discard(id: string): void {
    this.update((state) => ({ ...state, outbox: state.outbox.filter((m) => m.id !== id) }));
    void this.flush();
  }

  typing(): void {
    const nowMs = performance.now();
    if (nowMs - this.typedMs < TYPING_EVERY_MS) return;
    this.typedMs = nowMs;
    this.deps.send({ typing: {} });
  }

  async loadOlder(): Promise<void> {
    const { olderToken } = this.chat;
    if (!olderToken) return;
    const page = await call(ChatService.listMessages, { room: this.deps.roomId, pageToken: olderToken });
    this.update((state) => addOlder(state, page.messages ?? [], page.nextPageToken ?? ''));
  }

  /** Reads the messages that were sent while there was no connection. */
  async catchUp(): Promise<void> {
    const { roomId: room } = this.deps;
    try {
      let afterMessageId = this.chat.messages.at(-1)?.id;
      for (let page = 0; afterMessageId && page < MAX_CATCH_UP_PAGES; page += 1) {
        const { messages = [] } = await call(ChatService.listMessages, {
          room,
          afterMessageId,
          pageSize: CATCH_UP_PAGE,
        });
        this.update((state) => addMessages(state, messages));
        const last = messages.at(-1)?.id;
        if (last === afterMessageId) return;
        afterMessageId = last;
      }
    } catch {
      // The next welcome or resync reads them again.
    }
  }

  async flush(): Promise<void> {
    if (this.sending || this.chat.hold) return;
    this.sending = true;
    try {
      for (;;) {
        const message = this.chat.outbox.find((m) => !m.failure);
        if (!message) return;
        const said = await this.deps.call(
          ChatService.sendMessage,
          {
            room: this.deps.roomId,
            clientMessageId: message.id,
            text: message.text,
            itemId: message.itemId,
            positionUs: usFromMs(message.positionMs),
          },
          message.id,
        );
        this.update((state) => {
          const next = addMessages(state, said.message ? [said.message] : []);
          return { ...next, outbox: next.outbox.filter((m) => m.id !== message.id) };
        });
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
      if (store.getState().connection.status === 'online') timer.after(RESEND_MS, () => void this.flush());
      return;
    }
    if (error.reason === 'RATE_LIMITED' && error.retryAfterMs !== null) {
      this.hold(error, error.retryAfterMs);
      return;
    }
    // The first message is the one that was refused.
    const failure = explain(error);
    const first = this.chat.outbox.find((m) => !m.failure);
    if (!first) return;
    this.update((state) => ({
      ...state,
      outbox: state.outbox.map((m) => (m.id === first.id ? { ...m, failure } : m)),
    }));
    timer.after(error.retryAfterMs ?? 0, () => void this.flush());
  }

  /** Keeps messages until the server takes the next one. */
  private hold(error: ApiError, forMs: number): void {
    const untilServerMs = this.deps.serverNowMs() + forMs;
    this.update((state) => ({ ...state, hold: { error, untilServerMs } }));
    this.deps.timer.after(forMs, () => {
      this.update((state) => ({ ...state, hold: null }));
      void this.flush();
    });
  }

  private get chat(): Chat {
    return this.deps.store.getState().chat;
  }

  private update(change: (state: Chat) => Chat): void {
    update(this.deps.store, 'chat', change);
  }
}
