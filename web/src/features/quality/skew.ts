// The skew between players from their reports, and the scale of a plot.
import { type DriftPoint, type Quality, SPAN_MS } from '../../room/slices/quality';

const SCALES = [10, 25, 50, 100, 250, 500, 1_000];

/** The smallest scale with 90 % of the points in it: a few large values after a start would flatten the rest. */
export function plotScaleMs(trace: readonly DriftPoint[]): number {
  const sizes = trace.flatMap((p) => (p.driftMs === null ? [] : [Math.abs(p.driftMs)])).toSorted((a, b) => a - b);
  const most = quantile(sizes, 0.9);
  return SCALES.find((s) => most <= s) ?? Math.ceil(most / 1000) * 1000;
}

export interface RoomSkew {
  p50Ms: number;
  p95Ms: number;
  /** How many players were compared. */
  players: number;
}

const STEP_MS = 5_000;
/** A report is valid until the next one is due, with a margin. */
const FRESH_MS = 7_500;
/** The number of pairs grows with the square, so of more players an even sample is compared. */
const MAX_COMPARED = 40;

/**
 * The skew between any two moving players, by their reports, every 5 s of the last two minutes. Null with fewer than two
 * players.
 */
export function roomSkew(quality: Quality, nowMs: number): RoomSkew | null {
  const traces = evenly(
    [...quality.values()].map((q) => q.trace).filter((t) => t.some((p) => p.driftMs !== null)),
    MAX_COMPARED,
  );
  if (traces.length < 2) return null;
  const skews: number[] = [];
  for (let atMs = nowMs; atMs > nowMs - SPAN_MS; atMs -= STEP_MS) {
    const drifts = traces.map((t) => driftAt(t, atMs)).filter((d) => d !== null);
    for (const [i, a] of drifts.entries()) for (const b of drifts.slice(i + 1)) skews.push(Math.abs(a - b));
  }
  if (!skews.length) return null;
  skews.sort((a, b) => a - b);
  return { p50Ms: quantile(skews, 0.5), p95Ms: quantile(skews, 0.95), players: traces.length };
}

function driftAt(trace: readonly DriftPoint[], atMs: number): number | null {
  const point = trace.findLast((p) => p.atMs <= atMs);
  return point && atMs - point.atMs <= FRESH_MS ? point.driftMs : null;
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]).filter(
    (one) => one !== undefined,
  );
}
