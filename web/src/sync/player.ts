// The interface of every player that the engine steers.
import type { Frame } from './estimator';
import type { Embed } from './iframe/services';

export interface MediaSource {
  url: string;
  format: 'progressive' | 'hls' | 'embed';
  /** With the format `embed`: the video for the player of its service. */
  embed?: Embed;
}

/** The approximate position of the first seek after a source was opened; undefined: not known yet. */
export type Entry = () => number | undefined;

export interface PlayerSnapshot {
  /** The source is open, and the player accepts seeks. */
  loaded: boolean;
  /**
   * The last position that the player reported. A player that reports by messages returns the value of the last message,
   * not advanced since, and calls `onChange` when a message arrives: the arrival dates the value.
   */
  currentMs: number;
  /** Null until it is known, and for media without an end. */
  durationMs: number | null;
  bufferedAheadMs: number;
  paused: boolean;
  seeking: boolean;
  /** Could play from here at once. */
  ready: boolean;
  ended: boolean;
  /** Why this source cannot be played; null when it can, as far as known. */
  failure: string | null;
  /** The sound is audible, so a change of pitch would be, too. Absent: it is. */
  audible?: boolean;
  /** Plays muted although it should not: the browser requires a tap before it plays sound. */
  silenced?: boolean;
}

export interface Player {
  /**
   * The rates that the player has, smallest first; null or absent: any. They may become known or change while it plays.
   * `[1]` is a player that cannot change its rate.
   */
  readonly rates?: readonly number[] | null;
  /** `entry` is called as late as possible, so that the media before that position need not be loaded. */
  load(source: MediaSource, entry?: Entry): void;
  /** Loads a source beside the one that plays; null: drops it. Absent: the player cannot. */
  prepare?(source: MediaSource | null): void;
  /** The prepared source could start at once. */
  isPrepared?(source: MediaSource): boolean;
  /** Switches to the prepared source. The source before it plays on until the prepared one plays. */
  handOn?(source: MediaSource): void;
  unload(): void;
  /** Call within a tap: plays, and unlocks every element that the player uses. Absent: `play` does both. */
  unlock?(): Promise<void>;
  /** Call from a tap: unmutes a player that had to start muted. Absent: the player never starts muted. */
  restoreSound?(): void;
  /**
   * Plays muted (`silenced`) where the browser requires a tap for sound. Rejects with a `NotAllowedError` where muted
   * playback needs a tap, too.
   */
  play(): Promise<void>;
  pause(): void;
  seekTo(positionMs: number): void;
  setRate(rate: number): void;
  snapshot(): PlayerSnapshot;
  /** Calls the listener for each frame that is shown. Returns a function that removes it. */
  onFrame(listener: (frame: Frame) => void): () => void;
  /** Calls the listener when the snapshot may have changed. Returns a function that removes it. */
  onChange(listener: () => void): () => void;
  destroy(): void;
}
