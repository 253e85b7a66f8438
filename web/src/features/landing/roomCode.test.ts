import { expect, it } from 'vitest';
import { ownRoomCodeFrom, roomCodeFrom } from './roomCode';

it('reads typed codes and pasted links', () => {
  expect(roomCodeFrom('abcd2345')).toBe('abcd2345');
  expect(roomCodeFrom('  ABCD-2345 ')).toBe('abcd2345');
  expect(roomCodeFrom('https://watch.example/r/abcd2345?from=mail')).toBe('abcd2345');
});

it('rejects text that is neither', () => {
  expect(roomCodeFrom('')).toBeNull();
  expect(roomCodeFrom('abc')).toBeNull();
  expect(roomCodeFrom('https://example.com/film.mp4')).toBeNull();
});

it('takes a link to another site for a link to a video', () => {
  expect(ownRoomCodeFrom('https://example.org/r/pictures', 'watch.example')).toBeNull();
  expect(ownRoomCodeFrom('https://watch.example/r/abcd2345', 'watch.example')).toBe('abcd2345');
  expect(ownRoomCodeFrom('ABCD-2345', 'watch.example')).toBe('abcd2345');
});
