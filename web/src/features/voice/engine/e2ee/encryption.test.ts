import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Encryption } from './encryption';
import type { Order } from './worker';

/** Orders to the worker of each session. */
let orders: Order[][];

beforeEach(() => {
  orders = [];
  // Cryptography takes its own time; the rest is a matter of these timers.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal(
    'Worker',
    class {
      private readonly own: Order[] = [];
      constructor() {
        orders.push(this.own);
      }
      postMessage(order: Order) {
        this.own.push(order);
      }
      terminate() {}
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets all cryptography end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function later(ms: number): Promise<void> {
  await settle();
  vi.advanceTimersByTime(ms);
  await settle();
}

function people(...names: string[]) {
  const all = new Map<string, Encryption>();
  for (const name of names)
    all.set(
      name,
      new Encryption(
        {
          signal: (to, payload) => queueMicrotask(() => all.get(to)?.receive(name, payload)),
          changed: () => undefined,
          nowMs: () => performance.now(),
        },
        name,
      ),
    );
  const meet = (present: readonly string[]) => {
    for (const [name, one] of all)
      if (present.includes(name)) one.setMembers(present.filter((other) => other !== name));
  };
  const kinds = () => [...all.values()].map(({ privacy }) => privacy.kind);
  return { all, meet, kinds };
}

function modes(of: number) {
  return orders[of]?.filter((order) => order.kind === 'mode').map(({ mode }) => mode);
}

it('sends nothing until everyone has keys, and encrypts then', async () => {
  const { all, meet, kinds } = people('a', 'b');
  meet(['a', 'b']);
  await settle();
  expect([kinds(), modes(0)]).toEqual([['starting', 'starting'], []]);
  await later(100);
  expect([kinds(), modes(0)]).toEqual([['sealed', 'sealed'], ['seal']]);
  expect(all.get('a')?.privacy.code).toBe(all.get('b')?.privacy.code);
  expect(orders[0]?.filter(({ kind }) => kind === 'key')).toHaveLength(1);
});

it('goes on encrypting while somebody who joins has no keys yet', async () => {
  const { meet, kinds } = people('a', 'b', 'c');
  meet(['a', 'b']);
  await later(100);
  meet(['a', 'b', 'c']);
  expect(kinds()).toEqual(['starting', 'starting', 'starting']);
  await later(100);
  expect([kinds(), modes(0)]).toEqual([['sealed', 'sealed', 'sealed'], ['seal']]);
});

it('encrypts no more when somebody takes no part, says who, and does again when they leave', async () => {
  const { all, meet, kinds } = people('a', 'b');
  meet(['a', 'b']);
  await later(100);
  meet(['a', 'b', 'old']);
  await later(1_900);
  expect(modes(0)).toEqual(['seal']);
  await later(100);
  expect([kinds(), modes(0)]).toEqual([
    ['server', 'server'],
    ['seal', 'clear'],
  ]);
  expect(all.get('a')?.privacy).toEqual({ kind: 'server', without: ['old'], code: '' });
  meet(['a', 'b']);
  await later(300);
  expect(kinds()).toEqual(['sealed', 'sealed']);
});
