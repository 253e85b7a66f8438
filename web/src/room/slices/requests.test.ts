import { expect, it } from 'vitest';
import type { ServerFrame } from '../frames';
import { EMPTY_ROOM, type RoomState, receive, select } from '../store';

const JOIN: ServerFrame = {
  resource: {
    resource: 'RESOURCE_JOIN_REQUESTS',
    snapshot: { requests: [{ subjectId: 'guest_jo', displayName: 'Jo' }] },
  },
};
const access = (...permissions: string[]): ServerFrame => ({
  resource: {
    resource: 'RESOURCE_ACCESS',
    snapshot: { member: { subjectId: 'user_mia' }, permissions: permissions as never[] },
  },
});

function after(...frames: ServerFrame[]): RoomState {
  return frames.reduce((room, frame) => receive(room, frame, 0), EMPTY_ROOM);
}

// Case W4: who becomes a moderator sees who waits; who no longer is one does not.
it('shows who waits to those alone who may decide', () => {
  expect(select.joinRequests.all(after(access('PERMISSION_APPROVE_JOIN'), JOIN))).toHaveLength(1);
  expect(select.joinRequests.all(after(access('PERMISSION_APPROVE_JOIN'), JOIN, access()))).toEqual([]);
  expect(select.joinRequests.all(after(JOIN, access('PERMISSION_APPROVE_JOIN')))).toHaveLength(1);
});

it('takes the newest list of requests and of roles', () => {
  const room = after(
    { resource: { resource: 'RESOURCE_PERMISSION_REQUESTS', snapshot: { requests: [{ subjectId: 'user_ada' }] } } },
    { resource: { resource: 'RESOURCE_PERMISSION_REQUESTS', snapshot: {} } },
    { resource: { resource: 'RESOURCE_ROLES', snapshot: { roles: [{ id: 'guest' }] } } },
  );
  expect(select.permissionRequests.all(room)).toEqual([]);
  expect(select.roles.all(room)).toEqual([{ id: 'guest' }]);
});

it('closes the explanation of a refusal once the permission is there', () => {
  const refused = { ...EMPTY_ROOM, access: { ...EMPTY_ROOM.access, refused: 'PERMISSION_PLAY_CONTROL' as const } };
  expect(select.access.refused(receive(refused, access('PERMISSION_SEND_CHAT'), 0))).toBe('PERMISSION_PLAY_CONTROL');
  expect(select.access.refused(receive(refused, access('PERMISSION_PLAY_CONTROL'), 0))).toBeNull();
});
