// Draws rooms from a seed: members, devices, networks and events.

import { type Faults, GOOD } from '../src/sync/player.testkit';
import { random } from '../src/sync/world.testkit';
import type { DeviceSpec } from './device';
import type { PathSpec } from './network';
import type { OfficialSpec } from './official';

export interface Stall {
  atMs: number;
  forMs: number;
}

export interface MemberSpec {
  device: DeviceSpec;
  path: PathSpec;
  player: Faults;
  /** Watches in a service's own player instead. */
  official?: OfficialSpec;
  joinMs: number;
  stalls: readonly Stall[];
  /** A first visit: nothing is learned about this device's player yet. */
  fresh: boolean;
  /** How late the speaker is (Bluetooth), and the offset that the person has set where a product has one. */
  speakerDelayMs: number;
  audioOffsetMs: number;
  seed: number;
}

export interface Scenario {
  seed: number;
  members: readonly MemberSpec[];
  playMs: number;
  seek: { atMs: number; toMs: number };
  endMs: number;
}

export const PLAY_MS = 2_000;
const SEEK_MS = 150_000;
const LATE_JOIN_MS = 45_000;
const END_MS = 300_000;
const STALLS_AN_HOUR = 6;
const PPM = 100;

export function scenario(seed: number, bluetooth: boolean): Scenario {
  const roll = random(seed * 7919 + 17);
  const between = (low: number, high: number) => low + roll() * (high - low);
  const logBetween = (low: number, high: number) => low * (high / low) ** roll();
  const count = 2 + Math.floor(roll() * 3);

  const member = (index: number): MemberSpec => {
    const late = index > 0 && index === count - 1;
    // Half of the browsers have exact clocks, a third has steps of 2 ms, and the rest (fingerprinting protection) 100 ms.
    const kind = roll();
    const mediaStepMs = kind < 0.5 ? 0 : kind < 0.85 ? 2 : 100;
    const rttMs = logBetween(5, 400);
    const speakerDelayMs = bluetooth && roll() < 0.4 ? between(120, 300) : 0;
    return {
      device: {
        clockPpm: between(-PPM, PPM),
        clockStepMs: mediaStepMs === 100 ? 16.67 : mediaStepMs / 2,
        epochMs: between(0, 1e6),
      },
      path: {
        rttMs,
        upShare: 0.5 + 0.1 * (roll() + roll() - 1),
        jitterMs: 0.5 + rttMs * between(0.01, 0.15),
        loss: between(0, 0.03),
      },
      player: {
        ...GOOD,
        driftPpm: between(-PPM, PPM),
        startLatencyMs: between(20, 150),
        seekCostMs: logBetween(50, 1_500),
        jitterMs: between(2, 25),
        clockStepMs: mediaStepMs,
        fps: roll() < 0.7 ? 24 : 60,
        loadMs: between(100, 1_500),
        seed: Math.floor(roll() * 2 ** 31),
      },
      fresh: roll() < 0.5,
      joinMs: late ? LATE_JOIN_MS : between(0, 300),
      stalls: stalls(roll, between),
      speakerDelayMs,
      // Set by ear, so not exact.
      audioOffsetMs: speakerDelayMs > 0 ? speakerDelayMs + between(-10, 10) : 0,
      seed: Math.floor(roll() * 2 ** 31),
    };
  };
  const members = Array.from({ length: count }, (_, index) => member(index));
  return { seed, members, playMs: PLAY_MS, seek: { atMs: SEEK_MS, toMs: 1_800_000 }, endMs: END_MS };
}

/** Joins while the room plays. */
export function isLate({ joinMs }: MemberSpec): boolean {
  return joinMs >= LATE_JOIN_MS;
}

function stalls(roll: () => number, between: (low: number, high: number) => number): Stall[] {
  const found: Stall[] = [];
  for (let atMs = 20_000; ; ) {
    atMs += (-Math.log(1 - roll()) * 3_600_000) / STALLS_AN_HOUR;
    if (atMs > END_MS) return found;
    found.push({ atMs, forMs: between(300, 4_000) });
    atMs += 10_000;
  }
}
