// What the engine needs of a player, whatever plays.
import type { Frame } from './estimator';
import type { Embed } from './iframe/services';

export interface MediaSource {
  url: string;
  format: 'progressive' | 'hls' | 'embed';
  /** With the format `embed`: what the service's own player is to play. */
  embed?: Embed;
}

/** About where a player will be asked to be once it has opened its source; undefined: nobody knows yet. */
export type Entry = () => number | undefined;

export interface PlayerSnapshot {
  /** Knows what it plays, and can be told where to. */
  loaded: boolean;
  /**
   * As the player last told it. One that tells by messages gives the last message's value, not advanced since, and
   * calls `onChange` at each arrival: when it was heard is what dates it.
   */
  currentMs: number;
  /** Null until known, and for what has no end. */
  durationMs: number | null;
  bufferedAheadMs: number;
  paused: boolean;
  seeking: boolean;
  /** Could go on from here at once. */
  ready: boolean;
  ended: boolean;
  /** Why this source cannot be played; null when it can, as far as known. */
  failure: string | null;
  /** Its sound can be heard, so a change of pitch can be too; absent: it can. */
  audible?: boolean;
  /** Plays without sound although sound is wanted: the browser wants a tap before it plays any. */
  silenced?: boolean;
}

export interface Player {
  /**
   * The rates it can play at, smallest first; null or absent: any. May become known, or change, while it plays.
   * `[1]` is a player that cannot change its rate.
   */
  readonly rates?: readonly number[] | null;
  /** `entry`: asked as late as can be, so that what lies before need not be loaded. */
  load(source: MediaSource, entry?: Entry): void;
  /** Makes a source ready beside the one that plays; null: nothing. Absent: it cannot. */
  prepare?(source: MediaSource | null): void;
  /** What was made ready could start at once. */
  isPrepared?(source: MediaSource): boolean;
  /** Loads what was made ready; what plays goes on until that plays. */
  handOn?(source: MediaSource): void;
  unload(): void;
  /** Within a tap: plays, and gets whatever else it will play with allowed to. Absent: `play` does. */
  unlock?(): Promise<void>;
  /** Call from a tap: ends the silence that `play` had to begin in. Absent: `play` always begins as it is told to. */
  restoreSound?(): void;
  /**
   * Where the browser allows sound only after a tap, plays without it (`silenced`). Rejects with a `NotAllowedError`
   * where even that needs a tap.
   */
  play(): Promise<void>;
  pause(): void;
  seekTo(positionMs: number): void;
  setRate(rate: number): void;
  snapshot(): PlayerSnapshot;
  /** Each frame that is shown. Returns what ends it. */
  onFrame(listener: (frame: Frame) => void): () => void;
  /** Whenever the snapshot changed in a way that may matter. Returns what ends it. */
  onChange(listener: () => void): () => void;
  destroy(): void;
}
