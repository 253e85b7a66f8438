// What the list of the chat shows, line by line: messages grouped by person, days, what the room says by itself in
// groups, deleted messages in groups, and where the new ones begin. Pure.
import type { Message } from './message';

export type Line =
  | { kind: 'day'; key: string; atMs: number }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; isGrouped: boolean }
  | { kind: 'system'; key: string; messages: readonly Message[] }
  | { kind: 'removed'; key: string; count: number; authorNames: readonly string[] };

/** Messages of one person within this time stand under one name. */
const GROUP_MS = 4 * 60_000;
const MAX_SYSTEM_GROUP = 50;

export interface LinesOf {
  messages: readonly Message[];
  /** The last message that this person had read when they came; empty: no line. */
  newAfterId: string;
  myId: string;
}

export function linesOf({ messages, newAfterId, myId }: LinesOf): Line[] {
  const lines: Line[] = [];
  let day = '';
  let isNewShown = newAfterId === '';
  for (const message of messages) {
    const date = new Date(message.sentMs);
    const thisDay = date.toDateString();
    if (thisDay !== day) {
      if (day) lines.push({ kind: 'day', key: `day ${thisDay}`, atMs: message.sentMs });
      day = thisDay;
    }
    if (!isNewShown && message.id > newAfterId && message.authorId !== myId && !message.system && !message.isRemoved) {
      lines.push({ kind: 'new', key: 'new' });
      isNewShown = true;
    }
    append(lines, message);
  }
  return lines;
}

function append(lines: Line[], message: Message): void {
  const last = lines.at(-1);
  if (message.system) {
    if (last?.kind === 'system' && last.messages.length < MAX_SYSTEM_GROUP && isNear(last.messages.at(-1), message))
      lines[lines.length - 1] = { ...last, messages: [...last.messages, message] };
    else lines.push({ kind: 'system', key: message.id, messages: [message] });
    return;
  }
  if (message.isRemoved) {
    if (last?.kind === 'removed')
      lines[lines.length - 1] = {
        ...last,
        count: last.count + 1,
        authorNames: [...new Set([...last.authorNames, message.authorName])].slice(0, 3),
      };
    else lines.push({ kind: 'removed', key: message.id, count: 1, authorNames: [message.authorName] });
    return;
  }
  const before = last?.kind === 'message' ? last.message : undefined;
  const isGrouped = before?.authorId === message.authorId && isNear(before, message) && !message.quote;
  lines.push({ kind: 'message', key: message.id, message, isGrouped });
}

function isNear(before: Message | undefined, message: Message): boolean {
  return before !== undefined && message.sentMs - before.sentMs < GROUP_MS;
}

/** How many messages of others are newer than the last read one. */
export function unreadAfter(
  messages: readonly Message[],
  lastReadId: string,
  myId: string,
  counts: (message: Message) => boolean = () => true,
): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message || message.id <= lastReadId) break;
    if (message.authorId !== myId && !message.system && !message.isRemoved && counts(message)) count += 1;
  }
  return count;
}
