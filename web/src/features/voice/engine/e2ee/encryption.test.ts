import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Encryption } from './encryption';
import type { Order } from './worker';

/** Orders to the worker of each session. */
let orders: Order[][];

beforeEach(() => {
  orders = [];
  countOperations();
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

/** Operations of Web Crypto that run now. */
let running = 0;

function countOperations(): void {
  running = 0;
  for (const name of [
    'generateKey',
    'exportKey',
    'importKey',
    'deriveBits',
    'deriveKey',
    'encrypt',
    'decrypt',
    'digest',
  ]) {
    const subtle = crypto.subtle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
    const original = subtle[name]?.bind(crypto.subtle);
    vi.spyOn(subtle, name as never).mockImplementation((async (...given: unknown[]) => {
      running += 1;
      return original?.(...given).finally(() => {
        running -= 1;
      });
    }) as never);
  }
}

/** Lets all cryptography end, and what follows from it. */
async function settle(): Promise<void> {
  for (let idle = 0; idle < 5; idle = running === 0 ? idle + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve));
}

async function later(ms: number): Promise<void> {
  await settle();
  vi.advanceTimersByTime(ms);
  await settle();
}

function people(...names: string[]) {
  let lost = 0;
  const all = new Map<string, Encryption>();
  /** Opens the page of a person, or opens it anew. */
  const open = (name: string) =>
    all.set(
      name,
      new Encryption(
        {
          signal: (to, payload) => {
            if (lost > 0) lost -= 1;
            else queueMicrotask(() => all.get(to)?.receive(name, payload));
          },
          changed: () => undefined,
          nowMs: () => performance.now(),
        },
        name,
      ),
    );
  for (const name of names) open(name);
  const meet = (present: readonly string[]) => {
    for (const [name, one] of all)
      if (present.includes(name)) one.setMembers(present.filter((other) => other !== name));
  };
  const kinds = () => [...all.values()].map(({ privacy }) => privacy.kind);
  /** So many of the next signals get lost. */
  const lose = (many: number) => {
    lost = many;
  };
  return { all, open, meet, kinds, lose };
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
  await later(1_000);
  expect(modes(0)).toEqual(['seal']);
  await later(1_000);
  expect([kinds(), modes(0)]).toEqual([
    ['server', 'server'],
    ['seal', 'clear'],
  ]);
  expect(all.get('a')?.privacy).toEqual({ kind: 'server', without: ['old'], code: '' });
  meet(['a', 'b']);
  await later(300);
  expect(kinds()).toEqual(['sealed', 'sealed']);
});

it('asks again when signals got lost', async () => {
  const { meet, kinds, lose } = people('a', 'b');
  lose(1);
  meet(['a', 'b']);
  await later(900);
  expect(kinds()).toEqual(['starting', 'starting']);
  await later(100);
  await later(100);
  expect(kinds()).toEqual(['sealed', 'sealed']);
});

it('gives its keys to somebody who has forgotten them, under the same session', async () => {
  const { all, open, meet, kinds } = people('a', 'b');
  meet(['a', 'b']);
  await later(100);
  open('b');
  all.get('b')?.setMembers(['a']);
  await later(100);
  expect(kinds()).toEqual(['sealed', 'sealed']);
});
