// What our server says of an uploaded film beside its playlists: `media.json`. Playlists have no words for pictures as
// subtitles, for styled subtitles and their fonts, and for chapters.
import { identityKey, type StreamMenu, type StreamTrack, TRACK_KINDS } from '../sync/streams';

/** Subtitles that the page draws by a library: styled text (ASS) or pictures (PGS). */
export interface Drawn {
  kind: 'ass' | 'pgs';
  url: string;
  /** BCP 47; empty: unknown. */
  language: string;
}

export interface Chapter {
  startMs: number;
  title: string;
}

/** The choices of a stream, with what `media.json` adds. */
export interface FilmMenu extends StreamMenu {
  /** By the key of the track. */
  drawn: ReadonlyMap<string, Drawn>;
  chapters: readonly Chapter[];
}

export interface MediaFacts {
  subtitles: readonly { kind: string; language: string; title: string; forced: boolean; url: string }[];
  /** URLs of the fonts that came with the film; none before its subtitles are taken out. */
  fonts: readonly string[];
  chapters: readonly Chapter[];
}

export const NO_FACTS: MediaFacts = { subtitles: [], fonts: [], chapters: [] };
const MAX_CHAPTERS = 1_000;

/** A URL beside the playlist of a stream; null: the stream is not of our server. */
export function besideStream(streamUrl: string, name: string): string | null {
  const url = new URL(streamUrl, location.href);
  const isOurs = url.origin === location.origin && url.pathname.startsWith('/media/hls/');
  return isOurs ? new URL(name, url).href : null;
}

/** `cache`: `no-cache` asks the server even for what this browser has from a moment ago. */
export async function readFacts(streamUrl: string, cache: RequestCache = 'default'): Promise<MediaFacts> {
  const url = besideStream(streamUrl, 'media.json');
  if (!url) return NO_FACTS;
  const response = await fetch(url, { cache });
  return response.ok ? factsFrom(await response.json(), url) : NO_FACTS;
}

/** `at`: where the text is from: its URLs are relative to it. */
export function factsFrom(json: unknown, at: string): MediaFacts {
  const { subtitles, fonts, chapters } = fieldsOf(json);
  return {
    subtitles: listOf(subtitles).map((one) => {
      const { kind, language, title, forced, url } = fieldsOf(one);
      return {
        kind: textOf(kind),
        language: textOf(language),
        title: textOf(title),
        forced: forced === true,
        url: new URL(textOf(url), at).href,
      };
    }),
    fonts: listOf(fonts).map((font) => new URL(textOf(font), at).href),
    chapters: listOf(chapters)
      .slice(0, MAX_CHAPTERS)
      .map((one) => ({ startMs: Number(fieldsOf(one)['startUs'] ?? 0) / 1000, title: textOf(fieldsOf(one)['title']) })),
  };
}

/** Adds the facts to a menu: pictures as subtitles become tracks, and tracks of styled text get their styles. */
export function withFacts(menu: StreamMenu, { subtitles, chapters }: MediaFacts): FilmMenu {
  const drawn = new Map<string, Drawn>();
  const added: StreamTrack[] = [];
  for (const track of menu.subtitles) {
    // `subs_2.m3u8` plays the third subtitles of the film.
    const index = Number(/\/subs_(\d+)\.m3u8$/.exec(new URL(track.url, location.href).pathname)?.[1] ?? -1);
    const fact = subtitles[index];
    if (fact?.kind === 'ass') drawn.set(track.key, { kind: 'ass', url: fact.url, language: fact.language });
  }
  subtitles.forEach(({ kind, language, title, forced, url }, index) => {
    if (kind !== 'pgs') return;
    const name = title || language || `Track ${index + 1}`;
    const taken = [...menu.subtitles, ...added].some((track) => track.title === name && track.language === language);
    const shown = taken ? `${name} (${index + 1})` : name;
    const key = identityKey(TRACK_KINDS.subtitles, language, shown, forced);
    drawn.set(key, { kind: 'pgs', url, language });
    added.push({ key, kind: 'subtitles', language, title: shown, forced, isDefault: false, url });
  });
  return { ...menu, subtitles: [...menu.subtitles, ...added], drawn, chapters };
}

function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}

function listOf(json: unknown): unknown[] {
  return Array.isArray(json) ? json : [];
}

function textOf(json: unknown): string {
  return typeof json === 'string' ? json : '';
}
