import { expect, it } from 'vitest';
import { FINDS, linkOpens, visibilityOf, whoFinds } from './visibility';

it('says who finds a room, and reads it back', () => {
  for (const { value } of FINDS) expect(whoFinds(visibilityOf(value))).toBe(value);
  expect(whoFinds(undefined)).toBe('link');
});

it('knows when the link of a room opens nothing', () => {
  expect(linkOpens({ visibility: 'VISIBILITY_UNLISTED' })).toBe(true);
  expect(linkOpens({ visibility: 'VISIBILITY_PRIVATE' })).toBe(false);
  expect(linkOpens({ visibility: 'VISIBILITY_PRIVATE', join: { approval: true } })).toBe(true);
});
