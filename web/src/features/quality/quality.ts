// How everyone's player is doing, in figures: what was reported in the last two minutes, and what follows from it.
import type { PlayerStateJson, PlayerStatusJson, SessionJson, SessionStatusJson } from '../../api/gen/syncwatch/sync/v1/presence_pb';

export interface DriftPoint {
  atMs: number;
  /** Null where nothing moved. */
  driftMs: number | null;
}

export interface SessionQuality {
  status: PlayerStatusJson;
  trace: readonly DriftPoint[];
}

export type Quality = ReadonlyMap<string, SessionQuality>;

export const SPAN_MS = 120_000;
const MAX_POINTS = 120;
const MAX_SESSIONS = 10_000;

/** Adds what was said now. */
export function addReports(quality: Quality, reports: readonly SessionStatusJson[], nowMs: number): Quality {
  const next = new Map(quality);
  for (const { sessionId = '', status = {} } of reports) {
    if (!next.has(sessionId) && next.size >= MAX_SESSIONS) continue;
    const point: DriftPoint = { atMs: nowMs, driftMs: moves(status.state) ? figure(status.driftMs) : null };
    const before = next.get(sessionId)?.trace ?? [];
    const trace = [...before.filter((p) => nowMs - p.atMs <= SPAN_MS), point].slice(-MAX_POINTS);
    next.set(sessionId, { status, trace });
  }
  return next;
}

/** Keeps those who are still there. */
export function keepPresent(quality: Quality, sessions: readonly SessionJson[]): Quality {
  if (!quality.size) return quality;
  const present = new Set(sessions.map((s) => s.id ?? ''));
  return new Map([...quality].filter(([id]) => present.has(id)));
}

function moves(state: PlayerStateJson | undefined): boolean {
  return state === 'PLAYER_STATE_IN_SYNC' || state === 'PLAYER_STATE_ADJUSTING';
}

/** Figures in ProtoJSON: absent is 0, and what is no number comes as a word. */
export function figure(value: number | string | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

const SCALES = [10, 25, 50, 100, 250, 500, 1_000];

/** The smallest scale that holds nine tenths of the points: a start that was far off would hide what came after. */
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
/** A report holds until the next one is due, and a little longer. */
const FRESH_MS = 7_500;
/** The pairs grow with the square: of more players, evenly chosen ones stand for all. */
const MAX_COMPARED = 40;

/**
 * The skew between any two players that moved, every 5 s of the last two minutes, by what they reported; null while
 * there are fewer than two.
 */
export function roomSkew(quality: Quality, nowMs: number): RoomSkew | null {
  const traces = evenly([...quality.values()].map((q) => q.trace).filter((t) => t.some((p) => p.driftMs !== null)), MAX_COMPARED);
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
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]).filter((one) => one !== undefined);
}
