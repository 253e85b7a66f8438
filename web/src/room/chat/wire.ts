// From what the server sends to what the page shows. Anything unexpected becomes a placeholder: one message must never
// break the page of everyone (case W10).
import type {
  ChatMessageJson,
  MentionJson,
  PersonJson,
  QuoteJson,
  ReactionJson,
  SystemEventJson,
  SystemEventKindJson,
} from '../../api/gen/syncwatch/room/v1/chat_pb';
import { msFromUs } from '../format';
import type { Mention, Named } from './mentions';
import type { Message, Quote, Reaction, SystemFact, SystemKind } from './message';
import { normalized } from './text';

const KINDS: Readonly<Record<SystemEventKindJson, SystemKind>> = {
  SYSTEM_EVENT_KIND_UNSPECIFIED: 'unknown',
  SYSTEM_EVENT_KIND_JOIN: 'joined',
  SYSTEM_EVENT_KIND_LEAVE: 'left',
  SYSTEM_EVENT_KIND_PLAY: 'played',
  SYSTEM_EVENT_KIND_PAUSE: 'paused',
  SYSTEM_EVENT_KIND_SEEK: 'jumped',
  SYSTEM_EVENT_KIND_HAND_OVER: 'owner',
  SYSTEM_EVENT_KIND_ITEM_ADDED: 'added',
  SYSTEM_EVENT_KIND_ITEM_REMOVED: 'taken',
  SYSTEM_EVENT_KIND_ITEM_STARTED: 'started',
};

/** `myId`: changes that everyone gets do not say whose reactions are one's own, but name the first people. */
export function messageFrom(json: ChatMessageJson, myId: string): Message {
  const sentMs = Date.parse(textOf(json.sentAt));
  const isRemoved = json.deletedAt !== undefined && json.deletedAt !== null;
  return {
    id: textOf(json.id),
    authorId: textOf(json.authorId),
    authorName: textOf(json.authorName),
    text: isRemoved ? '' : normalized(textOf(json.text)),
    mentions: listOf(json.mentions).flatMap(mentionFrom),
    sentMs: Number.isFinite(sentMs) ? sentMs : 0,
    isEdited: json.editedAt !== undefined && json.editedAt !== null,
    isRemoved,
    isPinned: json.pinned === true,
    isAction: json.style === 'MESSAGE_STYLE_ACTION',
    isBroken: json.text !== undefined && typeof json.text !== 'string',
    quote: json.replyTo ? quoteFrom(json.replyTo) : null,
    reactions: listOf(json.reactions).flatMap((reaction) => reactionFrom(reaction, myId)),
    itemId: textOf(json.itemId),
    positionMs: msFromUs(json.positionUs),
    clientId: textOf(json.clientMessageId),
    system: json.system ? systemFrom(json.system) : null,
  };
}

export function personFrom(json: PersonJson | undefined): Named {
  return { id: textOf(json?.subjectId), name: textOf(json?.displayName) };
}

function mentionFrom({ subjectId, start = 0, length = 0, displayName }: MentionJson): Mention[] {
  const isRange = Number.isInteger(start) && Number.isInteger(length) && start >= 0 && length > 0;
  return isRange && typeof subjectId === 'string' ? [{ subjectId, start, length, name: textOf(displayName) }] : [];
}

function quoteFrom(json: QuoteJson): Quote {
  const isRemoved = json.deleted === true;
  return {
    messageId: textOf(json.messageId),
    authorId: textOf(json.authorId),
    authorName: textOf(json.authorName),
    text: isRemoved ? '' : normalized(textOf(json.text)),
    isRemoved,
  };
}

function reactionFrom(json: ReactionJson, myId: string): Reaction[] {
  const key = textOf(json.key);
  const people = listOf(json.people).map(personFrom);
  const isMine = json.mine === true || (myId !== '' && people.some(({ id }) => id === myId));
  return key ? [{ key, count: Math.max(1, Number(json.count ?? 0) || 0), isMine, people }] : [];
}

function systemFrom(json: SystemEventJson): SystemFact {
  const people = listOf(json.people).map(personFrom);
  return {
    kind: KINDS[json.kind ?? 'SYSTEM_EVENT_KIND_UNSPECIFIED'] ?? 'unknown',
    people,
    peopleCount: Math.max(people.length, Number(json.peopleCount ?? 0) || 0),
    count: Number(json.count ?? 1) || 1,
    positionMs: msFromUs(json.positionUs),
    itemId: textOf(json.itemId),
    itemTitle: textOf(json.itemTitle),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf<T extends object>(value: readonly T[] | undefined): readonly T[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((one): one is T => typeof one === 'object' && one !== null);
}
