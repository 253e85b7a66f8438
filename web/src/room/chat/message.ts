// A message as the page shows it. `wire.ts` makes it of what the server sends.
import type { Mention, Named } from './mentions';

export interface Reaction {
  /** An emoji, or an emote of the room as `:name:`. */
  key: string;
  count: number;
  isMine: boolean;
  /** The first people, for those who want to know. */
  people: readonly Named[];
}

/** What a reply answers. */
export interface Quote {
  messageId: string;
  authorId: string;
  authorName: string;
  /** The beginning of the text; empty when the message was deleted. */
  text: string;
  isRemoved: boolean;
}

export type SystemKind =
  | 'joined'
  | 'left'
  | 'played'
  | 'paused'
  | 'jumped'
  | 'owner'
  | 'added'
  | 'taken'
  | 'started'
  | 'unknown';

/** What the room says by itself. The server groups what follows each other. */
export interface SystemFact {
  kind: SystemKind;
  people: readonly Named[];
  peopleCount: number;
  count: number;
  positionMs: number;
  itemId: string;
  itemTitle: string;
}

export interface Message {
  id: string;
  authorId: string;
  /** Name of the author when the message was sent. */
  authorName: string;
  text: string;
  mentions: readonly Mention[];
  sentMs: number;
  isEdited: boolean;
  /** The text is gone for good. */
  isRemoved: boolean;
  isPinned: boolean;
  /** The author does it: "Mia gets popcorn". */
  isAction: boolean;
  /** The message cannot be shown: a placeholder stands for it, and the list stays (case W10). */
  isBroken: boolean;
  quote: Quote | null;
  reactions: readonly Reaction[];
  itemId: string;
  positionMs: number;
  clientId: string;
  system: SystemFact | null;
}

/** The message without its text and all that came with it. */
export function withoutText(message: Message): Message {
  return {
    ...message,
    text: '',
    mentions: [],
    quote: null,
    reactions: [],
    isRemoved: true,
    isPinned: false,
    isEdited: false,
  };
}
