import { expect, test } from 'vitest';
import { safeNext } from './next';

const ORIGIN = 'https://watch.example.org';

// Case A14.
test.each([
  '/\\\\example.invalid',
  '/\\example.invalid',
  '\\\\example.invalid',
  '//example.invalid/room',
  '/\t/example.invalid',
  'https://example.invalid/',
  'https://watch.example.org@example.invalid/',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://watch.example.org/',
  'https://',
  '',
])('an address of another site leads home: %s', (next) => {
  expect(safeNext(next, ORIGIN)).toBe('/');
});

test('a page of this site keeps its query and its fragment', () => {
  expect(safeNext('/r/abcd2345?t=90#chat', ORIGIN)).toBe('/r/abcd2345?t=90#chat');
  expect(safeNext('https://watch.example.org/r/abcd2345', ORIGIN)).toBe('/r/abcd2345');
  expect(safeNext(null, ORIGIN)).toBe('/');
});
