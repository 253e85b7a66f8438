// Fonts for styled subtitles: those of the film, and more where these do not have every character.
import defaultUrl from 'jassub/dist/default.woff2?url';
import { lackingByFont } from './assCharacters';
import type { Styled } from './fallbackFonts';

/** Options of jassub. Without `defaultFont` it loads that font by itself, once it is needed. */
interface FontOptions {
  fonts: (string | Uint8Array)[];
  defaultFont?: string;
}

/** Loads nothing where the default font has every character of the text. */
export async function styledFonts(styled: Styled, signal: AbortSignal): Promise<FontOptions> {
  const lacking = lackingByFont(styled.ass);
  if (lacking.size === 0) return { fonts: [...styled.attached] };
  const load = async (url: string) => {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the font answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  try {
    const { DEFAULT_FAMILY, fallbackFonts } = await import('./fallbackFonts');
    const added = await fallbackFonts(lacking, styled, load);
    if (added.length === 0) return { fonts: [...styled.attached] };
    // The default font is the first of its family, so that it draws whatever it can.
    return { fonts: [await load(defaultUrl), ...added, ...styled.attached], defaultFont: DEFAULT_FAMILY };
  } catch {
    // Most of the text is better than none of it.
    return { fonts: [...styled.attached] };
  }
}
