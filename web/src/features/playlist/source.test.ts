import { expect, it } from 'vitest';
import { ApiError } from '../../api/errors';
import { looksLikeLink, plays, refusal, siteOf } from './source';

it('checks text that may be a link, and no words', () => {
  expect(['youtu.be/dQw4w9WgXcQ', 'https://x', '<https://example.org/a.mp4>'].map(looksLikeLink)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['', 'hello', 'a.b', 'what a film.', 'film.'].map(looksLikeLink)).toEqual([false, false, false, false, false]);
});

it('says in words how a link will play', () => {
  const verdict = plays({
    title: 'Film',
    outcome: 'SOURCE_OUTCOME_NO_JUMPS',
    source: { startUs: '90000000', audioOnly: true },
    notes: [{ kind: 'SOURCE_NOTE_KIND_NO_RANGES', text: 'Nobody can jump.' }],
  });
  expect(verdict).toEqual({
    state: 'plays',
    title: 'Film',
    summary: 'Plays for everyone, without jumps',
    good: false,
    facts: ['Sound only', 'Starts at 1:30'],
    notes: ['Nobody can jump.'],
  });
});

it('offers the remedies of this page in the server’s order', () => {
  const error = new ApiError('Its host refuses.', 400, 'SOURCE_REFUSED', {
    suggestions: 'UPLOAD_FILE,ADD_ANYWAY,OPEN_SITE,CONNECT_LIBRARY',
  });
  expect(refusal(error)).toEqual({ text: 'Its host refuses.', hint: '', remedies: ['ADD_ANYWAY', 'OPEN_SITE'] });
  expect(refusal(new ApiError('No link.', 400, 'SOURCE_NOT_FOUND')).remedies).toEqual([]);
});

it('tells what happened apart from what to do', () => {
  const error = new ApiError('The link leads to nas; paste another, or ask.', 400, 'SOURCE_PRIVATE_ADDRESS');
  expect(refusal(error)).toEqual({ text: 'The link leads to nas.', hint: 'Paste another, or ask.', remedies: [] });
});

it('opens web pages only', () => {
  expect(siteOf('netflix.com/watch/1')).toBe('https://netflix.com/watch/1');
  expect(siteOf(' https://example.org/a ')).toBe('https://example.org/a');
  expect(siteOf('javascript:alert(1)')).toBeNull();
  expect(siteOf('')).toBeNull();
});
