import { expect, it } from 'vitest';
import { labelsFrom, limitSeconds, waitFor, whenAway } from './answers';

it('fills in the defaults of the contract', () => {
  expect(waitFor(undefined)).toBe('all');
  expect(waitFor({ wait: 'WAIT_MODE_QUORUM' })).toBe('part');
  expect(limitSeconds({})).toBe(5);
  expect(limitSeconds({ waitLimitMs: 60_000 })).toBe(60);
  expect(whenAway({})).toBe('order');
  expect(whenAway({ handOver: 'HAND_OVER_WAIT' })).toBe('wait');
});

it('reads labels with commas, each once', () => {
  expect(labelsFrom(' Horror, sci-fi,,horror ')).toEqual(['horror', 'sci-fi']);
  expect(labelsFrom('')).toEqual([]);
});
