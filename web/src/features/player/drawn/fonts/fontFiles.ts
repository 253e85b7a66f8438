// The files of Noto Sans (SIL Open Font License 1.1), one weight: libass makes bold and italic out of it.
import arabic from '@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff?url';
import devanagari from '@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-400-normal.woff?url';
import thai from '@fontsource/noto-sans-thai/files/noto-sans-thai-thai-400-normal.woff?url';
import type { HanFont, SliceRanges } from './hanFonts';

/** Fonts of one file. Shaping needs their rules, so they are taken whole. */
export const ALPHABETS: readonly { script: RegExp; url: string }[] = [
  { script: /\p{Script_Extensions=Arabic}/u, url: arabic },
  { script: /\p{Script_Extensions=Devanagari}/u, url: devanagari },
  { script: /\p{Script_Extensions=Thai}/u, url: thai },
];

// WOFF and not WOFF 2, since a page can read it: `DecompressionStream` has deflate everywhere, and Brotli hardly anywhere.
const SLICES = import.meta.glob<string>(
  '/node_modules/@fontsource/noto-sans-{sc,tc,jp,kr}/files/noto-sans-*-[0-9]*-400-normal.woff',
  { query: '?url', import: 'default', eager: true },
);
const RANGES = import.meta.glob<SliceRanges>('/node_modules/@fontsource/noto-sans-{sc,tc,jp,kr}/unicode.json', {
  import: 'default',
});

export function sliceUrl(font: HanFont, slice: string): string {
  const path = `/node_modules/@fontsource/noto-sans-${font}/files/noto-sans-${font}-${slice}-400-normal.woff`;
  const url = SLICES[path];
  if (!url) throw new Error(`there is no ${path}`);
  return url;
}

export async function sliceRanges(font: HanFont): Promise<SliceRanges> {
  return (await RANGES[`/node_modules/@fontsource/noto-sans-${font}/unicode.json`]?.()) ?? {};
}
