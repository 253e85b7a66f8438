// What tests and measurements put into the global scope of a page.
import type axe from 'axe-core';
import type { Noted } from '../../../bench/sync/probe.mjs';
import type { Recorded } from './numberedPicture.mjs';
import type { Film } from './officialPlayer.mjs';
import type { Shown } from './skew.mjs';

declare global {
  interface Window {
    shownFrames: Shown[];
    pauses: number;
    tones: number;
    recorded: Recorded;
    readNumber: () => number | null;
    /** Films that were shown: how far, and when each first and last moved (ms of the page). */
    films: { seconds: number }[];
    axe: typeof axe;
    syncBench: Noted;
  }
  /** Of the stand-in player. */
  var film: () => Film;
}
