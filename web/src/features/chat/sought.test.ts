import { expect, it } from 'vitest';
import { nothingFound, soughtIn } from './sought';

it('looks for words, for a person, or for both, and for nothing else', () => {
  expect(soughtIn(' film ', '')).toEqual({ query: 'film', authorId: '' });
  expect(soughtIn('  ', 'user_1')).toEqual({ query: '', authorId: 'user_1' });
  expect(soughtIn('film', 'user_1')).toEqual({ query: 'film', authorId: 'user_1' });
  expect(soughtIn(' ', '')).toBeNull();
});

it('says what was not found', () => {
  expect(nothingFound({ query: 'film', authorId: '' })).toBe('No message has the words “film”. Try fewer of them.');
  expect(nothingFound({ query: 'film', authorId: 'user_1' })).toContain('No message of this person has');
  expect(nothingFound({ query: '', authorId: 'user_1' })).toContain('written nothing');
});
