// Translates commands to the player of a service, and its messages to ours. A dialect is pure: messages in and out.
// Sources: YouTube's IFrame Player API reference and the messages that its iframe_api script exchanges; Vimeo's player.js
// (open source); Dailymotion's SDK (open source).
import type { Embed } from './services';

/** Idle: nothing was played yet, or an advertisement plays. */
export type Phase = 'idle' | 'playing' | 'paused' | 'ended';

/** The content of one message; absent fields stay as they were. */
export interface Heard {
  /** The player accepts commands from now on. */
  ready?: true;
  positionMs?: number;
  /** How old the position was when it was sent, in ms. */
  ageMs?: number;
  durationMs?: number;
  /** The position up to which the media is loaded. */
  loadedToMs?: number;
  phase?: Phase;
  /** Waits for data. */
  buffering?: boolean;
  /** A seek is over. */
  arrived?: true;
  rates?: readonly number[];
  ad?: boolean;
  /** The browser blocked the start. */
  blocked?: true;
  /** Why the video cannot play; a sentence for people. */
  failure?: string;
}

export interface Dialect {
  /** The address of the player for this video. */
  address(embed: Embed, pageOrigin: string): string;
  /** Repeated until the player answers. */
  greeting(): unknown[];
  /** Sent once, after it has answered. */
  subscriptions(): unknown[];
  play(): unknown;
  pause(): unknown;
  /** `started` is false until it has played once: before that, some players start when they seek. */
  seek(toMs: number, embed: Embed, started: boolean): unknown;
  /** Null where the player has no such command. */
  rate(rate: number): unknown;
  volume(volume: number, muted: boolean): unknown[];
  /** Null for a message that is not the player's. */
  read(message: unknown, nowEpochMs: number): Heard | null;
  /** The player reports the end of a seek; for others it follows from the positions that they report. */
  readonly tellsArrival: boolean;
  /** The player reports a start that the browser blocked; for others a start without an answer counts as blocked. */
  readonly tellsBlocked: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Longer messages are not from a player. */
const MAX_MESSAGE = 200_000;

export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** A message as an object: some players send objects, some JSON. */
export function unpack(message: unknown): Fields | null {
  if (typeof message !== 'string') return fields(message);
  if (message.length > MAX_MESSAGE) return null;
  try {
    return fields(JSON.parse(message));
  } catch {
    return null;
  }
}

/** A finite number, else undefined. */
export function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Seconds in ms; undefined for a value that is no time. */
export function msOf(seconds: unknown): number | undefined {
  const s = finite(seconds);
  return s === undefined ? undefined : s * 1000;
}

/** The valid rates of a list, smallest first; undefined for a value that is no list. */
export function ratesOf(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const rates = value.map(finite).filter((rate) => rate !== undefined && rate >= 0.1 && rate <= 4) as number[];
  return rates.length ? [...new Set(rates)].slice(0, 32).toSorted((a, b) => a - b) : undefined;
}
