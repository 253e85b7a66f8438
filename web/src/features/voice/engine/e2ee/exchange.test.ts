import { expect, it, vi } from 'vitest';
import { KeyExchange, type KeySignal } from './exchange';
import type { SenderKey } from './keys';
import { PairKeys } from './pairs';
import { encodeKeySignal, parseKeySignal } from './signals';

/** People whose signals arrive at once. `changed`: changes a signal on its way. */
function people(
  names: readonly string[],
  changed: (signal: KeySignal, from: string) => KeySignal = (signal) => signal,
) {
  const all = new Map<string, ReturnType<typeof make>>();
  const sent: KeySignal[] = [];
  const make = (name: string) => {
    const own: SenderKey[] = [];
    const others = new Map<string, SenderKey>();
    const exchange = new KeyExchange(
      {
        send: (to, signal) => {
          sent.push(signal);
          const text = parseKeySignal(encodeKeySignal(changed(signal, name)));
          if (text) queueMicrotask(() => all.get(to)?.exchange.receive(name, text));
        },
        own: (key) => void own.push(key),
        key: (id, key) => void others.set(id, key),
        forget: (id) => void others.delete(id),
        changed: () => undefined,
      },
      name,
    );
    return { exchange, own, others };
  };
  for (const name of names) all.set(name, make(name));
  /** Those who are in voice now. */
  const meet = (present: readonly string[]) => {
    for (const name of present) all.get(name)?.exchange.setMembers(present.filter((other) => other !== name));
  };
  const of = (name: string) => {
    const one = all.get(name);
    if (!one) throw new Error(name);
    return one;
  };
  const agreed = (present: readonly string[]) =>
    vi.waitFor(() => {
      for (const name of present) {
        expect(of(name).exchange.missing).toEqual([]);
        for (const other of present)
          if (other !== name) expect(of(name).others.get(other)?.generation).toBe(of(other).own.at(-1)?.generation);
      }
    });
  return { of, meet, agreed, sent };
}

it('gives each person the secret of each other one, and everyone the same code', async () => {
  const names = ['a', 'b', 'c'];
  const { of, meet, agreed, sent } = people(names);
  meet(names);
  await agreed(names);
  for (const name of names)
    for (const other of names)
      if (other !== name) expect(of(name).others.get(other)?.secret).toEqual(of(other).own.at(-1)?.secret);
  await vi.waitFor(() => expect(new Set(names.map((name) => of(name).exchange.code)).size).toBe(1));
  expect(of('a').exchange.code).toMatch(/^\d{4} \d{4}$/);
  expect(JSON.stringify(sent)).not.toContain('secret:');
});

it('hashes keys forward for somebody who joins, who cannot open what was said before', async () => {
  const { of, meet, agreed } = people(['a', 'b', 'c']);
  meet(['a', 'b']);
  await agreed(['a', 'b']);
  const before = of('a').own.at(-1);
  meet(['a', 'b', 'c']);
  await agreed(['a', 'b', 'c']);
  const [now, told] = [of('a').own.at(-1), of('c').others.get('a')];
  expect([now?.generation, now?.step]).toEqual([before?.generation, (before?.step ?? 0) + 1]);
  expect(told?.secret).toEqual(now?.secret);
  expect(told?.secret).not.toEqual(before?.secret);
});

it('replaces keys when somebody leaves, who gets none of the new ones', async () => {
  const { of, meet, agreed } = people(['a', 'b', 'c']);
  meet(['a', 'b', 'c']);
  await agreed(['a', 'b', 'c']);
  const before = of('a').own.at(-1);
  const known = of('c').others.get('a');
  meet(['a', 'b']);
  await vi.waitFor(() => expect(of('a').own.at(-1)?.generation).toBe(1));
  await agreed(['a', 'b']);
  expect(of('a').own.at(-1)?.secret).not.toEqual(before?.secret);
  expect(of('c').others.get('a')).toBe(known);
  expect(of('b').others.has('c')).toBe(false);
});

it('names those from whom no keys come, and takes none that were sealed by another', async () => {
  const { of, meet } = people(['a', 'b', 'c'], (signal, from) =>
    from === 'c' && signal.kind === 'secret' ? { ...signal, sealed: btoa('x'.repeat(48)) } : signal,
  );
  meet(['a', 'b', 'c', 'old']);
  await vi.waitFor(() => expect(of('a').exchange.missing.toSorted()).toEqual(['c', 'old']));
  expect([...of('a').others.keys()]).toEqual(['b']);
});

it('shows another code to people whose keys were changed on their way', async () => {
  const other = new PairKeys('x');
  await other.ready();
  const { of, meet } = people(['a', 'b'], (signal, from) =>
    from === 'b' && signal.kind === 'public' ? { ...signal, key: other.own } : signal,
  );
  meet(['a', 'b']);
  await vi.waitFor(() => {
    expect(of('a').exchange.code).not.toBe('');
    expect(of('b').exchange.code).not.toBe('');
  });
  expect(of('a').exchange.code).not.toBe(of('b').exchange.code);
});

it('reads no signal that is foreign or oversized', () => {
  for (const payload of [
    '',
    '{}',
    'null',
    '{"voice":1,"kind":"begin"}',
    '{"voiceKeys":1,"kind":"public","key":7}',
    '{"voiceKeys":1,"kind":"secret","generation":256,"step":0,"iv":"","sealed":""}',
    `{"voiceKeys":1,"kind":"public","key":"${'a'.repeat(200)}"}`,
  ])
    expect(parseKeySignal(payload)).toBeNull();
});
