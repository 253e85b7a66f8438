// Decides how a playing player comes back to where the room is. Pure: state in, action and state out.
//
// Instead of steering all the time it plans one correction: a rate and how long, so that the error is gone at the end,
// then the base rate again. Few, long writes are what ears and browsers take best, and what is below a browser's
// smallest step still converges. What the oscillators add for ever is learned as a slope (the integral term): where
// the browser takes any rate it becomes part of the base rate, elsewhere corrections aim half a band past zero.
import type { Profile } from './profile';

export interface Observation {
  nowMs: number;
  /** Position minus target; positive: ahead. */
  driftMs: number;
  /** How far off the drift may be. */
  errorMs: number;
  /** The room's rate. */
  rate: number;
  /** False while seeking, stalled, or hidden without frames: then nothing is decided. */
  steady: boolean;
}

export interface ControllerState {
  correction: { endMs: number; sign: number } | null;
  lastWriteMs: number;
  lastSeekMs: number;
  /** Nothing is believed before this. */
  settledMs: number;
  /** Until then larger errors are worth a seek: just started, joined or stalled. */
  eagerUntilMs: number;
  recent: readonly number[];
  /** An undisturbed stretch: the drift at its begin, and smoothed since. */
  calm: { sinceMs: number; driftMs: number; meanMs: number } | null;
  /** Learned: ms of drift for each ms. */
  slope: number;
  /** Learned: what a seek costs, in ms. */
  seekCostMs: number;
  seekPending: boolean;
  futileSeeks: number;
}

export type Action =
  | { kind: 'none' }
  | { kind: 'rate'; rate: number; forMs: number }
  | { kind: 'seek'; aheadMs: number };

export interface Decision {
  action: Action;
  state: ControllerState;
}

/** Between two writes of the rate. */
export const MIN_DWELL_MS = 2_000;
/** After a write, a start or a seek the estimate is given this long to renew itself. */
export const SETTLE_MS = 1_300;
const START_SETTLE_MS = 500;
const EAGER_MS = 6_000;
const PLAN_MS = 2_400;
/** The most that small errors are corrected with. Nobody hears the first; the second is for what has just begun. */
const TRIM = 0.004;
const TRIM_EAGER = 0.02;
const SMALL_MS = 40;
const SEEK_ABOVE_MS = 1_000;
const SEEK_ABOVE_EAGER_MS = 300;
const SEEK_PAUSE_MS = 3_000;
const RECENT = 6;
const RECENT_HASTY = 3;
const CALM_MS = 8_000;
/** Inside the dead band only what stays is corrected. */
const RESIDUE_AFTER_MS = 15_000;
const RESIDUE_MS = 1;
const SMOOTHING = 0.02;
const MAX_SLOPE = 500e-6;
const NONE: Action = { kind: 'none' };

export function initialState(seekCostMs: number): ControllerState {
  return {
    correction: null,
    lastWriteMs: -Infinity,
    lastSeekMs: -Infinity,
    settledMs: -Infinity,
    eagerUntilMs: -Infinity,
    recent: [],
    calm: null,
    slope: 0,
    seekCostMs,
    seekPending: false,
    futileSeeks: 0,
  };
}

/** The player starts moving now, at the base rate. */
export function started(state: ControllerState, nowMs: number): ControllerState {
  return { ...state, correction: null, settledMs: nowMs + START_SETTLE_MS, eagerUntilMs: nowMs + EAGER_MS, recent: [], calm: null };
}

/** What the player runs at when nothing is corrected. */
export function baseRate(state: ControllerState, profile: Profile, rate: number): number {
  return profile.minStep === 0 ? rate * (1 - state.slope) : rate;
}

export function decide(seen: Observation, before: ControllerState, profile: Profile): Decision {
  const { nowMs, driftMs } = seen;
  if (!seen.steady) {
    return { action: NONE, state: { ...before, recent: [], calm: null, settledMs: Math.max(before.settledMs, nowMs + START_SETTLE_MS) } };
  }
  if (before.correction) return endCorrection(seen, before, before.correction, profile);
  if (nowMs < before.settledMs) return { action: NONE, state: before };

  const recent = [...before.recent, driftMs].slice(-RECENT);
  let state: ControllerState = { ...before, recent };
  if (state.seekPending) state = learnSeek(state, seen);
  if (Math.abs(driftMs) > seekThreshold(state, nowMs)) return seek(seen, state);

  const mean = recent.reduce((sum, d) => sum + d, 0) / recent.length;
  if (recent.length === RECENT) {
    const calm = state.calm ?? { sinceMs: nowMs, driftMs: mean, meanMs: mean };
    state = { ...state, calm: { ...calm, meanMs: calm.meanMs + SMOOTHING * (mean - calm.meanMs) } };
  }
  if (Math.abs(mean) < SMALL_MS) state = { ...state, futileSeeks: 0 };
  const hasty = Math.abs(mean) > SMALL_MS || nowMs < state.eagerUntilMs;
  const sure = recent.length >= (hasty ? RECENT_HASTY : RECENT);
  const worth = Math.abs(mean) > Math.max(profile.deadBandMs, seen.errorMs);
  const residue = profile.minStep === 0 && state.calm !== null && nowMs - state.calm.sinceMs > RESIDUE_AFTER_MS && Math.abs(state.calm.meanMs) > RESIDUE_MS;
  if (!sure || !(worth || residue) || nowMs - state.lastWriteMs < MIN_DWELL_MS) return { action: NONE, state };
  return correct(seen, learnSlope(state, nowMs, mean, profile), worth ? mean : (state.calm?.meanMs ?? mean), profile);
}

function correct(seen: Observation, state: ControllerState, mean: number, profile: Profile): Decision {
  const past = profile.minStep > 0 && Math.abs(state.slope) > 10e-6 ? (Math.sign(state.slope) * profile.deadBandMs) / 2 : 0;
  const small = Math.abs(mean) <= SMALL_MS;
  const gainMs = -(mean + past) + (small || seen.rate !== 1 ? 0 : profile.stretchCostMs);
  const trim = seen.nowMs < state.eagerUntilMs ? TRIM_EAGER : TRIM;
  const most = small ? trim : profile.maxRate;
  const step = Math.min(most, Math.max(profile.minStep, Math.abs(gainMs) / (PLAN_MS * seen.rate)));
  const forMs = Math.max(MIN_DWELL_MS, Math.abs(gainMs) / (step * seen.rate));
  const sign = Math.sign(gainMs);
  const rate = baseRate(state, profile, seen.rate) * (1 + sign * step);
  return {
    action: { kind: 'rate', rate, forMs },
    state: { ...state, correction: { endMs: seen.nowMs + forMs, sign }, lastWriteMs: seen.nowMs, calm: null, recent: [] },
  };
}

function endCorrection(seen: Observation, state: ControllerState, correction: { endMs: number; sign: number }, profile: Profile): Decision {
  const { nowMs, driftMs, rate } = seen;
  if (Math.abs(driftMs) > Math.max(SEEK_ABOVE_MS, seekThreshold(state, nowMs))) return seek(seen, state);
  const overshot = correction.sign * driftMs > Math.max(profile.deadBandMs, seen.errorMs) * 2;
  if (nowMs < correction.endMs && !overshot) return { action: NONE, state };
  if (nowMs - state.lastWriteMs < MIN_DWELL_MS) return { action: NONE, state };
  return {
    action: { kind: 'rate', rate: baseRate(state, profile, rate), forMs: 0 },
    state: { ...state, correction: null, lastWriteMs: nowMs, settledMs: nowMs + SETTLE_MS, recent: [], calm: null },
  };
}

function seekThreshold(state: ControllerState, nowMs: number): number {
  const pause = SEEK_PAUSE_MS * 2 ** Math.min(state.futileSeeks, 4);
  if (nowMs - state.lastSeekMs < pause) return Infinity;
  return nowMs < state.eagerUntilMs ? SEEK_ABOVE_EAGER_MS : SEEK_ABOVE_MS;
}

function seek(seen: Observation, state: ControllerState): Decision {
  return {
    action: { kind: 'seek', aheadMs: state.seekCostMs * seen.rate },
    state: {
      ...started(state, seen.nowMs),
      lastSeekMs: seen.nowMs,
      lastWriteMs: seen.nowMs,
      seekPending: true,
      futileSeeks: state.futileSeeks + 1,
    },
  };
}

/** What is left after a seek is what its cost was guessed wrong by. */
function learnSeek(state: ControllerState, seen: Observation): ControllerState {
  const cost = state.seekCostMs - (0.7 * seen.driftMs) / seen.rate;
  return { ...state, seekPending: false, seekCostMs: Math.max(0, Math.min(3_000, cost)) };
}

function learnSlope(state: ControllerState, nowMs: number, mean: number, profile: Profile): ControllerState {
  if (!state.calm || nowMs - state.calm.sinceMs < CALM_MS) return state;
  const measured = (mean - state.calm.driftMs) / (nowMs - state.calm.sinceMs);
  // Where the slope already is in the base rate, what is measured is what is left of it.
  const change = profile.minStep === 0 ? measured : measured - state.slope;
  return { ...state, slope: Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, state.slope + 0.4 * change)) };
}
