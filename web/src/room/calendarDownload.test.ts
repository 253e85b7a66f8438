import { expect, it } from 'vitest';
import { fileName } from './calendarDownload';

it('names the file after the room, without what systems refuse', () => {
  expect(fileName('Film night')).toBe('Film night');
  expect(fileName('../a:b?')).toBe('a b');
  expect(fileName('映画の夜')).toBe('映画の夜');
  expect(fileName('???')).toBe('room');
  expect(fileName('x'.repeat(80))).toHaveLength(60);
});
