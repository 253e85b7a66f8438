// Font files as tables (OpenType 1.9, chapter "Font file"; WOFF 1.0). Only what subtitles need is read and written.

/** The tables of one font, by tag. */
export type Tables = ReadonlyMap<string, Uint8Array>;

/** Names by which a style may ask for a font: family, full name, PostScript name. */
const NAME_IDS = [1, 4, 6];
const WINDOWS = 3;
/** Of a collection. */
const MOST_FONTS = 64;

/** Every font of a file: TrueType, OpenType, a collection of them, or WOFF. Anything else has none. */
export async function readFonts(file: Uint8Array): Promise<Tables[]> {
  const view = viewOf(file);
  const tag = textOf(file.subarray(0, 4));
  if (tag === 'wOFF') return [await woffTables(file)];
  if (tag === 'ttcf')
    return Array.from({ length: Math.min(view.getUint32(8), MOST_FONTS) }, (_, index) =>
      sfntTables(file, view.getUint32(12 + index * 4)),
    );
  return ['\0\x01\0\0', 'OTTO', 'true'].includes(tag) ? [sfntTables(file, 0)] : [];
}

function sfntTables(file: Uint8Array, at: number): Tables {
  const view = viewOf(file);
  const tables = new Map<string, Uint8Array>();
  for (let entry = at + 12; entry < at + 12 + view.getUint16(at + 4) * 16; entry += 16) {
    const start = view.getUint32(entry + 8);
    tables.set(textOf(file.subarray(entry, entry + 4)), file.subarray(start, start + view.getUint32(entry + 12)));
  }
  return tables;
}

async function woffTables(file: Uint8Array): Promise<Tables> {
  const view = viewOf(file);
  const entries = Array.from({ length: view.getUint16(12) }, async (_, index) => {
    const entry = 44 + index * 20;
    const [start, packed, length] = [4, 8, 12].map((offset) => view.getUint32(entry + offset)) as [
      number,
      number,
      number,
    ];
    const bytes = file.slice(start, start + packed);
    return [textOf(file.subarray(entry, entry + 4)), packed < length ? await inflate(bytes) : bytes] as const;
  });
  return new Map(await Promise.all(entries));
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A TrueType file of these tables. Checksums are 0, since no reader of ours compares them. */
export function writeFont(tables: Tables): Uint8Array<ArrayBuffer> {
  const sorted = [...tables].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const head = 12 + sorted.length * 16;
  const file = new Uint8Array(sorted.reduce((size, [, table]) => size + padded(table.length), head));
  const view = viewOf(file);
  view.setUint32(0, 0x00010000);
  view.setUint16(4, sorted.length);
  let start = head;
  for (const [index, [tag, table]] of sorted.entries()) {
    const entry = 12 + index * 16;
    for (let letter = 0; letter < 4; letter += 1) file[entry + letter] = tag.charCodeAt(letter);
    view.setUint32(entry + 8, start);
    view.setUint32(entry + 12, table.length);
    file.set(table, start);
    start += padded(table.length);
  }
  return file;
}

/** Tables start at multiples of four bytes. */
export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** The glyph of each character of the Unicode `cmap`. Ends in bounded time whatever the file says: people attach fonts. */
export function glyphsOf(tables: Tables): Map<number, number> {
  const cmap = tables.get('cmap');
  if (!cmap) return new Map();
  const view = viewOf(cmap);
  const starts = new Map<number, number>();
  for (let record = 4; record < 4 + view.getUint16(2) * 8; record += 8) {
    const [platform, encoding] = [view.getUint16(record), view.getUint16(record + 2)];
    const at = view.getUint32(record + 4);
    if (platform === 0 || (platform === WINDOWS && (encoding === 1 || encoding === 10)))
      starts.set(view.getUint16(at), at);
  }
  // Format 12 has all characters, format 4 those of 16 bits.
  const [groups, segments] = [starts.get(12), starts.get(4)];
  if (groups !== undefined) return readGroups(view, groups);
  return segments === undefined ? new Map() : readSegments(view, segments);
}

/** Format 12: groups of consecutive characters, in ascending order. */
function readGroups(view: DataView, at: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  let next = 0;
  for (let group = at + 16; group < at + 16 + view.getUint32(at + 12) * 12; group += 12) {
    const [start, end, glyph] = [0, 4, 8].map((offset) => view.getUint32(group + offset)) as [number, number, number];
    next = Math.max(next, start);
    for (; next <= Math.min(end, 0x10ffff); next += 1) glyphs.set(next, glyph + next - start);
  }
  return glyphs;
}

/** Format 4: four lists of ascending segments (ends, starts, deltas, offsets), with a padding word behind the first. */
function readSegments(view: DataView, at: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  const size = view.getUint16(at + 6);
  let next = 0;
  for (let ends = at + 14; ends < at + 14 + size; ends += 2) {
    const [starts, offsets] = [ends + size + 2, ends + size * 3 + 2];
    const [start, delta, offset] = [starts, starts + size, offsets].map((field) => view.getUint16(field)) as [
      number,
      number,
      number,
    ];
    next = Math.max(next, start);
    for (; next <= Math.min(view.getUint16(ends), 0xfffe); next += 1) {
      const glyph = offset === 0 ? next : view.getUint16(offsets + offset + (next - start) * 2);
      if (glyph !== 0) glyphs.set(next, (glyph + delta) & 0xffff);
    }
  }
  return glyphs;
}

/** The names by which libass finds this font, in lower case. */
export function namesOf(tables: Tables): string[] {
  const name = tables.get('name');
  if (!name) return [];
  const view = viewOf(name);
  const names = Array.from({ length: view.getUint16(2) }, (_, index) => {
    const record = 6 + index * 12;
    const start = view.getUint16(4) + view.getUint16(record + 10);
    const isUsed = view.getUint16(record) === WINDOWS && NAME_IDS.includes(view.getUint16(record + 6));
    const bytes = name.subarray(start, start + view.getUint16(record + 8));
    return isUsed ? new TextDecoder('utf-16be').decode(bytes).toLowerCase() : '';
  });
  return names.filter((one) => one !== '');
}

/** The same font under another family name. */
export function renamed(tables: Tables, family: string): Tables {
  const values = [family, 'Regular'];
  const head = 6 + values.length * 12;
  const name = new Uint8Array(head + values.join('').length * 2);
  const view = viewOf(name);
  view.setUint16(2, values.length);
  view.setUint16(4, head);
  let start = 0;
  for (const [index, value] of values.entries()) {
    const fields = [WINDOWS, 1, 0x409, index + 1, value.length * 2, start];
    fields.forEach((field, position) => view.setUint16(6 + index * 12 + position * 2, field));
    for (const letter of value) {
      view.setUint16(head + start, letter.charCodeAt(0));
      start += 2;
    }
  }
  return new Map([...tables, ['name', name]]);
}

export function tableOf(tables: Tables, tag: string): Uint8Array {
  const found = tables.get(tag);
  if (!found) throw new Error(`the font has no table ${tag}`);
  return found;
}

/** A copy with one field changed. */
export function withUint16(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  viewOf(copy).setUint16(at, value);
  return copy;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
