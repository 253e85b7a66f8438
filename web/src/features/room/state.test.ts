import { describe, expect, it } from 'vitest';
import type { ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { addMessages, awaited, clockTime, EMPTY_ROOM, nextItemId, receive, welcome, type RoomState } from './state';

const message = (n: number, client = ''): ChatMessageJson => ({ id: `msg_${String(n).padStart(4, '0')}`, authorId: 'user_b', text: `text ${n}`, clientMessageId: client });
const session = (id: string, subjectId: string, displayName: string) => ({ id, member: { subjectId, displayName } });

function welcomed(before: RoomState): RoomState {
  return welcome(before, {
    sessionId: 'session_me',
    member: { subjectId: 'user_a', displayName: 'Ada' },
    permissions: ['PERMISSION_SEND_CHAT'],
    snapshot: { state: { epoch: '1', seq: '4', itemId: 'item_a' } },
  });
}

function room(): RoomState {
  return receive(welcomed(EMPTY_ROOM), { resource: { members: { sessions: [session('session_me', 'user_a', 'Ada'), session('session_b', 'user_b', 'Mia')] } } }, 0);
}

describe('playback', () => {
  it('takes events in order and says who did it', () => {
    const state = receive(room(), { event: { seq: '5', change: 'PLAYBACK_CHANGE_SEEK', issuedBy: 'user_b', state: { epoch: '1', seq: '5', itemId: 'item_a', anchorMediaUs: '75000000' } } }, 0);
    expect(state.motion).toMatchObject({ seq: 5, anchorMediaMs: 75_000 });
    expect(state.happening?.text).toBe('Mia jumped to 1:15');
  });

  it('ignores an event that is older than its state', () => {
    const before = room();
    expect(receive(before, { event: { seq: '3', state: { epoch: '1', seq: '3', playing: true } } }, 0)).toBe(before);
  });

  it('takes the state that comes with a rejection', () => {
    expect(receive(room(), { id: 'x', rejected: { reason: 'STALE_SEQUENCE', state: { epoch: '1', seq: '9', playing: true } } }, 0).motion.seq).toBe(9);
  });

  it('names who a start waits for', () => {
    const state = receive(room(), { event: { seq: '5', state: { epoch: '1', seq: '5', playing: true, hold: { waitingSessionIds: ['session_b', 'session_me', 'session_gone'] } } } }, 0);
    expect(awaited(state)).toEqual(['you', 'Mia']);
  });

  it('keeps what can be taken back, where the room stands and how long the item is', () => {
    const json = { epoch: '1', seq: '5', phase: 'ROOM_PHASE_OWNER_AWAY', durationUs: '60000000', undo: { positionUs: '1500000', untilUs: '9000000' } } as const;
    let state = receive(room(), { event: { seq: '5', change: 'PLAYBACK_CHANGE_OWNER_AWAY', state: json } }, 0);
    expect(state).toMatchObject({ phase: 'ROOM_PHASE_OWNER_AWAY', durationMs: 60_000, undo: { positionMs: 1_500, untilServerMs: 9_000 } });
    state = receive(state, { event: { seq: '6', state: { epoch: '1', seq: '6' } } }, 0);
    expect(state).toMatchObject({ phase: 'ROOM_PHASE_UNSPECIFIED', durationMs: null, undo: null });
  });
});

describe('presence', () => {
  it('takes a list in parts, and a new one in place of the old', () => {
    const part = (ids: string[], continued: boolean) => ({ resource: { members: { sessions: ids.map((id) => session(id, `user of ${id}`, id)), continued } } });
    let state = receive(room(), part(['s1', 's2'], false), 0);
    state = receive(state, part(['s2', 's3'], true), 0);
    expect(state.sessions.map((s) => s.id)).toEqual(['s1', 's2', 's3']);
    expect(receive(state, part(['s9'], false), 0).sessions.map((s) => s.id)).toEqual(['s9']);
  });

  it('still knows who was there while a new connection has not heard', () => {
    expect(welcomed(room()).sessions).toHaveLength(2);
  });

  it('gathers figures of those who are there, and forgets them with who goes', () => {
    let state = receive(room(), { resource: { quality: { sessions: [{ sessionId: 'session_b', status: { state: 'PLAYER_STATE_IN_SYNC', driftMs: 3 } }] } } }, 7);
    expect(state.quality.get('session_b')?.trace).toEqual([{ atMs: 7, driftMs: 3 }]);
    state = receive(state, { resource: { presence: { removedSessionId: 'session_b' } } }, 8);
    expect(state.quality.size).toBe(0);
  });

  it('keeps the place of who changes, and drops who goes', () => {
    let state = receive(room(), { resource: { presence: { upserted: { ...session('session_me', 'user_a', 'Ada'), status: { state: 'PLAYER_STATE_IN_SYNC' } } } } }, 0);
    expect(state.sessions.map((s) => s.id)).toEqual(['session_me', 'session_b']);
    expect(state.sessions[0]?.status?.state).toBe('PLAYER_STATE_IN_SYNC');
    state = receive(state, { resource: { presence: { removedSessionId: 'session_b' } } }, 0);
    expect(state.sessions.map((s) => s.id)).toEqual(['session_me']);
  });
});

describe('chat', () => {
  it('puts messages in order, each once, and takes those that were waiting off', () => {
    const waiting = { id: 'mine', text: 'text 2', itemId: '', positionMs: 0, failure: '' };
    let state: RoomState = { ...room(), outbox: [waiting] };
    state = addMessages(state, [message(3), message(1)]);
    state = receive(state, { resource: { chat: message(2, 'mine') } }, 0);
    state = receive(state, { resource: { chat: message(2, 'mine') } }, 0);
    expect(state.messages.map((m) => m.text)).toEqual(['text 1', 'text 2', 'text 3']);
    expect(state.outbox).toEqual([]);
  });

  it('joins the latest page to what is known, and starts anew over a gap', () => {
    const known = addMessages(room(), [message(1), message(2)]);
    const joined = receive(known, { resource: { chatPage: { messages: [message(2), message(3)], nextPageToken: 'older' } } }, 0);
    expect(joined.messages).toHaveLength(3);
    const gap = receive(known, { resource: { chatPage: { messages: [message(8), message(9)], nextPageToken: 'older' } } }, 0);
    expect(gap.messages.map((m) => m.text)).toEqual(['text 8', 'text 9']);
    expect(gap.olderToken).toBe('older');
  });

  it('keeps a bounded number of messages', () => {
    const state = addMessages(room(), Array.from({ length: 1_500 }, (_, i) => message(i)));
    expect(state.messages).toHaveLength(1_000);
    expect(state.messages.at(-1)?.text).toBe('text 1499');
  });

  it('shows who types until they have spoken', () => {
    let state = receive(room(), { typing: { subjectId: 'user_b', displayName: 'Mia' } }, 0);
    expect(state.typing).toHaveLength(1);
    expect(receive(state, { typing: { subjectId: 'user_a', displayName: 'Ada' } }, 0).typing).toHaveLength(1);
    state = receive(state, { resource: { chat: message(1) } }, 0);
    expect(state.typing).toEqual([]);
  });
});

it('knows what follows by itself', () => {
  const state: RoomState = { ...room(), playlist: [{ id: 'item_a' }, { id: 'item_b' }] };
  expect(nextItemId(state)).toBe('item_b');
  expect(nextItemId({ ...state, room: { policy: { stopAtEnd: true } } })).toBe('');
  expect(nextItemId({ ...state, motion: { ...state.motion, itemId: 'item_b' } })).toBe('');
  expect(nextItemId({ ...state, motion: { ...state.motion, itemId: 'item_gone' } })).toBe('');
});

it('writes times as players do', () => {
  expect([0, 75_000, 3_675_900, -5].map(clockTime)).toEqual(['0:00', '1:15', '1:01:15', '0:00']);
});
