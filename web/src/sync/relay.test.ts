import { expect, it } from 'vitest';
import { Relay } from './relay';
import { GOOD, SimulatedPlayer, World } from './simulation.testkit';

it('one tap unlocks both players', async () => {
  const world = new World();
  const first = new SimulatedPlayer(world);
  const second = new SimulatedPlayer(world, { ...GOOD, seed: 2 });
  const relay = new Relay(first, second, { enter: () => undefined, leave: () => undefined });
  relay.load({ url: '/film', format: 'progressive' });
  await world.pass(1_000);
  const playing = relay.unlock();
  expect([first.plays, second.plays]).toEqual([1, 1]);
  await playing;
  await world.pass(1_000);
  expect([first.moves, second.moves]).toEqual([true, false]);
  expect(second.snapshot().paused).toBe(true);
});

it('a tap does not disturb the player that plays its item to the end', async () => {
  const world = new World();
  const first = new SimulatedPlayer(world);
  const second = new SimulatedPlayer(world, { ...GOOD, seed: 2 });
  const relay = new Relay(first, second, { enter: () => undefined, leave: () => undefined });
  relay.load({ url: '/film', format: 'progressive' });
  const next = { url: '/next', format: 'progressive' } as const;
  relay.prepare(next);
  await world.pass(1_000);
  await relay.play();
  relay.handOn(next);
  await relay.unlock();
  expect(first.plays).toBe(1);
  expect(second.plays).toBe(1);
});
