import { expect, it } from 'vitest';
import { ownershipNews, reclaimUntilMs, secondsLeft } from './ownership';
import type { Settings } from './slices/settings';
import { EMPTY_ROOM, type RoomState } from './store';

const state = (ownerId: string, room: Settings = {}): RoomState => ({
  ...EMPTY_ROOM,
  access: { me: { subjectId: 'user_a', displayName: 'Ada' }, permissions: [], refused: null },
  members: [{ id: 'session_b', member: { subjectId: 'user_b', displayName: 'Ben' } }],
  settings: { id: 'room_a', ownerId, ...room },
});

it('names the new owner', () => {
  expect(ownershipNews(state('user_c'), state('user_b'))).toBe('Ben is now the owner');
  expect(ownershipNews(state('user_a'), state('user_b'))).toBe('Ben is now the owner');
  expect(ownershipNews(state('user_b'), state('user_a'))).toBe('You’re now the owner');
  expect(ownershipNews(state('user_b'), state('user_gone'))).toBe('Someone else is now the owner');
});

it('says nothing when the owner stays, or before the room is known', () => {
  expect(ownershipNews(state('user_b'), state('user_b'))).toBeNull();
  expect(ownershipNews(EMPTY_ROOM, state('user_b'))).toBeNull();
});

it('offers the room to its former owner only', () => {
  const offer = { formerOwnerId: 'user_a', reclaimUntil: '2026-01-02T03:04:05Z' };
  expect(reclaimUntilMs(state('user_b', offer))).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(reclaimUntilMs(state('user_b', { ...offer, formerOwnerId: 'user_c' }))).toBeNull();
  expect(reclaimUntilMs(state('user_a', offer))).toBeNull();
  expect(reclaimUntilMs(state('user_b', { formerOwnerId: 'user_a', reclaimUntil: 'soon' }))).toBeNull();
  expect(secondsLeft(5_001, 4_000)).toBe(2);
  expect(secondsLeft(5_000, 9_000)).toBe(0);
});
