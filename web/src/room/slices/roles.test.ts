import { expect, it } from 'vitest';
import type { RoomRoleJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { may, roleOf } from './roles';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const ROLES: readonly RoomRoleJson[] = [
  { id: 'guest', base: 'ROLE_GUEST', permissions: ['PERMISSION_SEND_CHAT'] },
  { id: 'member', base: 'ROLE_MEMBER', permissions: ['PERMISSION_SEND_CHAT', 'PERMISSION_ADD_MEDIA'] },
  { id: 'role_dj', base: 'ROLE_MEMBER', name: 'DJ', permissions: ['PERMISSION_PLAY_CONTROL'] },
];

it('finds the role of a member, the custom one first', () => {
  expect(roleOf(ROLES, { role: 'ROLE_GUEST' })?.id).toBe('guest');
  expect(roleOf(ROLES, { role: 'ROLE_MEMBER', customRoleId: 'role_dj' })?.name).toBe('DJ');
  expect(roleOf(ROLES, { role: 'ROLE_MEMBER', customRoleId: 'role_gone' })?.id).toBe('member');
  expect(roleOf(ROLES, { role: 'ROLE_OWNER' })).toBeUndefined();
});

it('lets a removal win over an addition, and the owner do everything', () => {
  const guest = { subjectId: 'g', role: 'ROLE_GUEST' } as const;
  expect(may(ROLES, guest, 'PERMISSION_PLAY_CONTROL', NOW)).toBe(false);
  expect(may(ROLES, { ...guest, added: ['PERMISSION_PLAY_CONTROL'] }, 'PERMISSION_PLAY_CONTROL', NOW)).toBe(true);
  const both = { ...guest, added: ['PERMISSION_PLAY_CONTROL'], removed: ['PERMISSION_PLAY_CONTROL'] } as const;
  expect(
    may(ROLES, { ...both, added: [...both.added], removed: [...both.removed] }, 'PERMISSION_PLAY_CONTROL', NOW),
  ).toBe(false);
  expect(may(ROLES, { role: 'ROLE_OWNER' }, 'PERMISSION_DELETE_ROOM', NOW)).toBe(true);
});

it('counts a mute only until its end', () => {
  const muted = { role: 'ROLE_MEMBER', mutedUntil: '2026-11-29T12:10:00Z' } as const;
  expect(may(ROLES, muted, 'PERMISSION_SEND_CHAT', NOW)).toBe(false);
  expect(may(ROLES, muted, 'PERMISSION_SEND_CHAT', NOW + 11 * 60_000)).toBe(true);
});
