// Reads the chat: what was missed, earlier places, search, pins; and says what this person has read.
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { ChatService } from '../../api/gen/services';
import type { ListMessagesRequestJson, ListMessagesResponseJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import type { Rpc } from '../../api/rpc';
import type { Timer } from '../../sync/timer';
import { addNewer, addOlder, atNewest, type Chat, caughtUp, chat } from '../slices/chat';
import { type RoomStore, update } from '../store';
import type { Message } from './message';
import { BEFORE_FIRST } from './window';
import { messageFrom } from './wire';

export interface HistoryDeps {
  roomId: string;
  store: RoomStore;
  timer: Timer;
  failed(message: string): void;
  serverNowMs(): number;
  /** Default: over HTTP. */
  call?<Input extends object, Output>(rpc: Rpc<Input, Output>, input: Input): Promise<Output>;
}

const PAGE = 200;
const AROUND = 100;
const SEARCH_PAGE = 20;
const RETRY_MS = 2_000;
/** Missed messages that are no older than this count as arrivals. */
const FRESH_MS = 10_000;
/** Marks are sent at most this often: what counts is the last one. */
const MARK_EVERY_MS = 3_000;

export interface Found {
  messages: readonly Message[];
  /** Reads the next page; empty: there is none. */
  nextToken: string;
}

export class ChatHistory {
  private isCatchingUp = false;
  /** More may be missing than the answer that is on its way tells. */
  private isAskedAgain = false;
  private isReading = false;
  private markedId = '';
  private isMarkDue = false;

  constructor(private readonly deps: HistoryDeps) {}

  /** Call after each frame: reads what is missing before a change that came too early. */
  follow(): void {
    const { isKnown, revision, heardRevision } = this.chat;
    if (isKnown && heardRevision > revision && !this.isCatchingUp) void this.catchUp();
  }

  /** Reads every change since the last known one, however many there are. */
  async catchUp(): Promise<void> {
    this.isAskedAgain = true;
    if (this.isCatchingUp || !this.chat.isKnown) return;
    this.isCatchingUp = true;
    try {
      for (;;) {
        this.isAskedAgain = false;
        const {
          changes = [],
          revision,
          hasMore,
          restart,
        } = await this.call(ChatService.listChanges, {
          room: this.deps.roomId,
          afterRevision: String(this.chat.revision),
        });
        if (restart) {
          await this.startAgain();
        } else {
          const upTo = Number(revision ?? 0);
          const now = { nowMs: performance.now(), sinceServerMs: this.deps.serverNowMs() - FRESH_MS };
          this.update((state) => caughtUp(state, changes, upTo, this.myId, now));
        }
        const { revision: now, heardRevision } = this.chat;
        // A change may have come meanwhile. Without progress the next frame asks again.
        const isBehind = heardRevision > now && changes.length > 0;
        if (!this.isAskedAgain && (restart || !(hasMore || isBehind))) break;
      }
    } catch {
      this.deps.timer.after(RETRY_MS, () => {
        this.isCatchingUp = false;
        void this.catchUp();
      });
      return;
    }
    this.isCatchingUp = false;
  }

  /** More changed than the server keeps: the chat begins anew with its newest page, which older pages follow. */
  private async startAgain(): Promise<void> {
    const page = await this.list({ pageSize: PAGE });
    this.update((state) => atNewest(state, page, this.myId));
  }

  async loadOlder(): Promise<void> {
    const { past, tail } = this.chat;
    const window = past ?? tail;
    const first = window.messages[0];
    if (!window.olderToken || !first) return;
    await this.read(async () => {
      const from =
        window.olderToken === BEFORE_FIRST ? { beforeMessageId: first.id } : { pageToken: window.olderToken };
      const page = await this.list({ ...from, pageSize: PAGE });
      // Another window may be shown by now.
      if ((this.chat.past ?? this.chat.tail).messages[0]?.id !== first.id) return;
      this.update((state) => addOlder(state, this.messagesOf(page), page.nextPageToken ?? ''));
    });
  }

  async loadNewer(): Promise<void> {
    const last = this.chat.past?.messages.at(-1);
    if (!last) return;
    await this.read(async () => {
      const page = await this.list({ afterMessageId: last.id, pageSize: PAGE });
      if (this.chat.past?.messages.at(-1)?.id !== last.id) return;
      this.update((state) => addNewer(state, this.messagesOf(page)));
    });
  }

  /** Shows the place of a message. Returns false, and says why, when it cannot. */
  async open(id: string): Promise<boolean> {
    if (chat.select.messages(this.deps.store.getState()).some((message) => message.id === id)) return true;
    if (this.chat.tail.messages.some((message) => message.id === id)) {
      this.toNewest();
      return true;
    }
    try {
      const page = await this.list({ aroundMessageId: id, pageSize: AROUND });
      const past = { messages: this.messagesOf(page), olderToken: page.nextPageToken ?? '' };
      this.update((state) => addNewer({ ...state, past }, past.messages));
      return past.messages.some((message) => message.id === id);
    } catch (error) {
      this.deps.failed(explain(error));
      return false;
    }
  }

  /** Shows the newest messages again. */
  toNewest(): void {
    if (this.chat.past) this.update((state) => ({ ...state, past: null }));
  }

  /** Whether the person sees the end of the list. */
  atEnd(isAtEnd: boolean): void {
    if (this.chat.isAtEnd !== isAtEnd) this.update((state) => ({ ...state, isAtEnd }));
  }

  async search(query: string, authorId: string, pageToken: string): Promise<Found> {
    const { messages = [], nextPageToken = '' } = await this.call(ChatService.searchMessages, {
      room: this.deps.roomId,
      query,
      authorId,
      pageToken,
      pageSize: SEARCH_PAGE,
    });
    return { messages: messages.map((json) => messageFrom(json, this.myId)), nextToken: nextPageToken };
  }

  async pins(): Promise<readonly Message[]> {
    const { messages = [] } = await this.call(ChatService.listPins, { room: this.deps.roomId });
    return messages.map((json) => messageFrom(json, this.myId));
  }

  /** The person looks away: what comes from now on stands after the line "New". */
  lookedAway(): void {
    const { lastReadId, newAfterId } = this.chat;
    if (newAfterId !== lastReadId) this.update((state) => ({ ...state, newAfterId: lastReadId }));
  }

  /** The person has seen the newest message. */
  readAll(): void {
    const last = this.chat.tail.messages.at(-1)?.id ?? '';
    if (!last || last <= this.chat.lastReadId) return;
    this.update((state) => ({ ...state, lastReadId: last }));
    this.mark();
  }

  private mark(): void {
    if (this.isMarkDue) return;
    this.isMarkDue = true;
    this.deps.timer.after(MARK_EVERY_MS, () => {
      this.isMarkDue = false;
      const { lastReadId } = this.chat;
      if (lastReadId === this.markedId) return;
      this.markedId = lastReadId;
      this.call(ChatService.markRead, { room: this.deps.roomId, messageId: lastReadId }).catch(() => {
        // The next mark covers this one.
        this.markedId = '';
      });
    });
  }

  private async read(page: () => Promise<void>): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      await page();
    } finally {
      this.isReading = false;
    }
  }

  private list(request: Omit<ListMessagesRequestJson, 'room'>): Promise<ListMessagesResponseJson> {
    return this.call(ChatService.listMessages, { room: this.deps.roomId, ...request });
  }

  private messagesOf(page: ListMessagesResponseJson): readonly Message[] {
    return (page.messages ?? []).map((json) => messageFrom(json, this.myId));
  }

  private call<Input extends object, Output>(rpc: Rpc<Input, Output>, input: Input): Promise<Output> {
    return this.deps.call ? this.deps.call(rpc, input) : call(rpc, input);
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
