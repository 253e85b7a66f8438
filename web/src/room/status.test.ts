import { expect, it } from 'vitest';
import { ownStatus, personStatus, RECONNECTING } from './status';

// Case R6.
it('shows no sync state without a connection', () => {
  const own = { sessionId: 'mine', connection: 'offline', state: 'PLAYER_STATE_IN_SYNC' } as const;
  expect(ownStatus(own)).toBe(RECONNECTING);
  expect(ownStatus({ ...own, connection: 'online' }).label).toBe('In sync');
  expect(personStatus({ devices: [{ id: 'mine' }] }, own)).toBe(RECONNECTING);
  expect(personStatus({ devices: [{ id: 'theirs', status: { state: 'PLAYER_STATE_IN_SYNC' } }] }, own).label).toBe(
    'In sync',
  );
});
