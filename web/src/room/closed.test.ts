import { expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { closedByError, closedFrom, removalFrom } from './closed';

// Case W1.
it('keeps who removed a person, why, and until when', () => {
  const metadata = { by: 'Mia', note: 'Spoilers', until: '2026-11-29T13:00:00Z' };
  expect(removalFrom(closedFrom('IN_COOLDOWN', 'you were removed', metadata))).toEqual({
    banned: false,
    by: 'Mia',
    note: 'Spoilers',
    untilMs: Date.parse('2026-11-29T13:00:00Z'),
  });
  expect(removalFrom(closedByError(new ApiError('no', 403, 'BANNED', { by: 'Mia' })))).toEqual({
    banned: true,
    by: 'Mia',
    note: '',
    untilMs: null,
  });
});

it('knows nothing of a removal when a connection ends in another way', () => {
  expect(removalFrom(closedFrom('ROOM_NOT_FOUND', 'the room was deleted'))).toBeNull();
});
