import { describe, expect, it } from 'vitest';
import { type Action, type ControllerState, decide, initialState, MIN_DWELL_MS, started } from './controller';
import { profileFor } from './profile';

const CHROMIUM = profileFor('Mozilla/5.0 Chrome/156.0 Safari/537.36');
const WEBKIT = profileFor('Mozilla/5.0 AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15');
const USUAL = { audible: true, tickMs: 100, rates: null };

/** The same drift for a while; the first thing that is done about it. */
function settle(
  driftMs: number,
  options: {
    state?: ControllerState;
    profile?: typeof CHROMIUM;
    steady?: boolean;
    forMs?: number;
    errorMs?: number;
    rate?: number;
  } = {},
) {
  const { profile = CHROMIUM, steady = true, forMs = 3_000, errorMs = 1, rate = 1 } = options;
  let state = options.state ?? initialState(100);
  for (let nowMs = 10_000; nowMs <= 10_000 + forMs; nowMs += 100) {
    const decision = decide({ ...USUAL, nowMs, driftMs, errorMs, rate, steady }, state, profile);
    state = decision.state;
    if (decision.action.kind !== 'none') return { action: decision.action, state, nowMs };
  }
  return { action: { kind: 'none' } as Action, state, nowMs: 10_000 + forMs };
}

function rateOf(action: Action): number {
  return action.kind === 'rate' ? action.rate : Number.NaN;
}

describe('decisions', () => {
  it('does not correct errors within the dead band', () => {
    expect(settle(1.5).action.kind).toBe('none');
  });

  it('does not correct errors within the error of the estimate', () => {
    expect(settle(8, { errorMs: 12 }).action.kind).toBe('none');
  });

  it('slows down when ahead and speeds up when behind, inaudibly', () => {
    expect(rateOf(settle(10).action)).toBeLessThan(1);
    expect(rateOf(settle(-10).action)).toBeGreaterThan(1);
    expect(Math.abs(rateOf(settle(-35).action) - 1)).toBeLessThanOrEqual(0.003 + 1e-9);
  });

  it('plans a correction of the exact duration', () => {
    const { action } = settle(-35);
    expect(action.kind === 'rate' && (action.rate - 1) * action.forMs).toBeCloseTo(35, 5);
  });

  it('corrects faster after a start', () => {
    const { action } = settle(-35, { state: started(initialState(100), 9_000) });
    expect(rateOf(action) - 1).toBeGreaterThan(0.01);
    expect(rateOf(action) - 1).toBeLessThanOrEqual(0.0201);
  });

  it('corrects up to a second by at most 5 %, plus the cost of stretching', () => {
    const { action } = settle(-80);
    expect(action.kind === 'rate' && (action.rate - 1) * action.forMs).toBeCloseTo(80 + CHROMIUM.stretchCostMs, 5);
    for (const drift of [-900, 900])
      expect(Math.abs(rateOf(settle(drift).action) - 1)).toBeLessThanOrEqual(0.05 + 1e-9);
  });

  it('seeks for larger errors, ahead by the cost of a seek', () => {
    expect(settle(-1_500).action).toEqual({ kind: 'seek', aheadMs: 100 });
    expect(settle(1_500, { rate: 2 }).action).toEqual({ kind: 'seek', aheadMs: 200 });
  });

  it('seeks for smaller errors after a start', () => {
    expect(settle(-400, { state: started(initialState(100), 9_000) }).action.kind).toBe('seek');
  });

  it('makes no decision while seeking, stalled or hidden', () => {
    expect(settle(-5_000, { steady: false }).action.kind).toBe('none');
  });

  it('learns the cost of a seek from the error after it', () => {
    const sought = settle(-1_500);
    const after = settle(-200, { state: { ...sought.state, settledMs: 0 }, forMs: 100 });
    expect(after.state.seekCostMs).toBeCloseTo(300, 0);
    expect(after.state.seekPending).toBe(false);
  });

  it('learns nothing from a seek that a new start interrupted', () => {
    const sought = settle(-1_500);
    const anew = started(sought.state, sought.nowMs);
    const after = settle(-200, { state: { ...anew, settledMs: 0 }, forMs: 100 });
    expect(after.state.seekCostMs).toBe(sought.state.seekCostMs);
  });

  it('backs off where seeks do not help', () => {
    let state = initialState(0);
    const seeks: number[] = [];
    for (let nowMs = 0; nowMs < 120_000; nowMs += 100) {
      const decision = decide({ ...USUAL, nowMs, driftMs: -2_000, errorMs: 1, rate: 1, steady: true }, state, CHROMIUM);
      state = decision.state;
      if (decision.action.kind === 'seek') seeks.push(nowMs);
    }
    const gaps = seeks.slice(1).map((at, i) => at - (seeks[i] ?? 0));
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(40_000);
    expect(seeks.length).toBeLessThan(8);
  });

  it('returns to the base rate, and never writes twice within two seconds', () => {
    let state = initialState(0);
    const writes: { nowMs: number; rate: number }[] = [];
    let driftMs = -30;
    let rate = 1;
    for (let nowMs = 0; nowMs < 240_000; nowMs += 100) {
      driftMs += (rate - 1) * 100 + 100 * 80e-6;
      const decision = decide({ ...USUAL, nowMs, driftMs, errorMs: 0.5, rate: 1, steady: true }, state, CHROMIUM);
      state = decision.state;
      if (decision.action.kind === 'rate') {
        rate = decision.action.rate;
        writes.push({ nowMs, rate });
      }
    }
    const gaps = writes.slice(1).map((w, i) => w.nowMs - (writes[i]?.nowMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MIN_DWELL_MS);
    expect(Math.abs(driftMs)).toBeLessThan(4);
    expect(state.slope).toBeGreaterThan(20e-6);
  });

  it('plans again when the drift is far from the plan, and not earlier', () => {
    let state = initialState(0);
    const writes: { nowMs: number; rate: number }[] = [];
    for (let nowMs = 10_000; nowMs < 16_000; nowMs += 100) {
      // The clock's first look was 250 ms off; from 10.9 s on it knows.
      const driftMs = nowMs < 10_900 ? -250 : 0;
      const decision = decide({ ...USUAL, nowMs, driftMs, errorMs: 1, rate: 1, steady: true }, state, WEBKIT);
      state = decision.state;
      if (decision.action.kind === 'rate') writes.push({ nowMs, rate: decision.action.rate });
    }
    expect(writes[0]?.rate).toBeGreaterThan(1);
    expect(writes[1]?.rate).toBeLessThanOrEqual(1);
    expect((writes[1]?.nowMs ?? 0) - (writes[0]?.nowMs ?? 0)).toBeLessThan(MIN_DWELL_MS + 500);
    expect((writes[1]?.nowMs ?? 0) - (writes[0]?.nowMs ?? 0)).toBeGreaterThanOrEqual(MIN_DWELL_MS);
  });

  it('does not correct small errors where each write of the rate may be audible', () => {
    expect(settle(-20, { profile: WEBKIT }).action.kind).toBe('none');
    expect(Math.abs(rateOf(settle(-60, { profile: WEBKIT }).action) - 1)).toBeGreaterThanOrEqual(0.005);
  });
});

describe('profiles', () => {
  it('knows the engines by their names', () => {
    expect(CHROMIUM.name).toBe('chromium');
    expect(WEBKIT.name).toBe('webkit');
    expect(profileFor('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0').name).toBe('gecko');
    expect(profileFor('Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/150 Mobile Safari/604.1').name).toBe('webkit');
  });
});
