// What tests and measurements put into the global scope of a page.
import type { Noted } from '../../../bench/sync/probe.mjs';
import type { Film } from './officialPlayer.mjs';
import type { Shown } from './skew.mjs';

declare global {
  interface Window {
    shownFrames: Shown[];
    pauses: number;
    tones: number;
    syncBench: Noted;
  }
  /** Of the stand-in player. */
  var film: () => Film;
}
