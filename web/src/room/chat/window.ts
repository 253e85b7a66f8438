// A window of the history: messages without a gap between them, in the order of the chat. Pure.
import type { Named } from './mentions';
import { type Message, type Reaction, withoutText } from './message';

export interface Window {
  messages: readonly Message[];
  /** Reads the page before these; empty when there are none. */
  olderToken: string;
}

/** How many messages the page keeps; it reads older ones again when somebody wants them. */
export const MAX_MESSAGES = 1_000;
/** As `olderToken` where the page before the first message was read and dropped: it is read again by its id. */
export const BEFORE_FIRST = 'before the first message';

export const EMPTY_WINDOW: Window = { messages: [], olderToken: '' };

/** Adds messages, or newer states of known ones. Message ids sort by time. */
export function merged(known: readonly Message[], news: readonly Message[]): readonly Message[] {
  const [first] = news;
  if (!first) return known;
  const last = known.at(-1);
  // The usual case: one new message at the end.
  if (news.length === 1 && (!last || last.id < first.id)) return [...known, first];
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of news) byId.set(message.id, message);
  const all = [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return withoutQuotesOf(
    all,
    news.filter(({ isRemoved }) => isRemoved).map(({ id }) => id),
  );
}

/** A message that is known changes. Returns `known` itself when it is not known. */
export function changed(
  known: readonly Message[],
  id: string,
  change: (message: Message) => Message,
): readonly Message[] {
  return known.some((message) => message.id === id)
    ? known.map((message) => (message.id === id ? change(message) : message))
    : known;
}

/** A deleted message loses its text, also where it is quoted. */
export function deleted(known: readonly Message[], id: string): readonly Message[] {
  return withoutQuotesOf(changed(known, id, withoutText), [id]);
}

/** Case W16: all messages of an author up to this one are gone, also where they are quoted. */
export function cleared(known: readonly Message[], authorId: string, upToId: string): readonly Message[] {
  const isTheirs = (message: Message) =>
    message.authorId === authorId && message.id <= upToId && !message.system && !message.isRemoved;
  const isQuoted = ({ quote }: Message) =>
    quote !== null && !quote.isRemoved && quote.authorId === authorId && quote.messageId <= upToId;
  if (!known.some((message) => isTheirs(message) || isQuoted(message))) return known;
  return known.map((message) => {
    if (isTheirs(message)) return withoutText(message);
    return isQuoted(message) ? withoutQuote(message) : message;
  });
}

function withoutQuotesOf(messages: readonly Message[], gone: readonly string[]): readonly Message[] {
  if (!gone.length) return messages;
  const ids = new Set(gone);
  const isQuoted = ({ quote }: Message) => quote !== null && !quote.isRemoved && ids.has(quote.messageId);
  return messages.some(isQuoted)
    ? messages.map((message) => (isQuoted(message) ? withoutQuote(message) : message))
    : messages;
}

function withoutQuote(message: Message): Message {
  return { ...message, quote: message.quote && { ...message.quote, text: '', isRemoved: true } };
}

export interface ReactionChange {
  key: string;
  person: Named;
  isAdded: boolean;
  /** People with this reaction after the change. */
  count: number;
}

const MAX_PEOPLE = 10;

export function reacted(message: Message, change: ReactionChange, myId: string): Message {
  const { key, person, isAdded, count } = change;
  const known: Reaction = message.reactions.find((reaction) => reaction.key === key) ?? {
    key,
    count: 0,
    isMine: false,
    people: [],
  };
  const others = known.people.filter(({ id }) => id !== person.id);
  const next: Reaction = {
    key,
    count,
    isMine: person.id === myId ? isAdded : known.isMine,
    people: (isAdded ? [...others, person] : others).slice(0, MAX_PEOPLE),
  };
  const isKnown = message.reactions.includes(known);
  const reactions = isKnown
    ? message.reactions.map((reaction) => (reaction === known ? next : reaction))
    : [...message.reactions, next];
  return { ...message, reactions: reactions.filter((reaction) => reaction.count > 0) };
}

/** An edited message as everyone gets it does not say which reactions are one's own. */
export function withOwnReactions(message: Message, before: Message | undefined): Message {
  const mine = new Set(before?.reactions.filter(({ isMine }) => isMine).map(({ key }) => key));
  if (!mine.size) return message;
  return {
    ...message,
    reactions: message.reactions.map((reaction) => (mine.has(reaction.key) ? { ...reaction, isMine: true } : reaction)),
  };
}

/** Keeps the newest messages. */
export function bounded(window: Window): Window {
  if (window.messages.length <= MAX_MESSAGES) return window;
  return { messages: window.messages.slice(-MAX_MESSAGES), olderToken: BEFORE_FIRST };
}
