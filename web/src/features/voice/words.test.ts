import { expect, it } from 'vitest';
import type { Line } from './engine/mesh';
import { adviceFor, lineWords, namesOf, privacyWords, whySilent } from './words';

const GOOD: Line = { state: 'connected', path: 'ICE_PATH_HOST', lossPercent: 0, roundTripMs: 3.2 };

it('names who is in voice', () => {
  const named = (...names: string[]) => namesOf(names.map((displayName) => ({ displayName })));
  expect(named()).toBe('');
  expect(named('Mia', 'Ben')).toBe('Mia, Ben');
  expect(named('Mia', 'Ben', 'Cleo', 'Dan')).toBe('Mia, Ben and 2 more');
});

it('tells why somebody cannot be heard', () => {
  expect(whySilent({}, GOOD, false)).toBe('');
  expect(whySilent({ muted: { byName: 'Ann' }, own: { muted: true } }, GOOD, true)).toBe('muted by Ann');
  expect(whySilent({}, GOOD, true)).toBe('muted for you');
  expect(whySilent({ own: { interrupted: true } }, GOOD, false)).toContain('away');
  expect(whySilent({}, { ...GOOD, state: 'broken' }, false)).toContain('trying again');
});

it('tells how the line is and what to try', () => {
  expect(lineWords(GOOD)).toBe('same network · 3 ms');
  expect(lineWords({ ...GOOD, lossPercent: 4.2 })).toContain('loses 4 %');
  expect(adviceFor([GOOD], true)).toBe('');
  expect(adviceFor([], true)).toBe('');
  expect(adviceFor([{ ...GOOD, lossPercent: 4 }], true)).toContain('Your line loses 4 %');
  expect(adviceFor([{ ...GOOD, state: 'broken' }], false)).toContain('no relay');
  expect(adviceFor([{ ...GOOD, state: 'broken' }], true)).toContain('You reach nobody');
  expect(adviceFor([{ ...GOOD, path: 'ICE_PATH_RELAY_TCP' }], true)).toContain('blocks UDP');
});

it('says who could listen, and who is the reason', () => {
  const words = (kind: 'direct' | 'starting' | 'sealed' | 'server', ...without: string[]) =>
    privacyWords({ kind, without, code: '1234 5678' }, (id) => (id === 'me' ? '' : id));
  expect(words('direct').sign).toBe('Encrypted from browser to browser');
  expect(words('sealed').sign).toBe('End-to-end encrypted · 1234 5678');
  expect(words('sealed').meaning).toContain('names the people');
  expect(words('server', 'Dan', 'Eva').sign).toBe('Not end-to-end encrypted');
  expect(words('server', 'Dan', 'Eva').meaning).toContain('The browser of Dan, Eva cannot');
  expect(words('server', 'me').meaning).toContain('Your browser cannot');
  expect(words('starting').meaning).toContain('agree on keys');
});
