// Decides how a playing player returns to the position of the room. Pure: state in, action and state out.
//
// It does not steer all the time. It plans one correction at a time: a rate and a duration, after which the error is 0,
// then the base rate again. Few, long writes are the least audible and the cheapest for browsers, and errors below a
// browser's smallest step of the rate still converge. The constant drift of the oscillators is learned as a slope (the
// integral term): where the browser takes any rate it becomes part of the base rate, elsewhere corrections aim half a
// dead band past zero.
import type { Profile } from './profile';

export interface Observation {
  nowMs: number;
  /** Position minus target; positive: ahead. */
  driftMs: number;
  /** Error bound of the drift, in ms. */
  errorMs: number;
  /** The room's rate. */
  rate: number;
  /** False while seeking, stalled, or hidden without frames: then nothing is decided. */
  steady: boolean;
  /** The sound is heard: rates have to stay closer to the room's rate. */
  audible: boolean;
  /** Time between decisions: 100 ms, or up to a minute in a throttled page. */
  tickMs: number;
  /** The rates the player has; null: any. */
  rates: readonly number[] | null;
}

interface Correction {
  endMs: number;
  forMs: number;
  sign: number;
  /** The error that the whole correction removes, in ms. */
  gainMs: number;
  /** Consecutive measurements far from the planned drift. */
  astray: number;
}

export interface ControllerState {
  correction: Correction | null;
  lastWriteMs: number;
  lastSeekMs: number;
  /** Measurements before this instant are ignored. */
  settledMs: number;
  /** Until then larger errors are corrected by a seek: after a start, a join or a stall. */
  eagerUntilMs: number;
  recent: readonly number[];
  /** A stretch without corrections: the drift at its beginning, and the smoothed drift since. */
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
/** After a write, a start or a seek the estimator needs this long for a new estimate. */
export const SETTLE_MS = 1_300;
const START_SETTLE_MS = 500;
const EAGER_MS = 6_000;
const PLAN_MS = 2_400;
/**
 * Largest change of the rate for small errors: 5 cents while sound is heard, since music reveals more, and 17 cents
 * without sound. The last value is for the first seconds after a start, when there is nothing to compare the pitch with.
 */
const TRIM_AUDIBLE = 0.003;
const TRIM = 0.01;
const TRIM_EAGER = 0.02;
const SMALL_MS = 40;
const SEEK_ABOVE_MS = 1_000;
const SEEK_ABOVE_EAGER_MS = 300;
const SEEK_PAUSE_MS = 3_000;
const RECENT = 6;
const RECENT_HASTY = 3;
const CALM_MS = 8_000;
/** Usual drift between oscillators, and least error of one measurement: the weights of a measured slope. */
const USUAL_SLOPE = 60e-6;
const LEAST_NOISE_MS = 1.5;
const MAX_TRUST = 0.8;
/** At rest, which begins so long after the last start or seek, errors below this are corrected once a minute at most. */
const REST_AFTER_MS = 14_000;
const REST_MS = 10;
const REST_PAUSE_MS = 60_000;
/** For a player with few rates: smaller errors are left alone, and larger ones than the second value need a seek. */
const MIN_PULSE_MS = 200;
const SEEK_ABOVE_COARSE_MS = 150;
/** A late timer may lengthen a correction by this share at most. */
const LATE_SHARE = 4;
/** Inside the dead band only a lasting error is corrected. */
const RESIDUE_AFTER_MS = 15_000;
const RESIDUE_MS = 1;
const SMOOTHING = 0.02;
const MAX_SLOPE = 500e-6;
/** A correction is planned again after this many consecutive measurements that are this far from its plan. */
const ASTRAY_MS = 40;
const ASTRAY_LOOKS = 3;
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
  return {
    ...state,
    correction: null,
    settledMs: nowMs + START_SETTLE_MS,
    eagerUntilMs: nowMs + EAGER_MS,
    recent: [],
    calm: null,
    seekPending: false,
  };
}

/** The rate without a correction. */
export function baseRate(
  state: ControllerState,
  profile: Profile,
  rate: number,
  rates: readonly number[] | null = null,
): number {
  if (rates)
    return rates.reduce((best, r) => (Math.abs(r - rate) < Math.abs(best - rate) ? r : best), rates[0] ?? rate);
  return profile.minStep === 0 ? rate * (1 - state.slope) : rate;
}

export function decide(seen: Observation, before: ControllerState, profile: Profile): Decision {
  const { nowMs, driftMs } = seen;
  if (!seen.steady || !Number.isFinite(driftMs) || !Number.isFinite(nowMs)) {
    return {
      action: NONE,
      state: {
        ...before,
        recent: [],
        calm: null,
        settledMs: Math.max(before.settledMs, (Number.isFinite(nowMs) ? nowMs : 0) + START_SETTLE_MS),
      },
    };
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
  if (Math.abs(mean) < Math.max(SMALL_MS, profile.deadBandMs)) state = { ...state, futileSeeks: 0 };
  const hasty = Math.abs(mean) > SMALL_MS || nowMs < state.eagerUntilMs;
  const sure = recent.length >= (hasty ? RECENT_HASTY : RECENT);
  const worth = Math.abs(mean) > Math.max(profile.deadBandMs, seen.errorMs);
  const residue =
    profile.minStep === 0 &&
    state.calm !== null &&
    nowMs - state.calm.sinceMs > RESIDUE_AFTER_MS &&
    Math.abs(state.calm.meanMs) > RESIDUE_MS;
  const atRest = nowMs > state.eagerUntilMs + REST_AFTER_MS && Math.abs(mean) <= Math.max(REST_MS, 1.5 * seen.errorMs);
  const dwellMs = atRest ? REST_PAUSE_MS : MIN_DWELL_MS;
  if (!sure || !(worth || residue) || nowMs - state.lastWriteMs < dwellMs) return { action: NONE, state };
  const learned = learnSlope(state, seen, mean, profile);
  const errorMs = worth ? mean : (state.calm?.meanMs ?? mean);
  return seen.rates ? pulse(seen, learned, errorMs, seen.rates, profile) : correct(seen, learned, errorMs, profile);
}

function correct(seen: Observation, state: ControllerState, mean: number, profile: Profile): Decision {
  const past =
    profile.minStep > 0 && Math.abs(state.slope) > 10e-6 ? (Math.sign(state.slope) * profile.deadBandMs) / 2 : 0;
  const small = Math.abs(mean) <= SMALL_MS;
  const gainMs = -(mean + past) + (small || seen.rate !== 1 ? 0 : profile.stretchCostMs);
  const trim = seen.nowMs < state.eagerUntilMs ? TRIM_EAGER : seen.audible ? TRIM_AUDIBLE : TRIM;
  const most = small ? Math.max(trim, profile.minStep) : profile.maxRate;
  const planMs = Math.max(PLAN_MS, LATE_SHARE * seen.tickMs);
  const step = Math.min(most, Math.max(profile.minStep, Math.abs(gainMs) / (planMs * seen.rate)));
  // The timer may run so late that the correction would overshoot by far: plan none.
  if (step * seen.tickMs * seen.rate > Math.max(Math.abs(gainMs), profile.deadBandMs)) return { action: NONE, state };
  const forMs = Math.max(MIN_DWELL_MS, Math.abs(gainMs) / (step * seen.rate));
  const sign = Math.sign(gainMs);
  return begin(seen, state, baseRate(state, profile, seen.rate) * (1 + sign * step), forMs, gainMs);
}

/** For a player with few rates: the rate nearest to the room's that reduces the error, else a seek. */
function pulse(
  seen: Observation,
  state: ControllerState,
  mean: number,
  rates: readonly number[],
  profile: Profile,
): Decision {
  const sign = -Math.sign(mean);
  const useful = rates.filter(
    (r) => (r - seen.rate) * sign > 0 && Math.abs(r / seen.rate - 1) <= profile.maxRate + 1e-9,
  );
  const rate = useful.reduce<number | null>(
    (mildest, r) => (mildest === null || Math.abs(r - seen.rate) < Math.abs(mildest - seen.rate) ? r : mildest),
    null,
  );
  if (rate === null) {
    const seekable = Math.abs(mean) > SEEK_ABOVE_COARSE_MS && Number.isFinite(seekThreshold(state, seen.nowMs));
    return seekable ? seek(seen, state) : { action: NONE, state };
  }
  const forMs = Math.abs(mean / (rate - seen.rate));
  if (forMs < Math.max(MIN_PULSE_MS, seen.tickMs)) return { action: NONE, state };
  return begin(seen, state, rate, forMs, -mean);
}

function begin(seen: Observation, state: ControllerState, rate: number, forMs: number, gainMs: number): Decision {
  return {
    action: { kind: 'rate', rate, forMs },
    state: {
      ...state,
      correction: { endMs: seen.nowMs + forMs, forMs, sign: Math.sign(gainMs), gainMs, astray: 0 },
      lastWriteMs: seen.nowMs,
      calm: null,
      recent: [],
    },
  };
}

function endCorrection(seen: Observation, state: ControllerState, correction: Correction, profile: Profile): Decision {
  const { nowMs, driftMs, rate } = seen;
  if (Math.abs(driftMs) > Math.max(SEEK_ABOVE_MS, seekThreshold(state, nowMs))) return seek(seen, state);
  const overshot = correction.sign * driftMs > Math.max(profile.deadBandMs, seen.errorMs) * 2;
  if (nowMs < correction.endMs && !overshot) {
    const plannedMs = (-correction.gainMs * (correction.endMs - nowMs)) / correction.forMs;
    const astray = Math.abs(driftMs - plannedMs) > ASTRAY_MS ? correction.astray + 1 : 0;
    const watched = { ...state, correction: { ...correction, astray } };
    if (astray < ASTRAY_LOOKS || seen.rates || nowMs - state.lastWriteMs < MIN_DWELL_MS)
      return { action: NONE, state: watched };
    if (Math.abs(driftMs) > Math.max(profile.deadBandMs, seen.errorMs)) return correct(seen, watched, driftMs, profile);
  }
  if (nowMs - state.lastWriteMs < Math.min(MIN_DWELL_MS, correction.forMs)) return { action: NONE, state };
  return {
    action: { kind: 'rate', rate: baseRate(state, profile, rate, seen.rates), forMs: 0 },
    state: { ...state, correction: null, lastWriteMs: nowMs, settledMs: nowMs + SETTLE_MS, recent: [], calm: null },
  };
}

function seekThreshold(state: ControllerState, nowMs: number): number {
  // The first seek shows what a seek costs here, so a second one may follow at once.
  const pause = state.futileSeeks <= 1 ? 0 : SEEK_PAUSE_MS * 2 ** Math.min(state.futileSeeks - 1, 4);
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

/** The error that is left after a seek is the error of its estimated cost. */
function learnSeek(state: ControllerState, seen: Observation): ControllerState {
  const weight = state.futileSeeks <= 1 ? 1 : 0.7;
  const cost = state.seekCostMs - (weight * seen.driftMs) / seen.rate;
  return { ...state, seekPending: false, seekCostMs: Math.max(0, Math.min(3_000, cost)) };
}

function learnSlope(
  state: ControllerState,
  { nowMs, errorMs }: Observation,
  mean: number,
  profile: Profile,
): ControllerState {
  if (!state.calm || nowMs - state.calm.sinceMs < CALM_MS || profile.name === 'iframe') return state;
  const forMs = nowMs - state.calm.sinceMs;
  const measured = (mean - state.calm.driftMs) / forMs;
  const noise = Math.max(LEAST_NOISE_MS, errorMs) / forMs;
  const trust = Math.min(MAX_TRUST, USUAL_SLOPE ** 2 / (USUAL_SLOPE ** 2 + noise ** 2));
  // Where the base rate includes the slope, the measured slope is the remainder.
  const change = profile.minStep === 0 ? measured : measured - state.slope;
  return { ...state, slope: Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, state.slope + trust * change)) };
}
