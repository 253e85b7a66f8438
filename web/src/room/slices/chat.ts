import type { ApiError } from '../../api/errors';
import type { ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { updateOf } from '../frames';
import type { Slice } from '../slice';
import type { RoomState } from '../store';

export interface QueuedMessage {
  id: string;
  text: string;
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

export interface Chat {
  messages: readonly ChatMessageJson[];
  /** Reads the messages before these; empty when there are none. */
  olderToken: string;
  outbox: readonly QueuedMessage[];
  /** Why and until when the server takes no more messages; they wait, and are sent then. */
  hold: { error: ApiError; untilServerMs: number } | null;
  typing: readonly Typist[];
}

/** How many messages the page keeps; it reads older ones again when somebody wants them. */
const MAX_MESSAGES = 1_000;
const TYPING_MS = 4_000;
const MAX_TYPING = 8;

export const chat = {
  initial: { messages: [], olderToken: '', outbox: [], hold: null, typing: [] },
  observes: 'RESOURCE_CHAT',
  receive(state, frame, room, nowMs) {
    if (frame.welcome) return { ...state, typing: [] };
    if (frame.typing) return typed(state, frame.typing.subjectId ?? '', frame.typing.displayName ?? '', room, nowMs);
    const { snapshot, change } = updateOf(frame, 'RESOURCE_CHAT');
    if (snapshot) return withLatest(state, snapshot.messages ?? [], snapshot.nextPageToken ?? '');
    const changed = change?.sent ?? change?.updated;
    if (changed) return addMessages(state, [changed]);
    const deletedId = change?.deleted?.messageId;
    return deletedId ? { ...state, messages: state.messages.filter(({ id }) => id !== deletedId) } : state;
  },
  select: {
    messages: (room: RoomState) => room.chat.messages,
    olderToken: (room: RoomState) => room.chat.olderToken,
    outbox: (room: RoomState) => room.chat.outbox,
    waitingCount: (room: RoomState) => room.chat.outbox.length,
    hold: (room: RoomState) => room.chat.hold,
    typing: (room: RoomState) => room.chat.typing,
  },
} satisfies Slice<Chat>;

export function addMessages(state: Chat, added: readonly ChatMessageJson[]): Chat {
  if (!added.length) return state;
  const byId = new Map(state.messages.map((message) => [message.id ?? '', message]));
  for (const message of added) byId.set(message.id ?? '', message);
  // Message ids sort by time.
  const messages = [...byId.values()]
    .filter(({ type, deletedAt }) => type !== 'MESSAGE_TYPE_SYSTEM' && !deletedAt)
    .toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
    .slice(-MAX_MESSAGES);
  const arrived = new Set(added.map((message) => message.clientMessageId));
  const authors = new Set(added.map((message) => message.authorId));
  return {
    ...state,
    messages,
    outbox: state.outbox.filter((message) => !arrived.has(message.id)),
    typing: state.typing.filter((typist) => !authors.has(typist.subjectId)),
  };
}

export function addOlder(state: Chat, page: readonly ChatMessageJson[], olderToken: string): Chat {
  return { ...addMessages(state, page), olderToken };
}

/** Adds the latest page. Where it does not reach back to the known messages, there is a gap: those are dropped. */
function withLatest(state: Chat, page: readonly ChatMessageJson[], olderToken: string): Chat {
  const oldest = page[0]?.id ?? '';
  const newest = state.messages.at(-1)?.id ?? '';
  const meets = state.messages.length > 0 && (oldest <= newest || !olderToken);
  return meets ? addMessages(state, page) : addOlder({ ...state, messages: [] }, page, olderToken);
}

function typed(state: Chat, subjectId: string, displayName: string, room: RoomState, nowMs: number): Chat {
  if (subjectId === room.access.me?.subjectId) return state;
  const others = state.typing.filter((typist) => typist.subjectId !== subjectId && typist.untilMs > nowMs);
  return { ...state, typing: [...others, { subjectId, displayName, untilMs: nowMs + TYPING_MS }].slice(-MAX_TYPING) };
}
