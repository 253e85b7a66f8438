// What a service's player is told and what it tells, in that service's own words. A dialect is pure: messages in and
// out. Sources: YouTube's IFrame Player API reference and the messages that its iframe_api script exchanges; Vimeo's
// player.js (open source); Dailymotion's SDK (open source).
import type { Embed } from './services';

/** Idle: nothing was played yet, or something else is on. */
export type Phase = 'idle' | 'playing' | 'paused' | 'ended';

/** What one message says; what it does not mention stays as it was. */
export interface Heard {
  /** It understands us from now on. */
  ready?: true;
  positionMs?: number;
  /** How old the position was when it was sent, in ms. */
  ageMs?: number;
  durationMs?: number;
  /** How far it has loaded, as a place in the media. */
  loadedToMs?: number;
  phase?: Phase;
  /** Waits for bytes. */
  buffering?: boolean;
  /** A seek is over. */
  arrived?: true;
  rates?: readonly number[];
  ad?: boolean;
  /** The browser did not let it start. */
  blocked?: true;
  /** Why it will never play; a sentence for people. */
  failure?: string;
}

export interface Dialect {
  /** Where the player for this video is. */
  address(embed: Embed, pageOrigin: string): string;
  /** Said again and again until it answers. */
  greeting(): unknown[];
  /** Said once, after it has answered. */
  subscriptions(): unknown[];
  play(): unknown;
  pause(): unknown;
  /** `started` is false while nothing has been played yet: some players would take a seek for a start. */
  seek(toMs: number, embed: Embed, started: boolean): unknown;
  /** Null where there is nothing to say. */
  rate(rate: number): unknown;
  volume(volume: number, muted: boolean): unknown[];
  /** Null for what is none of its messages. */
  read(message: unknown, nowEpochMs: number): Heard | null;
  /** It says when a seek is over; of others, what they tell afterwards has to show it. */
  readonly tellsArrival: boolean;
  /** It says when the browser did not let it start; of others a start of which nothing is heard was blocked. */
  readonly tellsBlocked: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Longer ones are none of the players'. */
const MAX_MESSAGE = 200_000;

export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** A message as an object, whether it came as one or as JSON. */
export function unpack(message: unknown): Fields | null {
  if (typeof message !== 'string') return fields(message);
  if (message.length > MAX_MESSAGE) return null;
  try {
    return fields(JSON.parse(message));
  } catch {
    return null;
  }
}

/** A number that can be worked with, else undefined. */
export function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Seconds in ms; undefined for what is no time. */
export function msOf(seconds: unknown): number | undefined {
  const s = finite(seconds);
  return s === undefined ? undefined : s * 1000;
}

/** The rates of a list that make sense, smallest first; undefined for no list. */
export function ratesOf(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const rates = value.map(finite).filter((rate) => rate !== undefined && rate >= 0.1 && rate <= 4) as number[];
  return rates.length ? [...new Set(rates)].slice(0, 32).toSorted((a, b) => a - b) : undefined;
}
