import { expect, it } from 'vitest';
import { SyncEngine } from './engine';
import { type Motion, STILL } from './motion';
import type { Player } from './player';
import { profileFor } from './profile';
import { Relay } from './relay';
import type { PlayerStatus } from './reporter';
import { GOOD, SimulatedPlayer, World } from './simulation.testkit';

const DURATION_MS = 40_000;

function setUp({ loadMs = 400 } = {}) {
  const world = new World();
  const players = [1, 2].map(
    (seed) => new SimulatedPlayer(world, { ...GOOD, seed, loadMs, durationMs: DURATION_MS }),
  ) as [SimulatedPlayer, SimulatedPlayer];
  const seen: Player[] = [];
  const reports: PlayerStatus[] = [];
  const resolved: string[] = [];
  const engine = new SyncEngine({
    player: new Relay(...players, {
      enter: (player) => seen.unshift(player),
      leave: (player) => seen.splice(seen.indexOf(player), 1),
    }),
    clock: world.clock(),
    timer: world,
    profile: profileFor('Chrome/156.0'),
    learned: null,
    nowMs: () => world.nowMs,
    hidden: () => false,
    resolve: async (itemId) => {
      resolved.push(itemId);
      return { url: `/${itemId}`, format: 'progressive' };
    },
    report: (status) => reports.push(status),
    changed: () => undefined,
  });
  engine.connected('session_me');
  let motion: Motion = STILL;
  const apply = (change: Partial<Motion>) => {
    motion = { ...motion, anchorServerMs: world.serverMs, ...change, seq: motion.seq + 1 };
    engine.apply(motion);
    return motion;
  };
  return { world, engine, players, seen, reports, resolved, apply };
}

it('the next item starts at the instant at which the previous one ends', async () => {
  const { world, engine, players, seen, reports, resolved, apply } = setUp();
  apply({ itemId: 'a', playing: true });
  engine.nextItem = 'b';
  await world.pass(15_000);
  expect(resolved).toEqual(['a']);
  await world.pass(DURATION_MS - 15_000 - 700);
  expect(resolved).toEqual(['a', 'b']);
  expect(reports.at(-1)?.preparedItemId).toBe('b');
  const end = world.serverMs + 700;
  apply({ itemId: 'b', anchorMediaMs: 0, anchorServerMs: end });
  await world.pass(400);
  expect(players[0].moves).toBe(true);
  expect(seen.at(-1)).toBe(players[0]);
  await world.pass(700);
  expect(players[0].moves).toBe(false);
  expect(players[1].moves).toBe(true);
  expect(Math.abs(players[1].truthMs() - (world.serverMs - end))).toBeLessThan(60);
  expect(seen).toEqual([players[1]]);
  expect(reports.map(({ state }) => state)).not.toContain('PLAYER_STATE_ENDED');
  await world.pass(5_000);
  expect(Math.abs(players[1].truthMs() - (world.serverMs - end))).toBeLessThan(10);
});

it('an item that is chosen before the end starts at once, and nothing plays on', async () => {
  const { world, engine, players, apply } = setUp();
  apply({ itemId: 'a', playing: true });
  engine.nextItem = 'b';
  await world.pass(30_000);
  apply({
    itemId: 'b',
    anchorMediaMs: 0,
    anchorServerMs: world.serverMs + 200,
    hold: { reason: 'item', sinceServerMs: 0, untilServerMs: world.serverMs + 5_000, waitingSessionIds: [] },
  });
  await world.pass(50);
  expect(players.map((player) => player.moves)).toEqual([false, false]);
  apply({ hold: null, anchorServerMs: world.serverMs + 300 });
  await world.pass(3_000);
  expect(players.map((player) => player.moves)).toEqual([false, true]);
});

it('a later state replaces the announced item', async () => {
  const { world, engine, players, apply } = setUp();
  apply({ itemId: 'a', playing: true });
  engine.nextItem = 'b';
  await world.pass(DURATION_MS - 1_000);
  apply({ itemId: 'b', anchorMediaMs: 0, anchorServerMs: world.serverMs + 1_000 });
  await world.pass(200);
  apply({ itemId: 'a', anchorMediaMs: 5_000, playing: false });
  await world.pass(3_000);
  expect(players.map((player) => player.moves)).toEqual([false, false]);
  expect(players[0].truthMs()).toBe(5_000);
});

it('a next item that changes is prepared again, and none twice', async () => {
  const { world, engine, resolved, reports, apply } = setUp();
  apply({ itemId: 'a', playing: true });
  engine.nextItem = 'b';
  await world.pass(30_000);
  engine.nextItem = 'c';
  await world.pass(3_000);
  expect(resolved).toEqual(['a', 'b', 'c']);
  expect(reports.at(-1)?.preparedItemId).toBe('c');
  engine.nextItem = '';
  await world.pass(1_000);
  expect(reports.at(-1)?.preparedItemId).toBe('');
});
