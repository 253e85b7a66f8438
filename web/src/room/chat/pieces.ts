// A text cut into what is drawn differently: links, mentions, emotes and plain text.
import { linksIn } from './links';
import type { Mention } from './mentions';

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'mention'; text: string; subjectId: string; name: string }
  | { kind: 'emote'; text: string; name: string };

interface Span {
  start: number;
  end: number;
  piece: Piece;
}

const EMOTE = /:([a-z0-9_]{2,32}):/giu;

/** `emotes`: the names that the room knows. */
export function piecesOf(
  text: string,
  mentions: readonly Mention[],
  emotes: { has(name: string): boolean },
): readonly Piece[] {
  const spans: Span[] = [
    ...mentionSpans(text, mentions),
    ...linksIn(text).map(
      ({ start, end, href }): Span => ({
        start,
        end,
        piece: { kind: 'link', text: text.slice(start, end), href },
      }),
    ),
    ...emoteSpans(text, emotes),
  ].toSorted((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, piece } of spans) {
    if (start < at) continue;
    if (start > at) pieces.push({ kind: 'text', text: text.slice(at, start) });
    pieces.push(piece);
    at = end;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

/** Ranges count scalar values, strings UTF-16 units: an emoji before a mention would shift it. */
function mentionSpans(text: string, mentions: readonly Mention[]): Span[] {
  if (!mentions.length) return [];
  const units: number[] = [0];
  for (const char of text) units.push((units.at(-1) ?? 0) + char.length);
  return mentions.flatMap(({ subjectId, start, length, name = '' }) => {
    const from = units[start];
    const to = units[start + length];
    if (from === undefined || to === undefined || to <= from) return [];
    return [{ start: from, end: to, piece: { kind: 'mention', text: text.slice(from, to), subjectId, name } as const }];
  });
}

function emoteSpans(text: string, emotes: { has(name: string): boolean }): Span[] {
  return [...text.matchAll(EMOTE)]
    .filter(([, name = '']) => emotes.has(name))
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      piece: { kind: 'emote', text: match[0], name: match[1] ?? '' },
    }));
}

const ONLY_EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F|\p{RI}|\s)+$/u;
const MAX_BIG = 12;

/** A message of a few emoji alone is drawn large. */
export function isEmojiAlone(text: string): boolean {
  return text.length <= MAX_BIG * 4 && text.trim() !== '' && ONLY_EMOJI.test(text);
}
