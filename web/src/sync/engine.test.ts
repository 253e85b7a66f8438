import { describe, expect, it } from 'vitest';
import { ServerClock } from './clock';
import { MIN_DWELL_MS } from './controller';
import { type EngineView, SyncEngine } from './engine';
import { type Motion, positionAt, STILL } from './motion';
import { profileFor } from './profile';
import type { PlayerStatus } from './reporter';
import { type Faults, GOOD, SimulatedPlayer, World } from './simulation.testkit';

const CHROMIUM = profileFor('Mozilla/5.0 Chrome/156.0 Safari/537.36');
const GECKO = profileFor('Mozilla/5.0 Gecko/20100101 Firefox/140.0');
/** What is true of the player to within this is as good as it gets. */
const TIGHT_MS = 10;

function setUp(faults: Partial<Faults> = {}, profile = CHROMIUM, rttMs: number | null = 4) {
  const world = new World();
  const clock = rttMs === null ? new ServerClock() : world.clock(rttMs);
  const player = new SimulatedPlayer(world, { ...GOOD, ...faults });
  const reports: PlayerStatus[] = [];
  const seen: { view: EngineView | null } = { view: null };
  const engine = new SyncEngine({
    player,
    clock,
    timer: world,
    profile,
    learned: null,
    nowMs: () => world.nowMs,
    hidden: () => player.hidden,
    resolve: async (itemId) => {
      if (itemId === 'item_gone') throw new Error('this item is gone');
      return { url: '/film', format: 'progressive' };
    },
    report: (status) => reports.push(status),
    changed: (view) => {
      seen.view = view;
    },
  });
  engine.connected('session_me');
  let motion: Motion = STILL;
  const apply = (change: Partial<Motion>) => {
    motion = { ...motion, itemId: 'item_a', anchorServerMs: world.serverMs, ...change, seq: motion.seq + 1 };
    engine.apply(motion);
  };
  /** True skew against the room. */
  const skewMs = () => player.truthMs() - positionAt(motion, world.serverMs);
  return { world, clock, player, engine, reports, seen, apply, skewMs };
}

describe('joining', () => {
  it('glides into a playing room within three seconds, without holding it', async () => {
    const { world, apply, skewMs, reports } = setUp();
    apply({ playing: true, anchorMediaMs: 600_000, anchorServerMs: world.serverMs - 60_000 });
    await world.pass(3_000);
    expect(Math.abs(skewMs())).toBeLessThan(40);
    expect(reports.map((r) => r.state)).not.toContain('PLAYER_STATE_STALLED');
    await world.pass(10_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_IN_SYNC');
  });

  it('seeks once, to the room’s future position, when the clock is measured after the room is known', async () => {
    const { world, apply, player, clock, engine } = setUp({ seekCostMs: 200 }, CHROMIUM, null);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    world.after(200, () =>
      clock.add({
        sentMs: world.nowMs - 200,
        receivedMs: world.nowMs,
        serverReceiveMs: world.serverMs - 100,
        serverSendMs: world.serverMs - 100,
      }),
    );
    await world.pass(2_500);
    expect(player.seeks).toBe(1);
    expect(player.plays).toBe(1);
    expect(engine.roomPositionMs()).toBeGreaterThan(60_000);
  });

  it('leads its first seek by the time that opening the source took', async () => {
    const { world, apply, player } = setUp({ loadMs: 1_200, seekCostMs: 900 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    await world.pass(4_000);
    expect(player.seeks).toBe(1);
    expect(player.moves).toBe(true);
  });

  it('gets in sync although loading is slow', async () => {
    const { world, apply, skewMs, player } = setUp({ loadMs: 2_500, seekCostMs: 1_400 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    await world.pass(15_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
    expect(player.plays).toBe(1);
  });

  it('opens its source near the room’s future position', async () => {
    const { world, apply, player, engine } = setUp();
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    await world.pass(200);
    expect(player.openedFromMs).toBeGreaterThan(60_000);
    expect(player.openedFromMs).toBeLessThan(63_000);
    apply({ playing: false, anchorMediaMs: 90_000 });
    engine.retry();
    await world.pass(200);
    expect(player.openedFromMs).toBe(90_000);
  });

  it('opens its source at the beginning without a measured clock', async () => {
    const { world, apply, player } = setUp({}, CHROMIUM, null);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    await world.pass(200);
    expect(player.openedFromMs).toBeUndefined();
    apply({ itemId: 'item_b', playing: false, anchorMediaMs: 90_000 });
    await world.pass(200);
    expect(player.openedFromMs).toBe(90_000);
  });

  it('uses a clock that was measured while the source was opening', async () => {
    const { world, apply, player, clock } = setUp({ loadMs: 400 }, CHROMIUM, null);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 60_000 });
    world.after(200, () =>
      clock.add({
        sentMs: world.nowMs - 200,
        receivedMs: world.nowMs,
        serverReceiveMs: world.serverMs - 100,
        serverSendMs: world.serverMs - 100,
      }),
    );
    await world.pass(500);
    expect(player.openedFromMs).toBeGreaterThan(60_000);
    expect(player.openedFromMs).toBeLessThan(63_000);
  });

  it('rests at the anchor of a paused room', async () => {
    const { world, apply, player, reports } = setUp();
    apply({ playing: false, anchorMediaMs: 90_000 });
    await world.pass(1_000);
    expect(player.truthMs()).toBe(90_000);
    expect(player.snapshot().paused).toBe(true);
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_IN_SYNC');
  });
});

describe('convergence', () => {
  const cases: { name: string; faults: Partial<Faults>; profile: typeof CHROMIUM }[] = [
    { name: 'a fast oscillator', faults: { driftPpm: 90 }, profile: CHROMIUM },
    { name: 'a slow oscillator', faults: { driftPpm: -60, seed: 3 }, profile: CHROMIUM },
    { name: 'a clock of coarse steps', faults: { driftPpm: 120, clockStepMs: 2 }, profile: GECKO },
    {
      name: 'an engine that ignores small rates',
      faults: { driftPpm: 40, rateQuantum: 0.00104 },
      profile: { ...CHROMIUM, minStep: 0.00125 },
    },
    { name: '60 frames a second', faults: { fps: 60, driftPpm: 30, seed: 11 }, profile: CHROMIUM },
    { name: 'a start that is far off', faults: { startLatencyMs: 300, jitterMs: 40 }, profile: CHROMIUM },
  ];
  it.each(cases)('leaves no residue with $name', async ({ faults, profile }) => {
    const { world, apply, skewMs, player } = setUp(faults, profile);
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 500 });
    await world.pass(60_000);
    const skews: number[] = [];
    for (let i = 0; i < 1_200; i += 1) {
      await world.pass(500);
      skews.push(skewMs());
    }
    const mean = skews.reduce((sum, s) => sum + s, 0) / skews.length;
    expect(Math.max(...skews.map(Math.abs))).toBeLessThan(TIGHT_MS);
    expect(Math.abs(mean)).toBeLessThan(2);
    const gaps = player.rateWrites.slice(1).map((w, i) => w.atMs - (player.rateWrites[i]?.atMs ?? 0));
    expect(Math.min(...gaps, Infinity)).toBeGreaterThanOrEqual(MIN_DWELL_MS);
    for (const { rate } of player.rateWrites) expect(Math.abs(rate - 1)).toBeLessThanOrEqual(0.0501);
  });
});

describe('scheduled starts', () => {
  it('waits in a hold, reports READY, and starts at the anchor', async () => {
    const { world, apply, player, reports, skewMs } = setUp();
    const hold = {
      reason: 'seek' as const,
      sinceServerMs: world.serverMs,
      untilServerMs: world.serverMs + 5_000,
      waitingSessionIds: ['session_me'],
    };
    apply({ playing: true, anchorMediaMs: 30_000, hold });
    await world.pass(1_500);
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_READY');
    expect(player.truthMs()).toBe(30_000);
    const startMs = world.serverMs + 200;
    apply({ playing: true, anchorMediaMs: 30_000, anchorServerMs: startMs, hold: null });
    await world.pass(150);
    await world.pass(200);
    expect(Math.abs(skewMs())).toBeLessThan(50);
    await world.pass(6_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
  });

  it('learns the start latency', async () => {
    const { world, apply, engine } = setUp({ startLatencyMs: 150, jitterMs: 2 });
    for (let i = 0; i < 8; i += 1) {
      apply({ playing: true, anchorMediaMs: 10_000 * i, anchorServerMs: world.serverMs + 600 });
      await world.pass(4_000);
      apply({ playing: false, anchorMediaMs: 10_000 * i });
      await world.pass(500);
    }
    expect(engine.learned.startLatencyMs).toBeGreaterThan(135);
    expect(engine.learned.startLatencyMs).toBeLessThan(165);
  });

  it('pauses at once and settles on the anchor', async () => {
    const { world, apply, player } = setUp();
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 300 });
    await world.pass(5_000);
    apply({ playing: false, anchorMediaMs: 4_700 });
    expect(player.snapshot().paused).toBe(true);
    await world.pass(1_000);
    expect(player.truthMs()).toBe(4_700);
  });

  it('follows a change of speed without stopping', async () => {
    const { world, apply, player, skewMs } = setUp();
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 300 });
    await world.pass(5_000);
    apply({ playing: true, anchorMediaMs: 4_700, rate: 1.5 });
    await world.pass(8_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
    expect(player.plays).toBe(1);
  });
});

describe('trouble', () => {
  it('reports a stall at once, and returns by a seek whose cost it learns', async () => {
    const { world, apply, player, reports, skewMs, engine } = setUp({ seekCostMs: 400 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 300 });
    await world.pass(5_000);
    for (let i = 0; i < 6; i += 1) {
      player.starve(true);
      await world.pass(2_500);
      expect(reports.at(-1)?.state).toBe('PLAYER_STATE_STALLED');
      player.starve(false);
      await world.pass(20_000);
    }
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
    expect(engine.learned.seekCostMs).toBeGreaterThan(330);
    expect(engine.learned.seekCostMs).toBeLessThan(470);
  });

  it('returns from a background tab without frames', async () => {
    const { world, apply, player, skewMs } = setUp({ driftPpm: 80 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 300 });
    await world.pass(20_000);
    player.hidden = true;
    await world.pass(600_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
    player.hidden = false;
    await world.pass(12_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
  });

  it('asks for a tap where the browser requires one, and plays after it', async () => {
    const { world, apply, player, engine, reports, skewMs } = setUp();
    player.notAllowed = true;
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs - 5_000 });
    await world.pass(3_000);
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_BLOCKED');
    player.notAllowed = false;
    engine.unlock();
    await world.pass(8_000);
    expect(Math.abs(skewMs())).toBeLessThan(TIGHT_MS);
  });

  it('says why an item cannot be opened', async () => {
    const { world, apply, seen, reports } = setUp();
    apply({ itemId: 'item_gone', playing: true });
    await world.pass(500);
    expect(seen.view?.failure).toBe('this item is gone');
    expect(reports.at(-1)?.state).toBe('PLAYER_STATE_FAILED');
  });

  it('reports that it has played the item to its end', async () => {
    const { world, apply, reports } = setUp({ durationMs: 6_000 });
    apply({ playing: true, anchorMediaMs: 0, anchorServerMs: world.serverMs + 300 });
    await world.pass(20_000);
    const ends = reports.filter(({ state }, i) => state === 'PLAYER_STATE_ENDED' && reports[i - 1]?.state !== state);
    expect(ends.map(({ itemId }) => itemId)).toEqual(['item_a']);
  });

  it('ignores an older state', async () => {
    const { world, engine, apply, player } = setUp();
    apply({ playing: false, anchorMediaMs: 1_000 });
    apply({ playing: false, anchorMediaMs: 2_000 });
    engine.apply({ ...STILL, itemId: 'item_a', seq: 1, anchorMediaMs: 1_000 });
    await world.pass(1_000);
    expect(player.truthMs()).toBe(2_000);
  });
});
