// The real engine with the adapters, against stand-ins of the services' players (standIns.testkit.ts), not the real ones.
import { describe, expect, it } from 'vitest';
import { SyncEngine } from '../engine';
import { type Motion, positionAt, STILL } from '../motion';
import { IFRAME } from '../profile';
import type { PlayerStatus } from '../reporter';
import { World } from '../world.testkit';
import type { Habits } from './film.testkit';
import type { EmbedService } from './services';
import { STAND_INS, type StandIn } from './standIns.testkit';
import { adapterOf, sourceOf } from './visit.testkit';

/** What class C promises. */
const ENDED = 'PLAYER_STATE_ENDED';
const CLASS_C_MS = 250;

function member(world: World, service: EmbedService, habits: Partial<Habits>) {
  const standIn: StandIn = new STAND_INS[service](world, habits);
  const { player } = adapterOf(world, standIn);
  const reports: PlayerStatus[] = [];
  const engine = new SyncEngine({
    player,
    clock: world.clock(30),
    timer: world,
    profile: IFRAME,
    learned: null,
    nowMs: () => world.nowMs,
    hidden: () => false,
    resolve: async () => sourceOf(service),
    report: (status) => reports.push(status),
    changed: () => undefined,
  });
  engine.connected(`session_${habits.seed ?? 0}`);
  return { standIn, player, engine, reports };
}

function room(service: EmbedService, first: Partial<Habits> = {}, second: Partial<Habits> = {}) {
  const world = new World();
  const members = [
    member(world, service, { seed: 5, ...first }),
    member(world, service, { seed: 9, driftPpm: -40, startLatencyMs: 700, ...second }),
  ] as const;
  let motion: Motion = STILL;
  const apply = (change: Partial<Motion>) => {
    motion = { ...motion, itemId: 'item_a', anchorServerMs: world.serverMs, ...change, seq: motion.seq + 1 };
    for (const { engine } of members) engine.apply(motion);
  };
  const places = () => members.map(({ standIn }) => standIn.film.positionMs());
  const [a, b] = members;
  const apartMs = () => Math.abs(a.standIn.film.positionMs() - b.standIn.film.positionMs());
  const offMs = () => Math.max(...places().map((place) => Math.abs(place - positionAt(motion, world.serverMs))));
  /** The 95th percentile of how far apart the two are, over a while. */
  const apart = async (ms: number) => {
    const seen: number[] = [];
    for (let passed = 0; passed < ms; passed += 250) {
      await world.pass(250);
      seen.push(apartMs());
    }
    return seen.toSorted((x, y) => x - y)[Math.floor(seen.length * 0.95)] ?? Infinity;
  };
  return { world, members, apply, apart, offMs };
}

describe.each(['youtube', 'vimeo', 'dailymotion'] as const)('two members with %s', (service) => {
  it('are within class C after a start, and stay there', async () => {
    const { world, apply, apart, offMs } = room(service);
    apply({ playing: false, anchorMediaMs: 0 });
    await world.pass(3_000);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 500 });
    await world.pass(15_000);
    expect(await apart(120_000)).toBeLessThan(CLASS_C_MS);
    expect(offMs()).toBeLessThan(CLASS_C_MS);
  });

  it('are together again after a seek', async () => {
    const { world, apply, apart, offMs } = room(service);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 3_000 });
    await world.pass(20_000);
    apply({ playing: true, anchorMediaMs: 300_000, anchorServerMs: world.serverMs + 500 });
    await world.pass(15_000);
    expect(await apart(60_000)).toBeLessThan(CLASS_C_MS);
    expect(offMs()).toBeLessThan(CLASS_C_MS);
  });

  it('rest at the same position when paused', async () => {
    const { world, members, apply } = room(service);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 3_000 });
    await world.pass(20_000);
    apply({ playing: false, anchorMediaMs: 17_000 });
    await world.pass(4_000);
    for (const { standIn } of members) {
      expect(standIn.film.state).toBe('paused');
      expect(Math.abs(standIn.film.positionMs() - 17_000)).toBeLessThan(CLASS_C_MS);
    }
  });

  it('end once', async () => {
    const { world, members, apply } = room(service, { durationMs: 20_000 }, { durationMs: 20_000 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 3_000 });
    await world.pass(60_000);
    for (const { reports } of members) {
      const ends = reports.filter(({ state }, i) => state === ENDED && reports[i - 1]?.state !== ENDED);
      expect(ends.map(({ itemId }) => itemId)).toEqual(['item_a']);
      expect(reports.at(-1)?.state).toBe(ENDED);
    }
  });
});

describe.each(['youtube', 'vimeo', 'dailymotion'] as const)('what %s costs', (service) => {
  const costs = { startLatencyMs: 800, seekCostMs: 300, jitterMs: 20, loadMs: 300 };

  it('is learned from a start, which is requested once', async () => {
    const { world, members, apply } = room(service, costs, costs);
    apply({ playing: true, anchorMediaMs: 60_000, anchorServerMs: world.serverMs - 5_000 });
    await world.pass(8_000);
    for (const { engine, standIn } of members) {
      expect(Math.abs(engine.learned.startLatencyMs - costs.startLatencyMs)).toBeLessThan(200);
      expect(standIn.said.filter((said) => /"(func|method|command)":"play/.test(said)).length).toBe(1);
    }
  });

  it('is learned from the seek after a stall, so that the next one lands', async () => {
    const { world, members, apply, offMs } = room(service, costs, costs);
    apply({ playing: true, anchorMediaMs: 60_000, anchorServerMs: world.serverMs - 5_000 });
    await world.pass(15_000);
    for (let i = 0; i < 3; i += 1) {
      for (const { standIn } of members) standIn.film.starve(true);
      await world.pass(4_000);
      for (const { standIn } of members) standIn.film.starve(false);
      await world.pass(12_000);
    }
    for (const { engine } of members) expect(Math.abs(engine.learned.seekCostMs - costs.seekCostMs)).toBeLessThan(120);
    expect(offMs()).toBeLessThan(CLASS_C_MS / 2);
  });
});

describe('advertisements', () => {
  it.each(['youtube', 'dailymotion'] as const)(
    'delay one member of %s, which reports it and returns',
    async (service) => {
      const { world, members, apply, apart, offMs } = room(service, {}, { adMs: 12_000 });
      apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 3_000 });
      await world.pass(10_000);
      expect(members[1].reports.at(-1)?.state).toBe('PLAYER_STATE_STALLED');
      expect(members[0].reports.at(-1)?.state).not.toBe('PLAYER_STATE_STALLED');
      await world.pass(30_000);
      expect(await apart(60_000)).toBeLessThan(CLASS_C_MS);
      expect(offMs()).toBeLessThan(CLASS_C_MS);
    },
  );
});

describe('the room’s speed', () => {
  it('is followed by a player that has it', async () => {
    const { world, apply, apart, offMs } = room('youtube');
    apply({ playing: true, anchorMediaMs: 0, rate: 1.5, anchorServerMs: world.serverMs + 3_000 });
    await world.pass(25_000);
    expect(await apart(60_000)).toBeLessThan(CLASS_C_MS);
    expect(offMs()).toBeLessThan(CLASS_C_MS);
  });
});

describe('a jump in the player itself', () => {
  it('is not reverted before the room could follow', async () => {
    const { world, members, apply, apart } = room('youtube');
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 3_000 });
    await world.pass(20_000);
    members[0].standIn.jump(400_000);
    await world.pass(1_000);
    expect(members[0].standIn.film.positionMs()).toBeGreaterThan(399_000);
    apply({ playing: true, anchorMediaMs: 400_000, anchorServerMs: world.serverMs + 500 });
    await world.pass(15_000);
    expect(await apart(30_000)).toBeLessThan(CLASS_C_MS);
  });
});

describe('a browser that requires a tap', () => {
  it('shows that, and plays after a tap in the player', async () => {
    const world = new World();
    const { standIn, engine, reports } = member(world, 'youtube', { blocked: true });
    const motion: Motion = {
      ...STILL,
      itemId: 'item_a',
      seq: 1,
      playing: true,
      anchorMediaMs: 0,
      anchorServerMs: world.serverMs + 2_000,
    };
    engine.apply(motion);
    await world.pass(5_000);
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_BLOCKED');
    standIn.touch('play');
    await world.pass(1_000);
    engine.unlock();
    await world.pass(15_000);
    expect(Math.abs(standIn.film.positionMs() - positionAt(motion, world.serverMs))).toBeLessThan(CLASS_C_MS);
  });
});
