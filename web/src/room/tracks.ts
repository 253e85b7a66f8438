// The subtitles and the sound that this device shows, and how much later than the film. A choice is kept by what the
// track is and not by its id, so that it holds for the next episode, too. Stored in the browser.
import { create } from 'zustand';
import type { TrackJson, TrackKindJson } from '../api/gen/syncwatch/room/v1/track_pb';

export type Kind = 'subtitles' | 'audio';

interface Choice {
  /** Key of the chosen track; empty: none. */
  key: string;
  /** How much later than the film, in ms; less than 0: earlier. */
  delayMs: number;
}

interface Tracks extends Record<Kind, Choice> {
  choose: (kind: Kind, key: string) => void;
  setDelay: (kind: Kind, delayMs: number) => void;
}

export const MAX_DELAY_MS = 10_000;
const KEY = 'syncwatch.tracks';
const KINDS: Readonly<Record<Kind, TrackKindJson>> = {
  subtitles: 'TRACK_KIND_SUBTITLES',
  audio: 'TRACK_KIND_AUDIO',
};

export const useTracks = create<Tracks>((set) => ({
  ...read(localStorage.getItem(KEY)),
  choose: (kind, key) => set((state) => ({ [kind]: { ...state[kind], key } })),
  setDelay: (kind, delayMs) => set((state) => ({ [kind]: { ...state[kind], delayMs: within(delayMs) } })),
}));

useTracks.subscribe(({ subtitles, audio }) => localStorage.setItem(KEY, JSON.stringify({ subtitles, audio })));

export function keyOf({ kind, language = '', label = '', forced = false }: TrackJson): string {
  return [kind, language, label, forced ? 'forced' : ''].join('|');
}

export function ofKind(tracks: readonly TrackJson[], kind: Kind): TrackJson[] {
  return tracks.filter((track) => track.kind === KINDS[kind]);
}

/** The chosen track of an item; null: none, or the item does not have it. */
export function chosenTrack(tracks: readonly TrackJson[], kind: Kind, key: string): TrackJson | null {
  return ofKind(tracks, kind).find((track) => keyOf(track) === key) ?? null;
}

/** The subtitles to show: the chosen ones, else those for parts in another language. */
export function shownSubtitles(tracks: readonly TrackJson[], key: string): TrackJson | null {
  return (
    chosenTrack(tracks, 'subtitles', key) ?? ofKind(tracks, 'subtitles').find((track) => track.forced === true) ?? null
  );
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
export function lostTrack(tracks: readonly TrackJson[], kind: Kind, key: string, had: boolean): string | null {
  if (!key || chosenTrack(tracks, kind, key)) return null;
  if (!had && ofKind(tracks, kind).length === 0) return null;
  const name = labelOf(key);
  return kind === 'subtitles'
    ? `The captions “${name}” that you chose are not there${had ? ' any more' : ' for this video'}. Choose others in the player.`
    : `The sound track “${name}” that you chose is not there${had ? ' any more' : ' for this video'}. You hear the film’s own sound.`;
}

/** Reads the stored choices. Invalid parts get their default. */
export function read(stored: string | null): Record<Kind, Choice> {
  let value: unknown = null;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    // As if nothing were stored.
  }
  return { subtitles: choiceFrom(value, 'subtitles'), audio: choiceFrom(value, 'audio') };
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
