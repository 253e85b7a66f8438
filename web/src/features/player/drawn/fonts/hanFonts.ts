// Chinese, Japanese and Korean write many characters by the same code and in different shapes, so each has a font.

export type HanFont = 'sc' | 'tc' | 'jp' | 'kr';

/** The characters of each slice of a font, as `unicode-range` of CSS has them, by `[number]` of the slice. */
export type SliceRanges = Readonly<Record<string, string>>;

const ALL: readonly HanFont[] = ['sc', 'jp', 'tc', 'kr'];
const BY_LANGUAGE: readonly [RegExp, HanFont][] = [
  [/^(zh-hant|zh-(tw|hk|mo)|yue)\b/i, 'tc'],
  [/^zh-(hans|cn|sg)\b/i, 'sc'],
  [/^ja\b/i, 'jp'],
  [/^ko\b/i, 'kr'],
];
/** Frequent characters whose simplified and traditional forms have codes of their own. */
const SIMPLIFIED = /[这们来说会对没为个时]/gu;
const TRADITIONAL = /[這們來說會對沒為個時]/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const HANGUL = /\p{Script=Hangul}/gu;
const HAN = /\p{Script=Han}/gu;
/** Kana among ideographs, from which on a text is Japanese: Chinese text has some in names. */
const JAPANESE_SHARE = 0.1;

/** The fonts in the order in which a character is looked up. `language`: BCP 47; empty: unknown. */
export function hanFonts(language: string, text: string): HanFont[] {
  const [, first = fontOfText(language, text)] = BY_LANGUAGE.find(([pattern]) => pattern.test(language)) ?? [];
  return [first, ...ALL.filter((font) => font !== first)];
}

function fontOfText(language: string, text: string): HanFont {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const isChinese = /^zh\b/i.test(language);
  if (!isChinese && count(KANA) > count(HAN) * JAPANESE_SHARE) return 'jp';
  if (!isChinese && count(HANGUL) > count(HAN)) return 'kr';
  return count(TRADITIONAL) > count(SIMPLIFIED) ? 'tc' : 'sc';
}

/** The slices that have these characters, by their number, with the characters of each. */
export function slicesFor(characters: Iterable<number>, ranges: SliceRanges): Map<string, number[]> {
  const wanted = new Set(characters);
  const slices = new Map<string, number[]>();
  for (const [key, list] of Object.entries(ranges)) {
    // Other keys are of alphabets, which the slices leave out.
    const slice = /^\[(\d+)\]$/.exec(key)?.[1];
    const found = slice
      ? list
          .split(',')
          .flatMap(charactersOf)
          .filter((character) => wanted.delete(character))
      : [];
    if (slice && found.length > 0) slices.set(slice, found);
  }
  return slices;
}

/** `U+3041-3096`, `U+ff01`. */
function charactersOf(range: string): number[] {
  const [from = '', to = from] = range.trim().slice(2).split('-');
  const start = Number.parseInt(from, 16);
  return Array.from({ length: Number.parseInt(to, 16) - start + 1 }, (_, index) => start + index);
}
