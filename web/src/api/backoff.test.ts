import { expect, it } from 'vitest';
import { backoffMs } from './backoff';

it('grows to a limit, with jitter of at most half', () => {
  expect(backoffMs(0, () => 0)).toBe(250);
  expect(backoffMs(3, () => 1)).toBe(4_000);
  expect(backoffMs(50, () => 1)).toBe(15_000);
  expect(backoffMs(50, () => 0)).toBe(7_500);
});
