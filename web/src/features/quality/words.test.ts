import { expect, it } from 'vitest';
import { classWords, shortMs, signedMs } from './words';

it('writes skews and durations as people read them', () => {
  expect([0.4, -12.4, 12.4, 1_260, -2_000, -0.2].map(signedMs)).toEqual(['0 ms', '−12 ms', '+12 ms', '+1.3 s', '−2.0 s', '0 ms']);
  expect([0.44, 12.4, 999, 1_260].map(shortMs)).toEqual(['0.4 ms', '12 ms', '999 ms', '1.3 s']);
});

it('says what a class promises', () => {
  expect(classWords('SYNC_CLASS_C').meaning).toContain('quarter');
  expect(classWords(undefined).name).toBe('–');
});
