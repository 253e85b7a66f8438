import { expect, it } from 'vitest';
import { glyphsOf, namesOf, readFonts, renamed, writeFont } from './sfnt';

/** A `cmap` with one table for Windows. @param words 16 bits each. */
function cmap(encoding: number, words: number[]): Uint8Array {
  const all = [0, 1, 3, encoding, 0, 12, ...words];
  return new Uint8Array(all.flatMap((word) => [word >> 8, word & 255]));
}

// Characters 65 to 66 by a difference, 97 to 98 by a list.
const SEGMENTS = [4, 0, 0, 6, 0, 0, 0, 66, 98, 0xffff, 0, 65, 97, 0xffff, 0x10000 - 60, 0, 1, 0, 4, 0, 7, 0];

it('reads both forms of character tables', () => {
  expect([...glyphsOf(new Map([['cmap', cmap(1, SEGMENTS)]]))]).toEqual([
    [65, 5],
    [66, 6],
    [97, 7],
  ]);
  const groups = [12, 0, 0, 28, 0, 0, 0, 1, 2, 0xbb7, 2, 0xbb8, 0, 9];
  expect([...glyphsOf(new Map([['cmap', cmap(10, groups)]]))]).toEqual([
    [0x20bb7, 9],
    [0x20bb8, 10],
  ]);
});

it('ends with groups of all characters', () => {
  const group = [0, 0, 0xffff, 0xffff, 0, 1];
  const groups = [12, 0, 0, 28, 0, 0, 0, 1000, ...Array.from({ length: 1000 }, () => group).flat()];
  expect(glyphsOf(new Map([['cmap', cmap(10, groups)]])).size).toBe(0x110000);
});

it('writes what it reads, under another name', async () => {
  const tables = renamed(new Map([['cmap', cmap(1, SEGMENTS)]]), '微软雅黑 UI');
  const [read] = await readFonts(writeFont(tables));
  expect(read).toEqual(tables);
  expect(namesOf(read ?? new Map())).toEqual(['微软雅黑 ui']);
});

it('finds no font in other files', async () => {
  expect(await readFonts(new TextEncoder().encode('GIF89a'))).toEqual([]);
});
