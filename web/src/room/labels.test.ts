import { expect, it } from 'vitest';
import { labelsFault, labelsFrom } from './labels';

it('takes labels apart, each once', () => {
  expect(labelsFrom(' Horror, #horror ,80s,, Late night ')).toEqual(['horror', '80s', 'late night']);
  expect(labelsFrom('')).toEqual([]);
});

it('bounds their number and their length in characters', () => {
  expect(labelsFault(['horror'])).toBe('');
  expect(labelsFault(['𠮷'.repeat(30)])).toBe('');
  expect(labelsFault(['a'.repeat(31)])).toContain('30 characters');
  expect(labelsFault(Array.from({ length: 11 }, (_, n) => `l${n}`))).toContain('at most 10');
});
