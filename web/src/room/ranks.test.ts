import { expect, it } from 'vitest';
import { outranks, withPermission } from './ranks';

const ROLES = [{ id: 'guest', base: 'ROLE_GUEST' as const, permissions: ['PERMISSION_SEND_CHAT' as const] }];
const GUEST = { subjectId: 'g', role: 'ROLE_GUEST' as const };

it('lets nobody decide about somebody of the same rank, or about the owner', () => {
  expect(outranks('ROLE_OWNER', 'ROLE_MODERATOR')).toBe(true);
  expect(outranks('ROLE_MODERATOR', 'ROLE_MODERATOR')).toBe(false);
  expect(outranks('ROLE_MODERATOR', 'ROLE_OWNER')).toBe(false);
  expect(outranks('ROLE_MEMBER', 'ROLE_GUEST')).toBe(true);
  expect(outranks(undefined, 'ROLE_GUEST')).toBe(false);
});

it('gives and takes with the shortest lists', () => {
  expect(withPermission(ROLES, GUEST, 'PERMISSION_PLAY_CONTROL', true)).toEqual({
    added: ['PERMISSION_PLAY_CONTROL'],
    removed: [],
  });
  expect(
    withPermission(ROLES, { ...GUEST, added: ['PERMISSION_PLAY_CONTROL'] }, 'PERMISSION_PLAY_CONTROL', false),
  ).toEqual({ added: [], removed: [] });
  expect(withPermission(ROLES, GUEST, 'PERMISSION_SEND_CHAT', false)).toEqual({
    added: [],
    removed: ['PERMISSION_SEND_CHAT'],
  });
  expect(withPermission(ROLES, { ...GUEST, removed: ['PERMISSION_SEND_CHAT'] }, 'PERMISSION_SEND_CHAT', true)).toEqual({
    added: [],
    removed: [],
  });
});
