import { expect, it } from 'vitest';
import { pages } from './pages';
import paths from './paths.json';

// Case P6.
it('has a page for each path that the server answers with one, and for no other', () => {
  expect(Object.keys(pages)).toEqual(paths);
});
