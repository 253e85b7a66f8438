import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { DEFAULT_FAMILY, fallbackFonts } from './fallbackFonts';
import { glyphsOf, namesOf, readFonts, renamed, type Tables, writeFont } from './sfnt';

const codes = (text: string) => [...text].map((character) => character.codePointAt(0) ?? 0);

/** Fonts for a text in Arial, the names of the files that were read, and the bytes of the film's own fonts. */
async function fontsFor(text: string, language = '', own: Record<string, Uint8Array> = {}) {
  const loaded: string[] = [];
  const load = async (url: string) => {
    loaded.push(url.split('/').at(-1) ?? '');
    return own[url] ?? new Uint8Array(await readFile(`.${url}`));
  };
  const styled = { ass: text, language, attached: Object.keys(own) };
  const files = await fallbackFonts(new Map([['arial', new Set(codes(text))]]), styled, load);
  const fonts = (await Promise.all(files.map(readFonts))).flat();
  return { fonts, loaded: loaded.map((name) => name.replace(/-400.*/, '')) };
}

/** Whether the font draws it with an outline of its own. */
function draws(font: Tables | undefined, text: string): boolean {
  const glyphs = font ? glyphsOf(font) : new Map<number, number>();
  const loca = font?.get('loca');
  if (!loca) return false;
  const view = new DataView(loca.buffer, loca.byteOffset);
  return codes(text).every((code) => {
    const glyph = glyphs.get(code) ?? 0;
    return glyph > 0 && view.getUint32((glyph + 1) * 4) > view.getUint32(glyph * 4);
  });
}

it('merges the slices of a long text into one font of the default family', async () => {
  const text = '天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏，闰余成岁！囧喆';
  const { fonts, loaded } = await fontsFor(text, 'zh');
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.every((name) => name.startsWith('noto-sans-sc-'))).toBe(true);
  expect(fonts.map(namesOf)).toEqual([[DEFAULT_FAMILY]]);
  expect(draws(fonts[0], text)).toBe(true);
  expect(glyphsOf(fonts[0] ?? new Map()).size).toBe(new Set(text).size);
});

it('takes from other fonts what the font of the language lacks', async () => {
  const { fonts, loaded } = await fontsFor('这한Ⅳ𠮟', 'ja');
  expect(fonts.length).toBe(1);
  expect(draws(fonts[0], '这한Ⅳ𠮟')).toBe(true);
  for (const font of ['jp', 'sc', 'kr'])
    expect(loaded.some((name) => name.startsWith(`noto-sans-${font}-`))).toBe(true);
});

it('loads the fonts of the scripts in the text and no others', async () => {
  const { fonts, loaded } = await fontsFor('مرحبا،สวัสดีनमस्ते।');
  expect(loaded.toSorted()).toEqual([
    'noto-sans-arabic-arabic',
    'noto-sans-devanagari-devanagari',
    'noto-sans-thai-thai',
  ]);
  expect(fonts.map(namesOf)).toEqual(Array.from({ length: 3 }, () => [DEFAULT_FAMILY]));
  expect(fonts.every((font) => font.has('GSUB'))).toBe(true);
});

it('loads nothing for what a font of the film draws', async () => {
  const [made] = (await fontsFor('你好', 'zh')).fonts;
  const own = writeFont(renamed(made ?? new Map(), 'Arial'));
  expect((await fontsFor('你好', 'zh', { own })).loaded).toEqual(['own']);
  const { fonts, loaded } = await fontsFor('你好吗', 'zh', { own, broken: new TextEncoder().encode('OTTO a font') });
  expect(loaded.length).toBe(3);
  expect(fonts.map((font) => glyphsOf(font).size)).toEqual([1]);
  const other = writeFont(renamed(made ?? new Map(), 'Comic'));
  expect((await fontsFor('你好', 'zh', { other })).fonts.length).toBe(1);
});

it('does without a font that no script has', async () => {
  expect((await fontsFor('ᚠᚢᚦ', 'zh')).fonts).toEqual([]);
});
