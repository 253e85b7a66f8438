// Sends messages. One that cannot be sent waits, and is sent under the same id later, so that it appears once.
import { ApiError, explain } from '../../api/errors';
import { ChatService } from '../../api/gen/services';
import { newId } from '../../api/ids';
import type { Rpc } from '../../api/rpc';
import { usFromMs } from '../../sync/motion';
import type { Timer } from '../../sync/timer';
import type { ClientFrame } from '../frames';
import { addMessages, type Chat, type QueuedMessage } from '../slices/chat';
import { type RoomStore, update } from '../store';
import { mentionsIn, type Named } from './mentions';
import type { Message } from './message';
import { asSent } from './text';
import { messageFrom } from './wire';

export interface SenderDeps {
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

export interface Saying {
  text: string;
  /** The people whom the text may name. */
  people?: readonly Named[];
  replyTo?: Message | null;
  isAction?: boolean;
}

const MAX_OUTBOX = 50;
const RESEND_MS = 2_000;
const TYPING_EVERY_MS = 2_500;
/** Reasons for which a message waits. */
const PASSING = new Set(['RATE_LIMITED', 'SLOW_MODE']);

export class ChatSender {
  /** What stands in the field, also while the panel is hidden. */
  draft = '';
  private typedMs = -Infinity;
  private isSending = false;

  constructor(private readonly deps: SenderDeps) {}

  send({ text: written, people = [], replyTo = null, isAction = false }: Saying): void {
    const { chat, playback } = this.deps.store.getState();
    if (chat.outbox.length >= MAX_OUTBOX) {
      this.deps.failed('Too many messages are waiting to be sent. Wait until they are sent.');
      return;
    }
    const text = asSent(written);
    const message: QueuedMessage = {
      id: newId(),
      text,
      mentions: mentionsIn(text, people),
      isAction,
      replyTo,
      itemId: playback.motion.itemId,
      positionMs: this.deps.roomPositionMs() ?? 0,
      failure: '',
    };
    // Sending leads to the newest message, wherever the person was reading.
    this.update((state) => ({ ...state, past: null, outbox: [...state.outbox, message] }));
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

  async flush(): Promise<void> {
    if (this.isSending || this.chat.hold) return;
    this.isSending = true;
    try {
      for (;;) {
        const message = this.chat.outbox.find((m) => !m.failure);
        if (!message) return;
        const said = await this.deps.call(ChatService.sendMessage, this.request(message), message.id);
        this.update((state) => {
          const stored = said.message ? messageFrom(said.message, this.myId) : null;
          // The change that everyone gets has a number, and counts; it may come later than this answer.
          const next = stored && state.isKnown ? addMessages(state, [stored]) : state;
          const nextSendMs = Date.parse(said.nextSendAt ?? '');
          return {
            ...next,
            outbox: next.outbox.filter((m) => m.id !== message.id),
            nextSendServerMs: Number.isFinite(nextSendMs) ? nextSendMs : 0,
          };
        });
      }
    } catch (error) {
      this.refused(error);
    } finally {
      this.isSending = false;
    }
  }

  private request(message: QueuedMessage) {
    return {
      room: this.deps.roomId,
      clientMessageId: message.id,
      text: message.text,
      itemId: message.itemId,
      positionUs: usFromMs(message.positionMs),
      ...(message.replyTo && { replyToMessageId: message.replyTo.id }),
      ...(message.mentions.length > 0 && { mentions: [...message.mentions] }),
      ...(message.isAction && { style: 'MESSAGE_STYLE_ACTION' as const }),
    };
  }

  private refused(error: unknown): void {
    const { store, timer } = this.deps;
    if (!(error instanceof ApiError) || error.code === 0) {
      // Offline everything waits for the next welcome. Online an answer was lost: ask again, under the same id.
      if (store.getState().connection.status === 'online') timer.after(RESEND_MS, () => void this.flush());
      return;
    }
    if (PASSING.has(error.reason) && error.retryAfterMs !== null) {
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

  private get myId(): string {
    return this.deps.store.getState().access.me?.subjectId ?? '';
  }

  private get chat(): Chat {
    return this.deps.store.getState().chat;
  }

  private update(change: (state: Chat) => Chat): void {
    update(this.deps.store, 'chat', change);
  }
}
