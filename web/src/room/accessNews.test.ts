import { expect, it } from 'vitest';
import type { MemberJson } from '../api/gen/syncwatch/room/v1/member_pb';
import { accessNews } from './accessNews';
import { EMPTY_ROOM } from './store';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const CHAT = 'PERMISSION_SEND_CHAT';
const PLAY = 'PERMISSION_PLAY_CONTROL';

const state = (permissions: readonly string[], me: MemberJson = {}, ownerId = 'user_ann') => ({
  ...EMPTY_ROOM,
  settings: { ownerId },
  access: { me: { subjectId: 'user_mia', role: 'ROLE_MEMBER' as const, ...me }, permissions, refused: null },
});

it('says what one can do now, and what no more', () => {
  expect(accessNews(state([CHAT]), state([CHAT, PLAY]), NOW)).toBe('You can control playback now');
  expect(accessNews(state([CHAT, PLAY]), state([CHAT]), NOW)).toBe('You can’t control playback any more');
  expect(accessNews(state([CHAT]), state([PLAY]), NOW)).toBe('What you may do in this room has changed');
});

it('says until when one is muted', () => {
  const muted = state([], { mutedUntil: '2026-11-29T12:10:00Z' });
  expect(accessNews(state([CHAT]), muted, NOW)).toMatch(/^A moderator muted you: you can chat again at \d\d:\d\d$/);
});

it('names a new role, and leaves a new owner to others', () => {
  expect(accessNews(state([CHAT]), state([CHAT, PLAY], { role: 'ROLE_MODERATOR' }), NOW)).toBe(
    'You’re a moderator now',
  );
  expect(accessNews(state([CHAT]), state([CHAT, PLAY], { role: 'ROLE_OWNER' }, 'user_mia'), NOW)).toBeNull();
});

it('says nothing when nothing changed, or before the room is known', () => {
  expect(accessNews(state([CHAT]), state([CHAT]), NOW)).toBeNull();
  expect(accessNews(EMPTY_ROOM, state([CHAT]), NOW)).toBeNull();
});
