// What a viewer may choose of a stream for themselves: its quality, its sound, its subtitles. A choice is kept by what a
// track is, never by its index (cases M25 and M36): another item has other indices.

export type StreamKind = 'audio' | 'subtitles';

export interface StreamTrack {
  /** `identityKey` of the rest. */
  key: string;
  kind: StreamKind;
  /** BCP 47; empty: not known. */
  language: string;
  title: string;
  /** Subtitles for the parts in another language: shown unless others are chosen. */
  forced: boolean;
  /** Played or shown unless the viewer chooses. */
  isDefault: boolean;
  /** Of its playlist. */
  url: string;
}

export interface StreamQuality {
  height: number;
  bitRate: number;
}

/** What a stream has. */
export interface StreamMenu {
  /** Of its multivariant playlist. */
  url: string;
  /** One for each height, the largest first. */
  qualities: readonly StreamQuality[];
  /** Height of what plays; null: not known. */
  height: number | null;
  audio: readonly StreamTrack[];
  subtitles: readonly StreamTrack[];
}

/** What the viewer wants of every stream. */
export interface StreamWishes {
  /** The best quality up to this height; null: what the line carries. */
  maxHeight: number | null;
  /** Empty: the stream's default. */
  audioKey: string;
  /** Empty: none but forced ones. */
  subtitlesKey: string;
}

/** A line of subtitles, in ms of media. */
export interface StreamCue {
  startMs: number;
  endMs: number;
  /** With the tags of WebVTT. */
  text: string;
}

/** A player that plays streams. */
export interface Streams {
  setWishes(wishes: StreamWishes): void;
  /** Null: it plays no stream, or does not know it yet. */
  readonly menu: StreamMenu | null;
  /** Cues of the chosen subtitles, as far as they are loaded, in the order of their start. */
  readonly cues: readonly StreamCue[];
}

export const NO_WISHES: StreamWishes = { maxHeight: null, audioKey: '', subtitlesKey: '' };

/** The names that the contract has for them, so that tracks of an item and of a stream have the same keys. */
export const TRACK_KINDS = { audio: 'TRACK_KIND_AUDIO', subtitles: 'TRACK_KIND_SUBTITLES' } as const;

export function identityKey(kind: string, language: string, title: string, forced: boolean): string {
  return [kind, language, title, forced ? 'forced' : ''].join('|');
}

/** The track that was chosen. Titles differ from film to film: the only one of its language counts as the same. */
export function chosenOf<Track extends { key: string }>(tracks: readonly Track[], key: string): Track | null {
  const exact = tracks.find((track) => track.key === key);
  if (exact) return exact;
  const wanted = partsOf(key);
  if (!wanted.language) return null;
  const alike = tracks.filter((track) => {
    const { kind, language, forced } = partsOf(track.key);
    return kind === wanted.kind && language === wanted.language && forced === wanted.forced;
  });
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** The chosen subtitles, else those for parts in another language. */
export function subtitlesToShow<Track extends { key: string; forced: boolean }>(
  tracks: readonly Track[],
  key: string,
): Track | null {
  return chosenOf(tracks, key) ?? tracks.find(({ forced }) => forced) ?? null;
}

/** The best quality up to a height, else the lowest. */
export function qualityFor(qualities: readonly StreamQuality[], maxHeight: number): StreamQuality | null {
  return qualities.find(({ height }) => height <= maxHeight) ?? qualities.at(-1) ?? null;
}

/** A title may have the separator. */
function partsOf(key: string): { kind: string; language: string; forced: boolean } {
  const [kind = '', language = '', ...rest] = key.split('|');
  return { kind, language, forced: rest.at(-1) === 'forced' };
}
