import { useMemo } from 'react';
import { completing, type Named } from '../../../room/chat/mentions';
import { useRoom, useRoomSession } from '../../../room/hooks';
import { people as peopleIn } from '../../../room/people';
import { access } from '../../../room/slices/access';
import { select } from '../../../room/store';
import { offered } from '../commands';
import { findEmoji } from '../emoji';

export interface Completion {
  key: string;
  /** What stands in the list. */
  label: string;
  hint: string;
  /** What the field gets in place of what was being written. */
  text: string;
  /** A mention names this person. */
  person?: Named;
  /** The list shows it: an emoji, or the name of an emote. */
  sign?: string;
}

export interface Completions {
  /** Where in the text the sign stands. */
  start: number;
  list: readonly Completion[];
}

const MAX_SHOWN = 16;

/** What fits the word at the caret: people after `@`, emoji and emotes after `:`, commands after `/`. */
export function useCompletion(text: string, caret: number): Completions | null {
  const session = useRoomSession();
  const named = useNamed();
  const emotes = useRoom(select.emotes.known);
  const permissions = useRoom((room) => room.access.permissions);
  return useMemo(() => {
    const command = completing(text, caret, '/');
    if (command) {
      const room = session.store.getState();
      const list = offered(command.word, (permission) => access.select.may(room, permission));
      return found(
        command.start,
        list.map(({ name, args, help }) => ({
          key: name,
          label: `/${name}${args ? ` ${args}` : ''}`,
          hint: help,
          text: `/${name}${args ? ' ' : ''}`,
        })),
      );
    }
    const mention = completing(text, caret, '@');
    if (mention) {
      const list = matching(named, mention.word);
      return found(
        mention.start,
        list.map((person) => ({
          key: person.id,
          label: person.name,
          hint: '',
          text: `@${person.name} `,
          person,
        })),
      );
    }
    const sign = completing(text, caret, ':');
    if (sign && sign.word.length >= 2) {
      const own = [...emotes.keys()].filter((name) => name.includes(sign.word.toLowerCase()));
      return found(sign.start, [
        ...own.map((name) => ({
          key: `:${name}:`,
          label: `:${name}:`,
          hint: '',
          text: `:${name}: `,
          sign: `:${name}:`,
        })),
        ...findEmoji(sign.word).map((one) => ({
          key: one.sign,
          label: one.names.split(' ')[0]?.replaceAll('_', ' ') ?? '',
          hint: '',
          text: one.sign,
          sign: one.sign,
        })),
      ]);
    }
    return null;
    // The permissions decide which commands are offered.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [session, text, caret, named, emotes, permissions]);
}

function found(start: number, list: readonly Completion[]): Completions | null {
  return list.length ? { start, list: list.slice(0, MAX_SHOWN) } : null;
}

function matching(people: readonly Named[], word: string): Named[] {
  const sought = word.toLowerCase().trim();
  // A whole name with a space after it is done.
  if (word.endsWith(' ') && people.some(({ name }) => name.toLowerCase() === sought)) return [];
  return people
    .filter(({ name }) => name.toLowerCase().includes(sought))
    .toSorted(
      (a, b) => Number(b.name.toLowerCase().startsWith(sought)) - Number(a.name.toLowerCase().startsWith(sought)),
    );
}

const MAX_AUTHORS = 50;

/** The people whom a message can name: those who are there, then those who wrote lately. */
export function useNamed(): readonly Named[] {
  const sessions = useRoom(select.members.sessions);
  const newest = useRoom(select.chat.newest);
  const myId = useRoom(select.access.mySubjectId);
  return useMemo(() => {
    const named = new Map<string, Named>();
    for (const { id, name } of peopleIn(sessions)) named.set(id, { id, name });
    for (const { authorId, authorName } of newest.slice(-MAX_AUTHORS).toReversed())
      if (authorId && !named.has(authorId)) named.set(authorId, { id: authorId, name: authorName });
    named.delete(myId);
    return [...named.values()];
  }, [sessions, newest, myId]);
}
