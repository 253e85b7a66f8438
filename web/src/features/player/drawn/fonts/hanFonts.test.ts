import { expect, it } from 'vitest';
import { hanFonts, slicesFor } from './hanFonts';

it.each([
  ['zh-Hant', '骨', 'tc'],
  ['zh-TW', '骨', 'tc'],
  ['zh-Hans', '這', 'sc'],
  ['ja', '骨', 'jp'],
  ['ko', '骨', 'kr'],
  ['zh', '你们没说对', 'sc'],
  ['zh', '你們沒說對', 'tc'],
  ['zh', '你们没说对 きみたちは言わなかった', 'sc'],
  ['', '骨を折る', 'jp'],
  ['', '我爱吃吉野家の牛肉饭啊你们来吧走吧', 'sc'],
  ['', '안녕하세요', 'kr'],
  ['en', '骨', 'sc'],
])('begins with the font of the language %j, else of the text %j', (language, text, font) => {
  const fonts = hanFonts(language, text);
  expect(fonts[0]).toBe(font);
  expect(fonts.toSorted()).toEqual(['jp', 'kr', 'sc', 'tc']);
});

it('takes the slices that are needed, each character from one', () => {
  const ranges = { '[4]': 'U+4e00-4e02,U+ff01', '[5]': 'U+4e02-4e09', '[6]': 'U+5000', latin: 'U+0000-00ff' };
  const characters = [...'a一丂！七'].map((character) => character.codePointAt(0) ?? 0);
  expect([...slicesFor(characters, ranges)]).toEqual([
    ['4', [0x4e00, 0x4e02, 0xff01]],
    ['5', [0x4e03]],
  ]);
});
