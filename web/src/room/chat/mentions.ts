// Mentions (case W14): the field holds the name as people write it, the message the id of the member and a range.
import { normalized, scalarsBefore } from './text';

export interface Named {
  id: string;
  name: string;
}

/** A range of the text in Unicode scalar values. */
export interface Mention {
  subjectId: string;
  start: number;
  length: number;
  /** Name of the member when the message was read; empty: they are none any more. Not sent. */
  name?: string;
}

export const MAX_MENTIONS = 20;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * The people whom a text names by `@name`. Of two names that begin alike the longer one counts; of two people with the
 * same name the one that was chosen from the list, which come first in `people`.
 */
export function mentionsIn(text: string, people: readonly Named[]): Mention[] {
  const known = people
    .map(({ id, name }) => ({ id, name: folded(name) }))
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.name.length - a.name.length);
  const sought = folded(text);
  // Folding may change lengths in rare scripts; then no range would be right.
  if (sought.length !== text.length) return [];
  const found: Mention[] = [];
  for (let at = sought.indexOf('@'); at >= 0; at = sought.indexOf('@', at + 1)) {
    if (found.length === MAX_MENTIONS) break;
    if (at > 0 && WORD.test(charBefore(sought, at))) continue;
    const person = known.find(({ name }) => sought.startsWith(name, at + 1) && endsAt(sought, at + 1 + name.length));
    if (!person) continue;
    const end = at + 1 + person.name.length;
    const start = scalarsBefore(text, at);
    found.push({ subjectId: person.id, start, length: scalarsBefore(text, end) - start });
    at = end - 1;
  }
  return found;
}

function folded(text: string): string {
  return normalized(text).toLowerCase();
}

function charBefore(text: string, at: number): string {
  return Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
}

/** A name ends where no letter follows, so that `@Tom` does not name Tom in `@Tomas`. */
function endsAt(text: string, at: number): boolean {
  return !WORD.test(String.fromCodePoint(text.codePointAt(at) ?? 0x20));
}

export interface Completing {
  /** What follows the sign. */
  word: string;
  /** UTF-16 index of the sign. */
  start: number;
}

/** What is being written at the caret after a sign such as `@`, up to 32 characters; null when nothing is. */
export function completing(text: string, caret: number, sign: '@' | ':' | '/'): Completing | null {
  const before = text.slice(Math.max(0, caret - 40), caret);
  const at = before.lastIndexOf(sign);
  if (at < 0) return null;
  const word = before.slice(at + 1);
  const start = caret - before.length + at;
  if (sign === '/' && (start !== 0 || /\s/u.test(word))) return null;
  if (sign === '@' && (word.length > 32 || /[\n@]/u.test(word))) return null;
  if (sign === ':' && !/^[\p{L}\p{N}_+-]{1,32}$/u.test(word)) return null;
  if (start > 0 && WORD.test(charBefore(text, start))) return null;
  return { word, start };
}
