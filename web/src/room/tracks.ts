// The subtitles and the sound that this device shows, and how much later than the film. A choice is kept by what the
// track is and not by its id, so that it holds for the next episode, too. Stored in the browser.
import { create } from 'zustand';
import type { TrackJson } from '../api/gen/syncwatch/room/v1/track_pb';
import {
  chosenOf,
  identityKey,
  type StreamMenu,
  type StreamTrack,
  type StreamWishes,
  subtitlesToShow,
  TRACK_KINDS,
} from '../sync/streams';

export type Kind = 'subtitles' | 'audio';

/** A track that a viewer may choose: one that the room added to the item, or one of its stream. */
export interface AnyTrack {
  key: string;
  language: string;
  label: string;
  forced: boolean;
  /** Null: a track of the stream. */
  added: TrackJson | null;
}

interface Choice {
  /** Key of the chosen track; empty: none. */
  key: string;
  /** How much later than the film, in ms; less than 0: earlier. */
  delayMs: number;
}

interface Stored extends Record<Kind, Choice> {
  /** The best quality of streams up to this height; null: what the line carries. */
  maxHeight: number | null;
}

interface Tracks extends Stored {
  setMaxHeight: (maxHeight: number | null) => void;
  choose: (kind: Kind, key: string) => void;
  setDelay: (kind: Kind, delayMs: number) => void;
}

export const MAX_DELAY_MS = 10_000;
const KEY = 'syncwatch.tracks';

export const useTracks = create<Tracks>((set) => ({
  ...read(localStorage.getItem(KEY)),
  setMaxHeight: (maxHeight) => set({ maxHeight }),
  choose: (kind, key) => set((state) => ({ [kind]: { ...state[kind], key } })),
  setDelay: (kind, delayMs) => set((state) => ({ [kind]: { ...state[kind], delayMs: within(delayMs) } })),
}));

useTracks.subscribe(({ subtitles, audio, maxHeight }) =>
  localStorage.setItem(KEY, JSON.stringify({ subtitles, audio, maxHeight })),
);

/** What this person wants of every stream. */
export function wishesOf({ subtitles, audio, maxHeight }: Stored): StreamWishes {
  return { maxHeight, audioKey: audio.key, subtitlesKey: subtitles.key };
}

export function keyOf({
  kind = 'TRACK_KIND_UNSPECIFIED',
  language = '',
  label = '',
  forced = false,
}: TrackJson): string {
  return identityKey(kind, language, label, forced);
}

/** The tracks of one kind: those of the item, then those of its stream. */
export function ofKind(tracks: readonly TrackJson[], menu: StreamMenu | null, kind: Kind): AnyTrack[] {
  const added = tracks
    .filter((track) => track.kind === TRACK_KINDS[kind])
    .map((track) => ({
      key: keyOf(track),
      language: track.language ?? '',
      label: track.label ?? '',
      forced: track.forced ?? false,
      added: track,
    }));
  const streamed = menu?.[kind] ?? [];
  // One sound is no choice.
  return kind === 'audio' && streamed.length < 2 ? added : [...added, ...streamed.map(fromStream)];
}

/** The chosen track; null: none, or the item does not have it. */
export function chosenTrack(
  tracks: readonly TrackJson[],
  menu: StreamMenu | null,
  kind: Kind,
  key: string,
): AnyTrack | null {
  return chosenOf(ofKind(tracks, menu, kind), key);
}

/** The subtitles to show: the chosen ones, else those for parts in another language. */
export function shownSubtitles(tracks: readonly TrackJson[], menu: StreamMenu | null, key: string): AnyTrack | null {
  return subtitlesToShow(ofKind(tracks, menu, 'subtitles'), key);
}

function fromStream({ key, language, title, forced }: StreamTrack): AnyTrack {
  return { key, language, label: title, forced, added: null };
}

/** The name of the track that a key stands for. */
function labelOf(key: string): string {
  // A label may have the separator in it, the other parts cannot.
  return key.split('|').slice(2, -1).join('|');
}

/**
 * What to tell somebody whose choice the item does not have; null: nothing. `had`: the item had it a moment ago. An item
 * without any track of the kind is not worth a word: most films have none.
 */
export function lostTrack(
  tracks: readonly TrackJson[],
  menu: StreamMenu | null,
  kind: Kind,
  key: string,
  had: boolean,
): string | null {
  if (!key || chosenTrack(tracks, menu, kind, key)) return null;
  if (!had && ofKind(tracks, menu, kind).length === 0) return null;
  const name = labelOf(key);
  return kind === 'subtitles'
    ? `The captions “${name}” that you chose are not there${had ? ' any more' : ' for this video'}. Choose others in the player.`
    : `The sound track “${name}” that you chose is not there${had ? ' any more' : ' for this video'}. You hear the film’s own sound.`;
}

/** Reads the stored choices. Invalid parts get their default. */
export function read(stored: string | null): Stored {
  let value: unknown = null;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    // As if nothing were stored.
  }
  const maxHeight: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'maxHeight') : null;
  return {
    subtitles: choiceFrom(value, 'subtitles'),
    audio: choiceFrom(value, 'audio'),
    maxHeight: typeof maxHeight === 'number' && maxHeight > 0 ? maxHeight : null,
  };
}

function choiceFrom(value: unknown, kind: Kind): Choice {
  const choice: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, kind) : null;
  if (typeof choice !== 'object' || choice === null) return { key: '', delayMs: 0 };
  const { key, delayMs } = choice as Partial<Record<keyof Choice, unknown>>;
  return {
    key: typeof key === 'string' ? key : '',
    delayMs: typeof delayMs === 'number' && Number.isFinite(delayMs) ? within(delayMs) : 0,
  };
}

function within(delayMs: number): number {
  return Math.max(-MAX_DELAY_MS, Math.min(MAX_DELAY_MS, Math.round(delayMs)));
}
