import { expect, it } from 'vitest';
import { roomCodeFrom } from './roomCode';

it('reads codes as people type them, and links as they paste them', () => {
  expect(roomCodeFrom('abcd2345')).toBe('abcd2345');
  expect(roomCodeFrom('  ABCD-2345 ')).toBe('abcd2345');
  expect(roomCodeFrom('https://watch.example/r/abcd2345?from=mail')).toBe('abcd2345');
});

it('refuses what is neither', () => {
  expect(roomCodeFrom('')).toBeNull();
  expect(roomCodeFrom('abc')).toBeNull();
  expect(roomCodeFrom('https://example.com/film.mp4')).toBeNull();
});
