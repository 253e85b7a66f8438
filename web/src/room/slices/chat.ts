// The chat of a room. Every change of it has a number: changes are applied in their order, and a gap is read again.
import type { ApiError } from '../../api/errors';
import type { ChatChangeJson, ListMessagesResponseJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { unreadAfter } from '../chat/lines';
import type { Mention } from '../chat/mentions';
import type { Message } from '../chat/message';
import {
  BEFORE_FIRST,
  bounded,
  changed,
  cleared,
  deleted,
  EMPTY_WINDOW,
  MAX_MESSAGES,
  merged,
  reacted,
  type Window,
  withOwnReactions,
} from '../chat/window';
import { messageFrom, personFrom } from '../chat/wire';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface QueuedMessage {
  id: string;
  text: string;
  mentions: readonly Mention[];
  isAction: boolean;
  /** The message that this one answers; null: none. */
  replyTo: Message | null;
  itemId: string;
  positionMs: number;
  /** Why the server did not take it; empty while it is on its way. */
  failure: string;
}

interface Typist {
  subjectId: string;
  displayName: string;
  untilMs: number;
}

/** A message that came while the page was looking. */
export interface Arrival {
  id: string;
  atMs: number;
}

export interface Chat {
  /** The server has sent the newest page. */
  isKnown: boolean;
  /** Every change up to this one is in the windows. */
  revision: number;
  /** The newest change that this page has heard of; above `revision` while it catches up. */
  heardRevision: number;
  /** The newest messages. */
  tail: Window;
  /** A window that does not reach the newest message, while an earlier place is shown. */
  past: Window | null;
  /** The person looks at the newest message. */
  isAtEnd: boolean;
  /** The largest number of characters of a message: Unicode scalar values after NFC. */
  maxLength: number;
  /** The last message that this person has read, on any device. */
  lastReadId: string;
  /** The line "New" stands after this message; empty: there is none. */
  newAfterId: string;
  arrivals: readonly Arrival[];
  outbox: readonly QueuedMessage[];
  /** Why and until when the server takes no more messages; they wait, and are sent then. */
  hold: { error: ApiError; untilServerMs: number } | null;
  /** Slow mode: when this person may send again; 0: now. */
  nextSendServerMs: number;
  typing: readonly Typist[];
}

const TYPING_MS = 4_000;
const MAX_TYPING = 8;
const MAX_ARRIVALS = 30;
const DEFAULT_MAX_LENGTH = 1_000;
const NOTHING: readonly Message[] = [];

export const chat = {
  initial: {
    isKnown: false,
    revision: 0,
    heardRevision: 0,
    tail: EMPTY_WINDOW,
    past: null,
    isAtEnd: true,
    maxLength: DEFAULT_MAX_LENGTH,
    lastReadId: '',
    newAfterId: '',
    arrivals: [],
    outbox: [],
    hold: null,
    nextSendServerMs: 0,
    typing: [],
  },
  observes: 'RESOURCE_CHAT',
  receive(state, frame, room, nowMs) {
    if (frame.welcome) return { ...state, typing: [] };
    if (frame.typing) return typed(state, frame.typing.subjectId ?? '', frame.typing.displayName ?? '', room, nowMs);
    const { snapshot, change } = updateOf(frame, 'RESOURCE_CHAT');
    const myId = room.access.me?.subjectId ?? '';
    if (snapshot) return withSnapshot(state, snapshot, myId);
    return change ? withChange(state, change, myId, nowMs) : state;
  },
  select: {
    isKnown: (room: RoomState) => room.chat.isKnown,
    /** What the list shows. */
    messages: (room: RoomState) => (room.chat.past ?? room.chat.tail).messages,
    olderToken: (room: RoomState) => (room.chat.past ?? room.chat.tail).olderToken,
    newest: (room: RoomState) => room.chat.tail.messages,
    isInPast: (room: RoomState) => room.chat.past !== null,
    newAfterId: (room: RoomState) => room.chat.newAfterId,
    arrivals: (room: RoomState) => room.chat.arrivals,
    maxLength: (room: RoomState) => room.chat.maxLength,
    /** Messages of others that this person has not read. */
    unread: (room: RoomState) =>
      unreadAfter(room.chat.tail.messages, room.chat.lastReadId, room.access.me?.subjectId ?? ''),
    /** Messages that name this person or answer them, and are not read. */
    unreadForMe: (room: RoomState) => {
      const myId = room.access.me?.subjectId ?? '';
      return unreadAfter(room.chat.tail.messages, room.chat.lastReadId, myId, (message) => isFor(message, myId));
    },
    isCatchingUp: (room: RoomState) => room.chat.heardRevision > room.chat.revision,
    outbox: (room: RoomState) => (room.chat.past ? NO_OUTBOX : room.chat.outbox),
    waitingCount: (room: RoomState) => room.chat.outbox.length,
    hold: (room: RoomState) => room.chat.hold,
    /** Slow mode: when this person may send again; 0: now. */
    nextSendServerMs: (room: RoomState) => (room.settings?.chat?.slowModeSeconds ? room.chat.nextSendServerMs : 0),
    typing: (room: RoomState) => room.chat.typing,
    message: (room: RoomState, id: string) =>
      room.chat.tail.messages.find((message) => message.id === id) ??
      (room.chat.past?.messages ?? NOTHING).find((message) => message.id === id),
  },
} satisfies Slice<Chat>;

const NO_OUTBOX: readonly QueuedMessage[] = [];

/** Whether a message names this person, or answers them. */
export function isFor(message: Message, myId: string): boolean {
  return (
    message.authorId !== myId &&
    (message.quote?.authorId === myId || message.mentions.some(({ subjectId }) => subjectId === myId))
  );
}

/** The newest page, at the start of a connection. What was missed before it is read as changes. */
function withSnapshot(state: Chat, page: ListMessagesResponseJson, myId: string): Chat {
  const heardRevision = Math.max(state.heardRevision, Number(page.revision ?? 0));
  const told = { ...state, ...toldBy(page, state), isKnown: true, heardRevision };
  if (state.isKnown) return told;
  return atNewest(told, page, myId);
}

/** The chat begins anew with its newest page. */
export function atNewest(state: Chat, page: ListMessagesResponseJson, myId: string): Chat {
  const messages = (page.messages ?? []).map((json) => messageFrom(json, myId));
  const revision = Number(page.revision ?? 0);
  return {
    ...state,
    isKnown: true,
    revision,
    heardRevision: Math.max(state.heardRevision, revision),
    tail: { messages: merged([], messages), olderToken: page.nextPageToken ?? '' },
    past: null,
    // What was said before the first visit is nothing new.
    lastReadId: state.lastReadId || (messages.at(-1)?.id ?? ''),
    newAfterId: state.newAfterId || (page.readState?.unreadCount ? (page.readState.lastReadMessageId ?? '') : ''),
    outbox: withoutArrived(state.outbox, messages),
  };
}

function toldBy(page: ListMessagesResponseJson, before: Chat): Partial<Chat> {
  const lastReadId = page.readState?.lastReadMessageId ?? '';
  const nextSendMs = Date.parse(page.nextSendAt ?? '');
  return {
    maxLength: page.maxTextLength || DEFAULT_MAX_LENGTH,
    nextSendServerMs: Number.isFinite(nextSendMs) ? nextSendMs : 0,
    // Another device of this person may have read further.
    lastReadId: lastReadId > before.lastReadId ? lastReadId : before.lastReadId,
  };
}

/** A change that has just happened. One that does not follow the last one waits to be read with those before it. */
function withChange(state: Chat, change: ChatChangeJson, myId: string, nowMs: number): Chat {
  const revision = Number(change.revision ?? 0);
  if (revision <= state.revision) return state;
  const heardRevision = Math.max(state.heardRevision, revision);
  // The first page may have been read before this change, and come after it.
  if (!state.isKnown || revision > state.revision + 1) return { ...state, heardRevision };
  const next = applied(state, change, myId);
  return { ...next, revision, heardRevision, arrivals: withArrivals(next, [change], nowMs) };
}

/**
 * Changes that were read at once: everything up to `revision`. Messages sent since `sinceServerMs` arrive now, as if no
 * change had been missed before them.
 */
export function caughtUp(
  state: Chat,
  changes: readonly ChatChangeJson[],
  revision: number,
  myId: string,
  { nowMs, sinceServerMs }: { nowMs: number; sinceServerMs: number },
): Chat {
  const missed = changes.filter((change) => Number(change.revision ?? 0) > state.revision);
  const next = missed.reduce((before, change) => applied(before, change, myId), state);
  const fresh = missed.filter(({ sent }) => Date.parse(sent?.sentAt ?? '') >= sinceServerMs);
  return {
    ...next,
    revision: Math.max(state.revision, revision),
    heardRevision: Math.max(state.heardRevision, revision),
    arrivals: withArrivals(next, fresh, nowMs),
  };
}

function withArrivals({ arrivals, tail }: Chat, changes: readonly ChatChangeJson[], atMs: number): readonly Arrival[] {
  const ids = changes.map(({ sent }) => sent?.id ?? '');
  const come = ids.filter((id) => id && tail.messages.some((message) => message.id === id));
  return come.length ? [...arrivals, ...come.map((id) => ({ id, atMs }))].slice(-MAX_ARRIVALS) : arrivals;
}

function applied(state: Chat, change: ChatChangeJson, myId: string): Chat {
  const { sent, updated, deleted: gone, reaction, pin, cleared: purge } = change;
  if (sent) return addMessages(state, [messageFrom(sent, myId)]);
  if (updated) {
    const message = messageFrom(updated, myId);
    const known = [...state.tail.messages, ...(state.past?.messages ?? NOTHING)].find(({ id }) => id === message.id);
    return onBoth(state, (messages) => changed(messages, message.id, () => withOwnReactions(message, known)));
  }
  if (gone) return onBoth(state, (messages) => deleted(messages, gone.messageId ?? ''));
  if (purge) return onBoth(state, (messages) => cleared(messages, purge.authorId ?? '', purge.upToMessageId ?? ''));
  if (pin)
    return onBoth(state, (messages) =>
      changed(messages, pin.messageId ?? '', (message) => ({ ...message, isPinned: pin.pinned === true })),
    );
  if (reaction) {
    const { messageId = '', key = '', person, added = false, count = 0 } = reaction;
    const news = { key, person: personFrom(person), isAdded: added, count };
    return onBoth(state, (messages) => changed(messages, messageId, (message) => reacted(message, news, myId)));
  }
  return state;
}

function onBoth(state: Chat, change: (messages: readonly Message[]) => readonly Message[]): Chat {
  const { tail, past } = state;
  return {
    ...state,
    tail: { ...tail, messages: change(tail.messages) },
    past: past && { ...past, messages: change(past.messages) },
  };
}

/** Adds messages at the end, or newer states of known ones. */
export function addMessages(state: Chat, added: readonly Message[]): Chat {
  if (!added.length) return state;
  const authors = new Set(added.map(({ authorId }) => authorId));
  const tail = { ...state.tail, messages: merged(state.tail.messages, added) };
  const isLong = tail.messages.length > MAX_MESSAGES;
  return {
    ...state,
    tail: bounded(tail),
    // Whoever reads an earlier place keeps it: the window stays there while the chat goes on.
    past: isLong && !state.isAtEnd && !state.past ? oldest(tail) : state.past,
    outbox: withoutArrived(state.outbox, added),
    typing: state.typing.filter((typist) => !authors.has(typist.subjectId)),
  };
}

function oldest({ messages, olderToken }: Window): Window {
  return { messages: messages.slice(0, MAX_MESSAGES), olderToken };
}

/** A page before the window that is shown. */
export function addOlder(state: Chat, page: readonly Message[], olderToken: string): Chat {
  const { past, tail } = state;
  const messages = merged((past ?? tail).messages, page);
  const window = { messages, olderToken };
  if (past) return { ...state, past: oldest(window) };
  if (messages.length <= MAX_MESSAGES) return { ...state, tail: window };
  return { ...state, tail: bounded(window), past: oldest(window) };
}

/** A page after an earlier window. Once it meets the newest messages, they are one window again. */
export function addNewer(state: Chat, page: readonly Message[]): Chat {
  const { past, tail } = state;
  if (!past) return state;
  const messages = merged(past.messages, page);
  const last = messages.at(-1)?.id ?? '';
  if (page.length > 0 && last < (tail.messages[0]?.id ?? '')) {
    const kept = messages.slice(-MAX_MESSAGES);
    return {
      ...state,
      past: { messages: kept, olderToken: kept.length < messages.length ? BEFORE_FIRST : past.olderToken },
    };
  }
  return {
    ...state,
    past: null,
    tail: bounded({ messages: merged(messages, tail.messages), olderToken: past.olderToken }),
  };
}

function withoutArrived(outbox: readonly QueuedMessage[], arrived: readonly Message[]): readonly QueuedMessage[] {
  if (!outbox.length) return outbox;
  const ids = new Set(arrived.map(({ clientId }) => clientId));
  return outbox.filter(({ id }) => !ids.has(id));
}

function typed(state: Chat, subjectId: string, displayName: string, room: RoomState, nowMs: number): Chat {
  if (subjectId === room.access.me?.subjectId) return state;
  const others = state.typing.filter((typist) => typist.subjectId !== subjectId && typist.untilMs > nowMs);
  return { ...state, typing: [...others, { subjectId, displayName, untilMs: nowMs + TYPING_MS }].slice(-MAX_TYPING) };
}
