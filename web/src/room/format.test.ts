import { expect, it } from 'vitest';
import { clockTime, shortMs, signedMs } from './format';

it('writes times as players do', () => {
  expect([0, 75_000, 3_675_900, -5].map(clockTime)).toEqual(['0:00', '1:15', '1:01:15', '0:00']);
});

it('writes skews and durations as people read them', () => {
  expect([0.4, -12.4, 12.4, 1_260, -2_000, -0.2].map(signedMs)).toEqual([
    '0 ms',
    '−12 ms',
    '+12 ms',
    '+1.3 s',
    '−2.0 s',
    '0 ms',
  ]);
  expect([0.44, 12.4, 999, 1_260].map(shortMs)).toEqual(['0.4 ms', '12 ms', '999 ms', '1.3 s']);
});
