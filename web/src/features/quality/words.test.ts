import { expect, it } from 'vitest';
import { classWords } from './words';

it('says what a class promises', () => {
  expect(classWords('SYNC_CLASS_C').meaning).toContain('quarter');
  expect(classWords(undefined).name).toBe('–');
});
