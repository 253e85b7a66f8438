// Fonts for the characters that neither the fonts of a film nor the default font have.
import { ALPHABETS, sliceRanges, sliceUrl } from './fontFiles';
import { type HanFont, hanFonts, slicesFor } from './hanFonts';
import { mergedFont, type Piece } from './mergedFont';
import { glyphsOf, namesOf, readFonts, renamed, type Tables, tableOf, viewOf, withUint16, writeFont } from './sfnt';

/**
 * The family in which libass looks when the font of a style has no glyph. It looks in every font of that family, in the order in
 * which they were added, and in no other family. So the fonts of all scripts are given to it under this one name.
 */
export const DEFAULT_FAMILY = 'liberation sans';
/** Line height of that font above and below the base line, in em. */
const ASCENT = 0.905;
const DESCENT = 0.212;

/** Reads a file from its URL. */
export type Load = (url: string) => Promise<Uint8Array>;

/** Styled subtitles. */
export interface Styled {
  ass: string;
  /** BCP 47; empty: unknown. */
  language: string;
  /** URLs of the fonts that came with the film. */
  attached: readonly string[];
}

/** `lacking`: what the default font cannot draw, by the font that is asked for. */
export async function fallbackFonts(
  lacking: ReadonlyMap<string, ReadonlySet<number>>,
  styled: Styled,
  load: Load,
): Promise<Uint8Array[]> {
  const missing = await notAttached(lacking, styled.attached, load);
  const isOf = (character: number, script: RegExp) => script.test(String.fromCodePoint(character));
  const used = ALPHABETS.filter(({ script }) => missing.some((character) => isOf(character, script)));
  const alphabets = used.map(async ({ url }) => {
    const [tables] = await readFonts(await load(url));
    return tables ? [ofDefaultFamily(tables)] : [];
  });
  const others = missing.filter((character) => !used.some(({ script }) => isOf(character, script)));
  return (await Promise.all([...alphabets, hanFont(others, styled, load)])).flat();
}

/** The characters that the attached fonts lack. A style whose font is not attached has none of it. */
async function notAttached(
  lacking: ReadonlyMap<string, ReadonlySet<number>>,
  attached: readonly string[],
  load: Load,
): Promise<number[]> {
  // A file that cannot be read has no characters.
  const files = await Promise.all(
    attached.map((url) =>
      load(url)
        .then(coverage)
        .catch(() => []),
    ),
  );
  const fonts = files.flat();
  const missing = [...lacking].flatMap(([font, characters]) => {
    const named = fonts.filter(({ names }) => names.includes(font));
    return [...characters].filter((character) => !named.some(({ glyphs }) => glyphs.has(character)));
  });
  return [...new Set(missing)];
}

async function coverage(file: Uint8Array) {
  return (await readFonts(file)).map((tables) => ({ names: namesOf(tables), glyphs: glyphsOf(tables) }));
}

/** One font for ideographs, kana, Hangul and symbols. Each character is of the first font that has it. */
async function hanFont(characters: number[], { language, ass }: Styled, load: Load): Promise<Uint8Array[]> {
  const pieces: Piece[] = [];
  let rest = characters;
  for (const font of hanFonts(language, ass)) {
    if (rest.length === 0) break;
    // oxlint-disable-next-line no-await-in-loop -- a font is asked for what those before it lack
    pieces.push(...(await piecesOf(font, rest, load)));
    const found = new Set(pieces.flatMap((piece) => piece.characters));
    rest = rest.filter((character) => !found.has(character));
  }
  const [first, ...others] = pieces;
  return first ? [ofDefaultFamily(mergedFont([first, ...others]))] : [];
}

async function piecesOf(font: HanFont, characters: readonly number[], load: Load): Promise<Piece[]> {
  const slices = [...slicesFor(characters, await sliceRanges(font))].map(async ([slice, named]) => {
    const [tables] = await readFonts(await load(sliceUrl(font, slice)));
    if (!tables) return [];
    // Ranges name some characters that the file does not have.
    const glyphs = glyphsOf(tables);
    return [{ tables, characters: named.filter((character) => glyphs.has(character)) }];
  });
  return (await Promise.all(slices)).flat();
}

/**
 * libass scales a font until its line height is the size of the style. Scripts with tall lines would become small beside Latin
 * text, so they get the line height of the default font.
 */
function ofDefaultFamily(tables: Tables): Uint8Array {
  const unitsPerEm = viewOf(tableOf(tables, 'head')).getUint16(18);
  const [above, below] = [ASCENT, DESCENT].map((part) => Math.round(part * unitsPerEm)) as [number, number];
  const sized = new Map([
    ...tables,
    ['OS/2', withUint16(withUint16(tableOf(tables, 'OS/2'), 74, above), 76, below)],
    ['hhea', withUint16(withUint16(tableOf(tables, 'hhea'), 4, above), 6, 0x10000 - below)],
  ]);
  return writeFont(renamed(sized, DEFAULT_FAMILY));
}
