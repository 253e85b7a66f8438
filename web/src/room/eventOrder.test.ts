import { expect, it } from 'vitest';
import type { PlaybackEventJson } from '../api/gen/syncwatch/sync/v1/playback_pb';
import { World } from '../sync/simulation.testkit';
import { EventOrder } from './eventOrder';

const event = (seq: number, epoch = '1'): PlaybackEventJson => ({
  seq: String(seq),
  state: { epoch, seq: String(seq) },
});

function setUp() {
  const world = new World();
  const seen = { delivered: [] as string[], lost: 0 };
  const order = new EventOrder({
    timer: world,
    deliver: ({ seq, state }) => seen.delivered.push(`${state?.epoch}/${seq}`),
    lost: () => {
      seen.lost += 1;
    },
  });
  order.restart('1', 4);
  return { world, order, seen };
}

it('delivers events in order, each once', async () => {
  const { world, order, seen } = setUp();
  for (const seq of [5, 8, 7, 7, 5, 6, 8, 9]) order.offer(event(seq));
  expect(seen.delivered).toEqual(['1/5', '1/6', '1/7', '1/8', '1/9']);
  await world.pass(5_000);
  expect(seen.lost).toBe(0);
  expect(order.last).toEqual({ epoch: '1', seq: 9 });
});

it('reports a gap that stays open for a second', async () => {
  const { world, order, seen } = setUp();
  order.offer(event(6));
  await world.pass(900);
  expect(seen.lost).toBe(0);
  await world.pass(200);
  expect(seen).toEqual({ delivered: [], lost: 1 });
  expect(order.last.seq).toBe(4);
  order.restart('1', 6);
  order.offer(event(7));
  expect(seen.delivered).toEqual(['1/7']);
});

it('waits another second for the next gap', async () => {
  const { world, order, seen } = setUp();
  order.offer(event(6));
  order.offer(event(8));
  await world.pass(800);
  order.offer(event(5));
  await world.pass(800);
  expect(seen).toEqual({ delivered: ['1/5', '1/6'], lost: 0 });
  await world.pass(300);
  expect(seen.lost).toBe(1);
});

it('holds a bounded number of events', () => {
  const { order, seen } = setUp();
  for (let seq = 6; seq < 6 + 64; seq += 1) order.offer(event(seq));
  expect(seen.lost).toBe(0);
  order.offer(event(6 + 64));
  expect(seen.lost).toBe(1);
});

it('follows a restored room, and drops events from before', () => {
  const { order, seen } = setUp();
  order.offer(event(3, '2'));
  order.offer(event(5, '1'));
  order.offer(event(4, '2'));
  expect(seen.delivered).toEqual(['2/3', '2/4']);
});

it('waits for no gap after the connection is gone', async () => {
  const { world, order, seen } = setUp();
  order.offer(event(6));
  order.drop();
  await world.pass(3_000);
  expect(seen.lost).toBe(0);
});

it('ignores events with an invalid number', () => {
  const { order, seen } = setUp();
  for (const seq of ['', 'x', '-5', '1e400']) order.offer({ seq, state: { epoch: '1' } });
  expect(seen.delivered).toEqual([]);
});
