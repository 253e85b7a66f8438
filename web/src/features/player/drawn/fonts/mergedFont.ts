// One font out of slices. libass takes ten faces for a style and draws boxes beyond; a film in Chinese needs dozens of slices.
import { glyphsOf, padded, type Tables, tableOf, viewOf, withUint16 } from './sfnt';

/** A slice, and the characters that are taken from it. */
export interface Piece {
  tables: Tables;
  characters: readonly number[];
}

interface Glyph {
  character: number;
  outline: Uint8Array;
  /** Advance width and left side bearing, 16 bits each. */
  metrics: Uint8Array;
}

/**
 * A font with the glyphs of these characters. The slices must be of one design, with equal units and line heights, and
 * without composite glyphs. Typographic features are left out: ideographs, kana and syllables of Hangul need none.
 */
export function mergedFont([first, ...others]: readonly [Piece, ...Piece[]]): Tables {
  const pieces = [first, ...others];
  // Glyph 0 is what stands for a missing one.
  const notdef = { ...glyphReader(first.tables)(0), character: -1 };
  const glyphs = pieces.flatMap(glyphsIn).toSorted((a, b) => a.character - b.character);
  const all = [notdef, ...glyphs];
  const { glyf, loca } = outlines(all);
  const hmtx = new Uint8Array(all.length * 4);
  all.forEach(({ metrics }, index) => hmtx.set(metrics, index * 4));
  const post = new Uint8Array(32);
  viewOf(post).setUint32(0, 0x00030000);
  const head = withUint16(tableOf(first.tables, 'head'), 50, 1);
  const hhea = withUint16(tableOf(first.tables, 'hhea'), 34, all.length);
  const maxp = largest(pieces.map(({ tables }) => tableOf(tables, 'maxp')));
  return new Map([
    ['OS/2', tableOf(first.tables, 'OS/2')],
    ['cmap', cmapOf(glyphs.map(({ character }) => character))],
    ['glyf', glyf],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtx],
    ['loca', loca],
    ['maxp', withUint16(maxp, 4, all.length)],
    ['post', post],
  ]);
}

function glyphsIn({ tables, characters }: Piece): Glyph[] {
  const glyphs = glyphsOf(tables);
  const read = glyphReader(tables);
  return characters.map((character) => ({ ...read(glyphs.get(character) ?? 0), character }));
}

/** Reads the outline and the metrics of a glyph by its number. */
function glyphReader(tables: Tables): (glyph: number) => Omit<Glyph, 'character'> {
  const [loca, glyf, hmtx] = [viewOf(tableOf(tables, 'loca')), tableOf(tables, 'glyf'), tableOf(tables, 'hmtx')];
  const isLong = viewOf(tableOf(tables, 'head')).getInt16(50) === 1;
  const startOf = (glyph: number) => (isLong ? loca.getUint32(glyph * 4) : loca.getUint16(glyph * 2) * 2);
  // Behind the last full entry only bearings follow: the last advance holds for all of them.
  const full = viewOf(tableOf(tables, 'hhea')).getUint16(34);
  return (glyph) => {
    const metrics = new Uint8Array(4);
    const advance = Math.min(glyph, full - 1) * 4;
    const bearing = glyph < full ? advance + 2 : full * 4 + (glyph - full) * 2;
    metrics.set(hmtx.subarray(advance, advance + 2));
    metrics.set(hmtx.subarray(bearing, bearing + 2), 2);
    return { outline: glyf.subarray(startOf(glyph), startOf(glyph + 1)), metrics };
  };
}

function outlines(glyphs: readonly Glyph[]): { glyf: Uint8Array; loca: Uint8Array } {
  const glyf = new Uint8Array(glyphs.reduce((size, { outline }) => size + padded(outline.length), 0));
  const loca = new Uint8Array((glyphs.length + 1) * 4);
  let start = 0;
  for (const [index, { outline }] of glyphs.entries()) {
    glyf.set(outline, start);
    start += padded(outline.length);
    viewOf(loca).setUint32((index + 1) * 4, start);
  }
  return { glyf, loca };
}

/** Format 12, a group for each character: the first has glyph 1. */
function cmapOf(characters: readonly number[]): Uint8Array {
  const length = 16 + characters.length * 12;
  const cmap = new Uint8Array(12 + length);
  const view = viewOf(cmap);
  [0, 1, 3, 10].forEach((field, index) => view.setUint16(index * 2, field));
  view.setUint32(8, 12);
  view.setUint16(12, 12);
  view.setUint32(16, length);
  view.setUint32(24, characters.length);
  for (const [index, character] of characters.entries())
    [character, character, index + 1].forEach((field, position) =>
      view.setUint32(28 + index * 12 + position * 4, field),
    );
  return cmap;
}

/** The limits of all fonts, each as the largest one says it. */
function largest(tables: readonly Uint8Array[]): Uint8Array {
  const limits = new Uint8Array(tables[0] ?? []);
  for (let field = 6; field < limits.length; field += 2)
    viewOf(limits).setUint16(field, Math.max(...tables.map((one) => viewOf(one).getUint16(field))));
  return limits;
}
