import { describe, expect, it } from 'vitest';
import type { ServerFrame } from './frames';
import { members } from './slices/members';
import { playlist } from './slices/playlist';
import { EMPTY_ROOM, OBSERVED, type RoomState, receive, select } from './store';

const session = (id: string, subjectId: string, displayName: string) => ({ id, member: { subjectId, displayName } });

function after(room: RoomState, frame: ServerFrame, nowMs = 0): RoomState {
  return receive(room, frame, nowMs);
}

function welcomed(before: RoomState): RoomState {
  return after(before, {
    welcome: {
      sessionId: 'session_me',
      member: { subjectId: 'user_a', displayName: 'Ada' },
      permissions: ['PERMISSION_SEND_CHAT'],
      snapshot: { state: { epoch: '1', seq: '4', itemId: 'item_a' } },
    },
  });
}

function aRoom(): RoomState {
  return after(welcomed(EMPTY_ROOM), {
    resource: {
      resource: 'RESOURCE_MEMBERS',
      snapshot: { sessions: [session('session_me', 'user_a', 'Ada'), session('session_b', 'user_b', 'Mia')] },
    },
  });
}

it('observes what its slices show, from the start', () => {
  expect(OBSERVED).toEqual([
    'RESOURCE_SETTINGS',
    'RESOURCE_MEMBERS',
    'RESOURCE_ROLES',
    'RESOURCE_JOIN_REQUESTS',
    'RESOURCE_PERMISSION_REQUESTS',
    'RESOURCE_PLAYLIST',
    'RESOURCE_VOTES',
    'RESOURCE_VOICE',
    'RESOURCE_CHAT',
    'RESOURCE_EMOTES',
    'RESOURCE_REACTIONS',
    'RESOURCE_REPORTS',
  ]);
});

it('stays the same room when a frame says nothing about it', () => {
  const room = aRoom();
  expect(after(room, { notice: {} })).toBe(room);
});

describe('playback', () => {
  it('takes events in order and says who did it', () => {
    const { playback } = after(aRoom(), {
      event: {
        seq: '5',
        change: 'PLAYBACK_CHANGE_SEEK',
        issuedBy: 'user_b',
        state: { epoch: '1', seq: '5', itemId: 'item_a', anchorMediaUs: '75000000' },
      },
    });
    expect(playback.motion).toMatchObject({ seq: 5, anchorMediaMs: 75_000 });
    expect(playback.lastAction?.text).toBe('Mia jumped to 1:15');
  });

  it('ignores an event that is older than its state', () => {
    const before = aRoom();
    expect(after(before, { event: { seq: '3', state: { epoch: '1', seq: '3', playing: true } } })).toBe(before);
  });

  it('takes the state that comes with a rejection', () => {
    expect(
      after(aRoom(), {
        id: 'x',
        rejected: { reason: 'STALE_SEQUENCE', state: { epoch: '1', seq: '9', playing: true } },
      }).playback.motion.seq,
    ).toBe(9);
  });

  it('names who a start waits for', () => {
    const room = after(aRoom(), {
      event: {
        seq: '5',
        state: {
          epoch: '1',
          seq: '5',
          playing: true,
          hold: { waitingSessionIds: ['session_b', 'session_me', 'session_gone'] },
        },
      },
    });
    expect(members.select.awaited(room)).toEqual(['you', 'Mia']);
  });

  it('keeps the jump that can be undone, the phase of the room and the length of the item', () => {
    const json = {
      epoch: '1',
      seq: '5',
      phase: 'ROOM_PHASE_OWNER_AWAY',
      durationUs: '60000000',
      undo: { positionUs: '1500000', untilUs: '9000000' },
    } as const;
    let room = after(aRoom(), { event: { seq: '5', change: 'PLAYBACK_CHANGE_OWNER_AWAY', state: json } });
    expect(room.playback).toMatchObject({
      phase: 'ROOM_PHASE_OWNER_AWAY',
      durationMs: 60_000,
      undo: { positionMs: 1_500, untilServerMs: 9_000 },
    });
    room = after(room, { event: { seq: '6', state: { epoch: '1', seq: '6' } } });
    expect(room.playback).toMatchObject({ phase: 'ROOM_PHASE_UNSPECIFIED', durationMs: null, undo: null });
  });
});

describe('presence', () => {
  it('takes a list in parts, and a new list in place of the old one', () => {
    const part = (ids: string[], continued: boolean): ServerFrame => ({
      resource: {
        resource: 'RESOURCE_MEMBERS',
        snapshot: { sessions: ids.map((id) => session(id, `user of ${id}`, id)), continued },
      },
    });
    let room = after(aRoom(), part(['s1', 's2'], false));
    room = after(room, part(['s2', 's3'], true));
    expect(room.members.map((s) => s.id)).toEqual(['s1', 's2', 's3']);
    expect(after(room, part(['s9'], false)).members.map((s) => s.id)).toEqual(['s9']);
  });

  it('keeps the list of members until a new connection has its own', () => {
    expect(welcomed(aRoom()).members).toHaveLength(2);
  });

  it('gathers the figures of those who are there, and drops those of a session that leaves', () => {
    let room = after(
      aRoom(),
      {
        resource: {
          resource: 'RESOURCE_QUALITY',
          change: { sessions: [{ sessionId: 'session_b', status: { state: 'PLAYER_STATE_IN_SYNC', driftMs: 3 } }] },
        },
      },
      7,
    );
    expect(room.quality.get('session_b')?.trace).toEqual([{ atMs: 7, driftMs: 3 }]);
    room = after(room, { resource: { resource: 'RESOURCE_MEMBERS', change: { removedSessionId: 'session_b' } } }, 8);
    expect(room.quality.size).toBe(0);
  });

  it('keeps the place of a session that changes, and drops one that leaves', () => {
    let room = after(aRoom(), {
      resource: {
        resource: 'RESOURCE_MEMBERS',
        change: { upserted: { ...session('session_me', 'user_a', 'Ada'), status: { state: 'PLAYER_STATE_IN_SYNC' } } },
      },
    });
    expect(room.members.map((s) => s.id)).toEqual(['session_me', 'session_b']);
    expect(room.members[0]?.status?.state).toBe('PLAYER_STATE_IN_SYNC');
    room = after(room, { resource: { resource: 'RESOURCE_MEMBERS', change: { removedSessionId: 'session_b' } } });
    expect(room.members.map((s) => s.id)).toEqual(['session_me']);
  });
});

it('preloads what the server says plays next, and nothing for an item that plays again', () => {
  const room = aRoom();
  const before = (nextItemId: string): RoomState => ({ ...room, playback: { ...room.playback, nextItemId } });
  expect(playlist.select.preloadItemId(before('item_b'))).toBe('item_b');
  expect(playlist.select.preloadItemId(before(room.playback.motion.itemId))).toBe('');
  expect(playlist.select.isLast(before(''))).toBe(true);
});

it('knows what follows from the server alone', () => {
  const state = { epoch: '1', seq: '5', itemId: 'item_a' };
  const room = after(aRoom(), { event: { seq: '5', state: { ...state, nextItemId: 'item_c' } } });
  expect(playlist.select.nextItemId(room)).toBe('item_c');
  expect(playlist.select.isLast(room)).toBe(false);
  expect(playlist.select.isLast(after(room, { event: { seq: '6', state: { ...state, seq: '6' } } }))).toBe(true);
});

it('shows votes, and whose they are', () => {
  const room = after(aRoom(), {
    resource: {
      resource: 'RESOURCE_VOTES',
      snapshot: { items: [{ itemId: 'item_b', count: 2, voterIds: ['user_a', 'user_b'] }] },
    },
  });
  expect(select.votes.countOf(room, 'item_b')).toBe(2);
  expect(select.votes.isMine(room, 'item_b')).toBe(true);
  expect(select.votes.countOf(room, 'item_c')).toBe(0);
  expect(select.votes.isMine(room, 'item_c')).toBe(false);
});

it('takes new permissions while the connection stays', () => {
  const told = {
    room: {},
    member: { subjectId: 'user_a', role: 'ROLE_OWNER' },
    permissions: ['PERMISSION_MANAGE_SETTINGS'],
  } as const;
  const room = after(aRoom(), {
    resource: { resource: 'RESOURCE_ACCESS', snapshot: { ...told, permissions: [...told.permissions] } },
  });
  expect(select.access.may(room, 'PERMISSION_MANAGE_SETTINGS')).toBe(true);
  expect(select.access.may(room, 'PERMISSION_SEND_CHAT')).toBe(false);
});
