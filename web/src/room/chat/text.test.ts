import { expect, it } from 'vitest';
import { asSent, normalized, scalarCount } from './text';

it.each([
  ['👍🏽', 2],
  ['😀', 1],
  ['👨‍👩‍👧‍👦', 7],
  ['n\u0303', 1],
  ['日本語', 3],
])('counts %s as %i, as the server does (W12)', (text, count) => {
  expect(scalarCount(text.repeat(1_000))).toBe(count * 1_000);
});

it('replaces a lone surrogate, which is no character (W10)', () => {
  expect(normalized('a\ud800b')).toBe('a\uFFFDb');
  expect(normalized('😀')).toBe('😀');
});

it('sends no white space around a text', () => {
  expect(asSent(' \n hello \t')).toBe('hello');
});
