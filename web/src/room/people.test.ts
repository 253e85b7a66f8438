import { expect, it } from 'vitest';
import { people, plays } from './people';

const session = (id: string, subjectId: string, displayName = subjectId) => ({
  id,
  member: { subjectId, displayName },
});

it('counts a person with several devices once, in the place of the first one', () => {
  const found = people([session('s1', 'a'), session('s2', 'b'), session('s3', 'a', 'new name')]);
  expect(found.map((p) => [p.id, p.name, p.devices.map((d) => d.id)])).toEqual([
    ['a', 'new name', ['s1', 's3']],
    ['b', 'b', ['s2']],
  ]);
});

it('treats a device without a mode as one that plays', () => {
  expect(plays({})).toBe(true);
  expect(plays({ mode: 'SESSION_MODE_UNSPECIFIED' })).toBe(true);
  expect(plays({ mode: 'SESSION_MODE_REMOTE_ONLY' })).toBe(false);
});
