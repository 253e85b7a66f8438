// How this device talks and listens. Stored in the browser.
import { create } from 'zustand';
import type { Loudness } from './engine/mesh';
import type { Wishes } from './engine/microphone';

/** Document 004, 4.3.2, with names of ours for what it does not name. */
export interface VoiceSettings extends Wishes {
  mode: 'push_to_talk' | 'voice_activity';
  /** `KeyboardEvent.code` of the key that is held to talk. */
  pttKey: string;
  /** 0 to 1: how sensitive voice activity is. */
  vadThreshold: number;
  /** Joins without asking for the microphone. */
  joinMuted: boolean;
  /** By how many decibels the film is turned down under voices; 0: not at all. */
  duckDb: number;
  /** Asks for headphones when the film comes back through the microphone. */
  asksHeadphones: boolean;
  /** Where voices play; empty: where the film plays. */
  outputId: string;
  /** How loud other people are, by their id. */
  people: Readonly<Record<string, Loudness>>;
}

export const DEFAULTS: VoiceSettings = {
  mode: 'push_to_talk',
  pttKey: 'KeyV',
  vadThreshold: 0.5,
  joinMuted: false,
  noiseSuppression: true,
  strongSuppression: false,
  echoCancellation: true,
  autoGainControl: true,
  duckDb: 12,
  asksHeadphones: true,
  deviceId: '',
  outputId: '',
  people: {},
};

export const MAX_DUCK_DB = 30;
const KEY = 'syncwatch.voice';
const MAX_PEOPLE = 100;

/** Reads the stored settings. Invalid parts get their default. */
export function read(stored: string | null): VoiceSettings {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return DEFAULTS;
  }
  if (typeof value !== 'object' || value === null) return DEFAULTS;
  const given = value as Record<string, unknown>;
  const bool = (key: keyof VoiceSettings & string, or: boolean) =>
    typeof given[key] === 'boolean' ? (given[key] as boolean) : or;
  const text = (key: string, or: string) => (typeof given[key] === 'string' ? (given[key] as string) : or);
  return {
    mode: given['mode'] === 'voice_activity' ? 'voice_activity' : 'push_to_talk',
    pttKey: text('pttKey', DEFAULTS.pttKey),
    vadThreshold: within(given['vadThreshold'], 1, DEFAULTS.vadThreshold),
    joinMuted: bool('joinMuted', false),
    noiseSuppression: bool('noiseSuppression', true),
    strongSuppression: bool('strongSuppression', false),
    echoCancellation: bool('echoCancellation', true),
    autoGainControl: bool('autoGainControl', true),
    duckDb: within(given['duckDb'], MAX_DUCK_DB, DEFAULTS.duckDb),
    asksHeadphones: bool('asksHeadphones', true),
    deviceId: text('deviceId', ''),
    outputId: text('outputId', ''),
    people: peopleOf(given['people']),
  };
}

function within(value: unknown, max: number, or: number): number {
  return typeof value === 'number' && value >= 0 && value <= max ? value : or;
}

function peopleOf(value: unknown): Record<string, Loudness> {
  if (typeof value !== 'object' || value === null) return {};
  const known = Object.entries(value as Record<string, Partial<Loudness> | null>)
    .filter(([, one]) => typeof one === 'object' && one !== null)
    .map(([id, one]) => [id, loudnessFrom(one ?? {})] as const);
  return Object.fromEntries(known.slice(-MAX_PEOPLE));
}

function loudnessFrom({ volume, muted, duckDb }: Partial<Loudness>): Loudness {
  const depth = within(duckDb, MAX_DUCK_DB, -1);
  return { volume: within(volume, 1, 1), muted: muted === true, ...(depth >= 0 && { duckDb: depth }) };
}

interface Store extends VoiceSettings {
  change: (part: Partial<VoiceSettings>) => void;
  setLoudness: (subjectId: string, part: Partial<Loudness>) => void;
  /** Turns the film down under this person as under everyone. */
  followDucking: (subjectId: string) => void;
}

const FULL: Loudness = { volume: 1, muted: false };

export const useVoiceSettings = create<Store>((set) => ({
  ...read(localStorage.getItem(KEY)),
  change: (part) => set(part),
  setLoudness: (subjectId, part) =>
    set(({ people }) => ({ people: { ...people, [subjectId]: { ...(people[subjectId] ?? FULL), ...part } } })),
  followDucking: (subjectId) =>
    set(({ people }) => {
      const { duckDb: _, ...others } = people[subjectId] ?? FULL;
      return { people: { ...people, [subjectId]: others } };
    }),
}));

useVoiceSettings.subscribe(({ change: _change, setLoudness: _set, followDucking: _follow, ...kept }) =>
  localStorage.setItem(KEY, JSON.stringify(kept)),
);

export function loudnessOf({ people }: Pick<VoiceSettings, 'people'>, subjectId: string): Loudness {
  return people[subjectId] ?? FULL;
}

/** By how many decibels the film is turned down while these people speak: as the one wants for whom it goes lowest. */
export function duckDepthDb(settings: Pick<VoiceSettings, 'people' | 'duckDb'>, speaking: readonly string[]): number {
  return Math.max(0, ...speaking.map((subjectId) => loudnessOf(settings, subjectId).duckDb ?? settings.duckDb));
}
