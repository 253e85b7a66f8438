import { describe, expect, it } from 'vitest';
import { ServerClock } from './clock';
import { random } from './simulation.testkit';

const OFFSET = 1_700_000_000_000;

/** One exchange over a path that takes `outMs` there and `backMs` back. */
function exchange(clock: ServerClock, atMs: number, outMs: number, backMs: number, offsetMs = OFFSET) {
  const serverMs = atMs + outMs + offsetMs;
  clock.add({ sentMs: atMs, receivedMs: atMs + outMs + backMs, serverReceiveMs: serverMs, serverSendMs: serverMs });
}

describe('the cluster clock', () => {
  it('is unknown before the first exchange', () => {
    expect(new ServerClock().read(0)).toBeNull();
    expect(new ServerClock().rttMs).toBeNull();
  });

  it('uses the exchange with the shortest round trip', () => {
    const clock = new ServerClock();
    exchange(clock, 1_000, 80, 10);
    exchange(clock, 1_100, 5, 5);
    exchange(clock, 1_200, 10, 90);
    expect(Math.abs(clock.toServer(1_300) - 1_300 - OFFSET)).toBeLessThan(0.05);
    expect(clock.rttMs).toBe(10);
  });

  it('keeps the true offset within its bound, whatever the path does', () => {
    const roll = random(5);
    const clock = new ServerClock();
    for (let at = 0; at < 600_000; at += 5_000) {
      exchange(clock, at, 1 + roll() * 60, 1 + roll() * 60);
      const reading = clock.read(at + 2_500);
      expect(Math.abs((reading?.offsetMs ?? 0) - OFFSET)).toBeLessThanOrEqual((reading?.errorMs ?? 0) + 1e-3);
    }
  });

  it('has a larger bound for an older exchange', () => {
    const clock = new ServerClock();
    exchange(clock, 0, 2, 2);
    expect(clock.read(20_000)?.errorMs).toBeGreaterThan(clock.read(10)?.errorMs ?? 0);
  });

  it('forgets what is older than half a minute', () => {
    const clock = new ServerClock();
    exchange(clock, 0, 1, 1);
    exchange(clock, 40_000, 30, 30);
    expect(clock.rttMs).toBe(60);
  });

  it('starts again when a clock stepped', () => {
    const clock = new ServerClock();
    exchange(clock, 0, 2, 2);
    exchange(clock, 5_000, 2, 2, OFFSET + 900);
    expect(clock.toServer(5_010) - 5_010 - OFFSET).toBeCloseTo(900, 1);
  });

  it('learns the drift of the oscillators', () => {
    const clock = new ServerClock();
    const ppm = 60e-6;
    for (let at = 0; at <= 600_000; at += 10_000) exchange(clock, at, 1, 1, OFFSET + at * ppm);
    const later = 600_000 + 25_000;
    expect(clock.toServer(later)).toBeCloseTo(later + OFFSET + later * ppm, 0);
    expect(Math.abs(clock.toServer(later) - (later + OFFSET + later * ppm))).toBeLessThan(0.5);
  });

  it('measures the delay of frames from the server', () => {
    const clock = new ServerClock();
    for (let i = 0; i < 20; i += 1) exchange(clock, i * 100, 5, i === 7 || i === 8 ? 45 : 5);
    expect(clock.delayMs).toBeCloseTo(45, 0);
  });

  it('varies less than its samples where queues vary', () => {
    const roll = random(11);
    const queue = () => -Math.log(1 - roll()) * 15;
    const clock = new ServerClock();
    const readings: number[] = [];
    for (let at = 0; at < 900_000; at += 10_000) {
      exchange(clock, at, 90 + queue(), 90 + queue(), OFFSET + at * 40e-6);
      if (at > 300_000) readings.push(clock.toServer(at) - at - OFFSET - at * 40e-6);
    }
    const spread = Math.max(...readings) - Math.min(...readings);
    expect(spread).toBeLessThan(8);
    expect(readings.every(Number.isFinite)).toBe(true);
  });

  it('does not take a change of the path for drift', () => {
    const clock = new ServerClock();
    for (let at = 0; at <= 300_000; at += 10_000) exchange(clock, at, 5, 5);
    clock.rerouted();
    // Farther, and lopsided: samples are off by 15 ms now.
    for (let at = 310_000; at <= 600_000; at += 10_000) exchange(clock, at, 75, 45);
    expect(Math.abs(clock.toServer(660_000) - 660_000 - OFFSET)).toBeLessThan(17);
  });

  it('includes the steps of a coarse clock in its bound', () => {
    const clock = new ServerClock();
    const stepMs = 16;
    const step = (ms: number) => Math.floor(ms / stepMs) * stepMs;
    for (let at = 0; at < 300_000; at += 10_007) {
      const serverMs = at + 2 + OFFSET;
      clock.add({ sentMs: step(at), receivedMs: step(at + 4), serverReceiveMs: serverMs, serverSendMs: serverMs });
    }
    const reading = clock.read(300_000);
    expect(reading?.errorMs).toBeGreaterThanOrEqual(stepMs / 2);
    expect(Math.abs((reading?.offsetMs ?? 0) - OFFSET - stepMs / 2)).toBeLessThan(5);
  });

  it('ignores invalid numbers, and answers from before their pings', () => {
    const clock = new ServerClock();
    exchange(clock, 0, 5, 5);
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      clock.add({ sentMs: bad, receivedMs: 10, serverReceiveMs: OFFSET, serverSendMs: OFFSET });
      clock.add({ sentMs: 0, receivedMs: 10, serverReceiveMs: bad, serverSendMs: OFFSET });
      clock.doubt(bad);
    }
    clock.add({ sentMs: 20, receivedMs: 30, serverReceiveMs: OFFSET + 50, serverSendMs: OFFSET + 10 });
    expect(Math.abs(clock.toServer(100) - 100 - OFFSET)).toBeLessThan(0.1);
  });

  it('ignores an answer from before its ping', () => {
    const clock = new ServerClock();
    clock.add({ sentMs: 10, receivedMs: 5, serverReceiveMs: 0, serverSendMs: 0 });
    expect(clock.read(10)).toBeNull();
  });
});
