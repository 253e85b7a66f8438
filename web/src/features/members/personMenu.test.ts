import { expect, it } from 'vitest';
import type { MemberJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { PERMISSIONS } from '../../api/permissions';
import { actionLabel, personActions } from './personMenu';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const ROLES = [
  { id: 'guest', base: 'ROLE_GUEST' as const, permissions: ['PERMISSION_SEND_CHAT' as const] },
  { id: 'moderator', base: 'ROLE_MODERATOR' as const, permissions: ['PERMISSION_SEND_CHAT' as const] },
];
const MIA: MemberJson = { subjectId: 'user_mia', role: 'ROLE_OWNER' };
const BEN: MemberJson = { subjectId: 'user_ben', role: 'ROLE_MODERATOR' };
const KAI: MemberJson = { subjectId: 'guest_kai', role: 'ROLE_GUEST' };

const labels = (me: MemberJson, permissions: readonly string[], other: MemberJson) =>
  personActions({ member: me, permissions }, other, ROLES, NOW).map(actionLabel);

it('offers the owner everything about a guest', () => {
  expect(labels(MIA, PERMISSIONS, KAI)).toEqual([
    'May control playback',
    'May choose what plays',
    'May add videos',
    'May send messages',
    'Make moderator',
    'Role and permissions …',
    'Mute in chat …',
    'Hand the room over …',
    'Remove from the room …',
  ]);
});

// Case W8.
it('offers a moderator nothing about the owner, another moderator or themselves', () => {
  const permissions = PERMISSIONS.filter((one) => one !== 'PERMISSION_DELETE_ROOM');
  expect(labels(BEN, permissions, MIA)).toEqual([]);
  expect(labels(BEN, permissions, { ...BEN, subjectId: 'user_other' })).toEqual([]);
  expect(labels(BEN, permissions, BEN)).toEqual([]);
  expect(labels(BEN, permissions, KAI)).not.toContain('Make moderator');
});

it('offers a permission that one does not hold only as one that cannot be given', () => {
  const [first] = personActions({ member: BEN, permissions: ['PERMISSION_MANAGE_MEMBERS'] }, KAI, ROLES, NOW);
  expect(first).toEqual({ kind: 'permission', permission: 'PERMISSION_PLAY_CONTROL', given: false, held: false });
});

it('offers the end of a mute while it lasts', () => {
  const muted = { ...KAI, mutedUntil: '2026-11-29T12:10:00Z' };
  expect(labels(BEN, ['PERMISSION_BAN'], muted)).toEqual(['Let them chat again', 'Remove from the room …']);
  expect(labels(BEN, ['PERMISSION_BAN'], { ...KAI, mutedUntil: '2026-11-29T11:00:00Z' })).toEqual([
    'Mute in chat …',
    'Remove from the room …',
  ]);
});
