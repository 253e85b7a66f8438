// The skew between people. Each visit becomes a track: position minus time by the machine's clock, every 50 ms while the
// film moves. The skew of two people is the difference of their tracks.
//
// Frames are shown at vsyncs, so the position of a single frame is up to 17 ms low. The mean over a second is not biased
// between people: at 50 frames a second every phase occurs equally often, and the mean wait is the same for everyone.

import { FRAMES_PER_SECOND } from './film.mjs';

export const STEP_MS = 50;
const HALF_WINDOW_MS = 500;
/** Frames that are further apart than this, in time or offset, belong to different stretches. */
const BREAK_MS = 400;
const JUMP_MS = 100;
const MIN_FRAMES = 8;

/**
 * @typedef {object} Track
 * @property {string} person
 * @property {number} fromMs
 * @property {Float64Array} pictureMs what is on screen, NaN where nothing moves
 * @property {Float64Array} elementMs by the element's own clock
 */

/** @param {Pick<import('./person.mjs').Visit, 'person' | 'frames' | 'codes'>} visit @param {number} fromMs @param {number} toMs @returns {Track} */
export function track(visit, fromMs, toMs) {
  const codeMs = codeOffset(visit.codes).offsetMs;
  // A callback that runs after its frame was shown knows neither the time nor, reliably, the frame.
  const punctual = visit.frames.filter(([, displayMs, , readMs]) => displayMs >= readMs);
  return {
    person: visit.person,
    fromMs,
    pictureMs: smooth(
      punctual.map(([mediaMs, displayMs]) => [displayMs, mediaMs + codeMs - displayMs]),
      fromMs,
      toMs,
    ),
    elementMs: smooth(
      visit.frames.map(([, , currentMs, readMs]) => [readMs, currentMs - readMs]),
      fromMs,
      toMs,
    ),
  };
}

/** @param {[atMs: number, offsetMs: number][]} samples @param {number} fromMs @param {number} toMs */
function smooth(samples, fromMs, toMs) {
  const out = new Float64Array(Math.max(0, Math.floor((toMs - fromMs) / STEP_MS))).fill(Number.NaN);
  for (const stretch of stretches(samples)) {
    let [low, high, sum] = [0, 0, 0];
    const first = Math.max(0, Math.ceil((stretch[0][0] - fromMs) / STEP_MS));
    const endMs = stretch.at(-1)?.[0] ?? 0;
    const last = Math.min(out.length - 1, Math.floor((endMs - fromMs) / STEP_MS));
    for (let i = first; i <= last; i += 1) {
      const atMs = fromMs + i * STEP_MS;
      // A symmetric window, because corrections of the rate would bias the ends of a stretch.
      const halfMs = Math.min(HALF_WINDOW_MS, Math.max(200, Math.min(atMs - stretch[0][0], endMs - atMs)));
      while (high < stretch.length && stretch[high][0] <= atMs + halfMs) sum += stretch[high++][1];
      while (high > 0 && stretch[high - 1][0] > atMs + halfMs) sum -= stretch[--high][1];
      while (low < high && stretch[low][0] < atMs - halfMs) sum -= stretch[low++][1];
      while (low > 0 && stretch[low - 1][0] >= atMs - halfMs) sum += stretch[--low][1];
      if (high - low >= MIN_FRAMES) out[i] = sum / (high - low);
    }
  }
  return out;
}

/** @param {[number, number][]} samples */
function stretches(samples) {
  /** @type {[number, number][][]} */
  const all = [];
  let [lastMs, lastOffset] = [-Infinity, Number.NaN];
  for (const sample of samples) {
    const [atMs, offsetMs] = sample;
    if (atMs - lastMs > BREAK_MS || !(Math.abs(offsetMs - lastOffset) < JUMP_MS)) all.push([]);
    all.at(-1)?.push(sample);
    [lastMs, lastOffset] = [atMs, offsetMs];
  }
  return all.filter((stretch) => stretch.length >= MIN_FRAMES);
}

/**
 * Compares the frame numbers in the picture with the media times of the frames. All readings have the same offset, except
 * where the picture already had the next frame when it was read.
 * @param {import('./probe.mjs').Noted['codes']} codes
 */
export function codeOffset(codes) {
  /** @type {Map<number, number>} */
  const seen = new Map();
  for (const [, mediaMs, frame] of codes) {
    const offsetMs = Math.round(((frame * 1_000) / FRAMES_PER_SECOND - mediaMs) * 10) / 10 || 0;
    seen.set(offsetMs, (seen.get(offsetMs) ?? 0) + 1);
  }
  const [offsetMs, agreed] = [...seen].toSorted((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return { offsetMs, readings: codes.length, agreed };
}

/** @param {readonly number[]} values @returns {number[]} */
export function sorted(values) {
  return [...values].sort((a, b) => a - b);
}

/** Nearest rank. @param {readonly number[]} ascending @param {number} part */
export function quantile(ascending, part) {
  return ascending[Math.max(0, Math.min(ascending.length - 1, Math.ceil(ascending.length * part) - 1))] ?? Number.NaN;
}
