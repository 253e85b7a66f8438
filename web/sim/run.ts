// Runs one room under one rule, from its first member to its end.

import { SimulatedPlayer } from '../src/sync/player.testkit';
import { random, World } from '../src/sync/world.testkit';
import { Device } from './device';
import { Tally } from './measure';
import { connect } from './network';
import { OfficialPlayer } from './official';
import type { Member, Room, Rule } from './rules/rule';
import { isLate, type MemberSpec, type Scenario } from './scenario';

const SAMPLE_MS = 250;
/** After an event of a member, their skew counts as settled after this time. */
export const SETTLE_MS = 3_000;
export const IN_SYNC_MS = 50;
const STAY_MS = 1_000;

interface Seat {
  member: Member;
  joinedMs: number;
  troubledUntilMs: number;
  inSyncSinceMs: number | null;
  joined: boolean;
}

export async function run(rule: Rule, scenario: Scenario, tally: Tally): Promise<void> {
  const world = new World();
  const beginMs = world.nowMs;
  const room = rule.open(world);
  const seats: Seat[] = [];
  for (const spec of scenario.members) {
    const seat: Seat = {
      member: member(world, spec),
      joinedMs: beginMs + spec.joinMs,
      troubledUntilMs: Infinity,
      inSyncSinceMs: null,
      joined: false,
    };
    world.after(spec.joinMs, () => enter(world, room, seat, seats));
    for (const { atMs, forMs } of spec.stalls) {
      world.after(atMs, () => seat.member.player.starve(true));
      world.after(atMs + forMs, () => seat.member.player.starve(false));
      const shield = () => {
        if (seats.includes(seat))
          seat.troubledUntilMs = Math.max(seat.troubledUntilMs, world.nowMs + forMs + SETTLE_MS);
      };
      world.after(atMs, shield);
    }
  }
  const command = (atMs: number, act: () => void) => {
    world.after(atMs, () => {
      act();
      for (const seat of seats)
        seat.troubledUntilMs = Math.max(
          Number.isFinite(seat.troubledUntilMs) ? seat.troubledUntilMs : 0,
          world.nowMs + SETTLE_MS,
        );
    });
  };
  command(scenario.playMs, () => room.play());
  command(scenario.seek.atMs, () => room.seek(scenario.seek.toMs));
  world.every(SAMPLE_MS, () => {
    if (world.nowMs > beginMs + scenario.playMs) sample(world, seats, tally);
  });
  await world.pass(scenario.endMs);

  const { corrections, seeks } = room.counts();
  tally.corrections += corrections;
  tally.seeks += seeks;
  tally.runs += 1;
  for (const {
    member: { player },
  } of seats) {
    player.pause();
    tally.oddMs += player.oddMs;
    tally.playedMs += player.playedMs;
  }
}

function member(world: World, spec: MemberSpec): Member {
  const device = new Device(world, spec.device, random(spec.seed));
  const player = spec.official
    ? new OfficialPlayer(world, device, spec.official)
    : new SimulatedPlayer(world, spec.player, device.nowMs);
  return { spec, device, player, links: connect(world, spec.path, random(spec.seed + 1)) };
}

function enter(world: World, room: Room, seat: Seat, seats: Seat[]): void {
  seats.push(seat);
  room.join(seat.member);
  seat.troubledUntilMs = world.nowMs + SETTLE_MS;
}

/** The position of the sound that is heard. */
function heardMs({ spec, player }: Member): number {
  return player.moves ? player.truthMs() - spec.speakerDelayMs : player.truthMs();
}

function sample(world: World, seats: readonly Seat[], tally: Tally): void {
  for (const seat of seats)
    if (seat.member.player.elsewhere) seat.troubledUntilMs = Math.max(seat.troubledUntilMs, world.nowMs + SETTLE_MS);
  for (const [i, a] of seats.entries()) {
    for (const b of seats.slice(i + 1)) {
      if (!a.member.player.moves && !b.member.player.moves) continue;
      const skewMs = heardMs(a.member) - heardMs(b.member);
      tally.always.add(skewMs);
      if (world.nowMs >= a.troubledUntilMs && world.nowMs >= b.troubledUntilMs) tally.settled.add(skewMs);
    }
  }
  for (const seat of seats) watchJoin(world, seat, seats, tally);
}

/** A late joiner is in sync when they stay with the members who were there before. */
function watchJoin(world: World, seat: Seat, seats: readonly Seat[], tally: Tally): void {
  if (seat.joined || !isLate(seat.member.spec)) return;
  const others = seats.filter((other) => other !== seat && other.member.player.moves);
  if (others.length === 0) return;
  const middleMs =
    others.map((other) => heardMs(other.member)).toSorted((x, y) => x - y)[Math.floor(others.length / 2)] ?? 0;
  const near = seat.member.player.moves && Math.abs(heardMs(seat.member) - middleMs) <= IN_SYNC_MS;
  seat.inSyncSinceMs = near ? (seat.inSyncSinceMs ?? world.nowMs) : null;
  if (seat.inSyncSinceMs === null || world.nowMs - seat.inSyncSinceMs < STAY_MS) return;
  seat.joined = true;
  tally.joins.push(seat.inSyncSinceMs - seat.joinedMs);
}
