import { describe, expect, it } from 'vitest';
import type { ChatChangeJson, ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { MAX_MESSAGES } from '../chat/window';
import { messageFrom } from '../chat/wire';
import type { ServerFrame } from '../frames';
import { EMPTY_ROOM, type RoomState, receive, select } from '../store';
import { addMessages, addNewer, addOlder, caughtUp } from './chat';

const id = (n: number) => `msg_${String(n).padStart(5, '0')}`;

function message(n: number, more: ChatMessageJson = {}): ChatMessageJson {
  return { id: id(n), authorId: 'user_b', authorName: 'Mia', text: `text ${n}`, ...more };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const pageOf = (from: number, to: number) => numbers(from, to).map((n) => messageFrom(message(n), 'user_a'));

function after(room: RoomState, frame: ServerFrame): RoomState {
  return receive(room, frame, 7);
}

function change(room: RoomState, json: ChatChangeJson): RoomState {
  return after(room, { resource: { resource: 'RESOURCE_CHAT', change: json } });
}

/** A room whose chat has these messages at revision 10. */
function aRoom(...messages: ChatMessageJson[]): RoomState {
  const me = { ...EMPTY_ROOM, access: { ...EMPTY_ROOM.access, me: { subjectId: 'user_a' } } };
  return after(me, {
    resource: {
      resource: 'RESOURCE_CHAT',
      snapshot: { messages, revision: '10', maxTextLength: 500, nextPageToken: 'older' },
    },
  });
}

const texts = (room: RoomState) => select.chat.messages(room).map(({ text }) => text);

describe('changes in their order', () => {
  it('applies the next one, drops an earlier one, and waits before a gap', () => {
    let room = aRoom(message(1));
    room = change(room, { revision: '11', sent: message(2) });
    room = change(room, { revision: '11', sent: message(2) });
    expect(texts(room)).toEqual(['text 1', 'text 2']);
    room = change(room, { revision: '14', sent: message(5) });
    expect(texts(room)).toEqual(['text 1', 'text 2']);
    expect(room.chat).toMatchObject({ revision: 11, heardRevision: 14 });
    expect(select.chat.isCatchingUp(room)).toBe(true);
  });

  it('is exact after the missed ones were read at once', () => {
    let room = change(aRoom(message(1)), { revision: '14', sent: message(5) });
    const missed: ChatChangeJson[] = [
      { revision: '11', sent: message(2, { sentAt: '2026-01-01T00:00:00Z' }) },
      { revision: '12', deleted: { messageId: id(1) } },
      { revision: '14', sent: message(5, { sentAt: '2026-01-01T00:00:12Z' }) },
    ];
    const now = { nowMs: 7, sinceServerMs: Date.parse('2026-01-01T00:00:10Z') };
    room = { ...room, chat: caughtUp(room.chat, missed, 14, 'user_a', now) };
    // An old message does not count as an arrival.
    expect(room.chat.arrivals).toEqual([{ id: id(5), atMs: 7 }]);
    expect(texts(room)).toEqual(['', 'text 2', 'text 5']);
    expect(select.chat.isCatchingUp(room)).toBe(false);
    expect({ ...room, chat: caughtUp(room.chat, missed, 14, 'user_a', now) }.chat.tail).toEqual(room.chat.tail);
  });

  it('knows of a change that overtook the first page', () => {
    const early = change(EMPTY_ROOM, { revision: '11', sent: message(2) });
    const room = after(early, {
      resource: { resource: 'RESOURCE_CHAT', snapshot: { messages: [message(1)], revision: '10' } },
    });
    expect(texts(room)).toEqual(['text 1']);
    expect(select.chat.isCatchingUp(room)).toBe(true);
  });

  it('keeps what it has when a new connection begins, and knows that it is behind', () => {
    const room = after(aRoom(message(1)), {
      resource: { resource: 'RESOURCE_CHAT', snapshot: { messages: [message(90)], revision: '99' } },
    });
    expect(texts(room)).toEqual(['text 1']);
    expect(room.chat).toMatchObject({ revision: 10, heardRevision: 99 });
  });

  it('takes what the newest page tells beside the messages', () => {
    const room = aRoom(message(1), message(2));
    expect(room.chat).toMatchObject({ maxLength: 500, lastReadId: id(2), newAfterId: '' });
    const later = after(EMPTY_ROOM, {
      resource: {
        resource: 'RESOURCE_CHAT',
        snapshot: { messages: [message(1), message(2)], readState: { lastReadMessageId: id(1), unreadCount: 1 } },
      },
    });
    expect(later.chat).toMatchObject({ lastReadId: id(1), newAfterId: id(1) });
    expect(select.chat.unread(later)).toBe(1);
  });
});

describe('what changes', () => {
  it('drops a deleted text in the list and in quotes', () => {
    const reply = message(2, { replyTo: { messageId: id(1), authorId: 'user_b', text: 'text 1' } });
    const room = change(aRoom(message(1), reply), { revision: '11', deleted: { messageId: id(1) } });
    const [first, second] = select.chat.messages(room);
    expect(first).toMatchObject({ text: '', isRemoved: true });
    expect(second?.quote).toMatchObject({ text: '', isRemoved: true });
  });

  it('drops all texts of an author by one change, also where they are quoted (W16)', () => {
    const own = { authorId: 'user_c' };
    const reply = message(3, { ...own, replyTo: { messageId: id(1), authorId: 'user_b', text: 'text 1' } });
    let room = aRoom(message(1), message(2, own), reply, message(4));
    room = change(room, { revision: '11', cleared: { authorId: 'user_b', upToMessageId: id(3) } });
    expect(texts(room)).toEqual(['', 'text 2', 'text 3', 'text 4']);
    expect(select.chat.messages(room)[2]?.quote).toMatchObject({ isRemoved: true, text: '' });
  });

  it('shows a new text, and keeps one’s own reactions', () => {
    const reactions = [{ key: '🔥', count: 1 }];
    let room = aRoom(message(1, { reactions: [{ key: '🔥', count: 1, mine: true }] }));
    room = change(room, {
      revision: '11',
      updated: message(1, { text: 'new', editedAt: '2026-01-01T00:00:00Z', reactions }),
    });
    expect(select.chat.messages(room)[0]).toMatchObject({
      text: 'new',
      isEdited: true,
      reactions: [{ key: '🔥', count: 1, isMine: true }],
    });
  });

  it('counts reactions, and drops one that nobody has any more', () => {
    const mia = { subjectId: 'user_b', displayName: 'Mia' };
    const ada = { subjectId: 'user_a', displayName: 'Ada' };
    const react = (revision: string, person: typeof mia, added: boolean, count: number): ChatChangeJson => ({
      revision,
      reaction: { messageId: id(1), key: '🔥', person, added, count },
    });
    let room = change(aRoom(message(1)), react('11', mia, true, 1));
    room = change(room, react('12', ada, true, 2));
    expect(select.chat.messages(room)[0]?.reactions).toMatchObject([{ key: '🔥', count: 2, isMine: true }]);
    room = change(room, react('13', ada, false, 1));
    room = change(room, react('14', mia, false, 0));
    expect(select.chat.messages(room)[0]?.reactions).toEqual([]);
  });

  it('shows what is pinned', () => {
    const room = change(aRoom(message(1)), { revision: '11', pin: { messageId: id(1), pinned: true } });
    expect(select.chat.messages(room)[0]?.isPinned).toBe(true);
  });

  it('takes a message off the outbox when it arrives, once', () => {
    const before = aRoom(message(1));
    const waiting = {
      id: 'mine',
      text: 'text 2',
      mentions: [],
      isAction: false,
      replyTo: null,
      itemId: '',
      positionMs: 0,
      failure: '',
    };
    const room = change(
      { ...before, chat: { ...before.chat, outbox: [waiting] } },
      { revision: '11', sent: message(2, { clientMessageId: 'mine' }) },
    );
    expect(room.chat.outbox).toEqual([]);
    expect(room.chat.arrivals).toEqual([{ id: id(2), atMs: 7 }]);
  });

  it('counts messages that name this person or answer them', () => {
    let room = change(aRoom(message(1)), { revision: '11', sent: message(2) });
    room = change(room, { revision: '12', sent: message(3, { mentions: [{ subjectId: 'user_a', length: 4 }] }) });
    expect(select.chat.unread(room)).toBe(2);
    expect(select.chat.unreadForMe(room)).toBe(1);
  });

  it('shows who types until their message arrives', () => {
    let room = after(aRoom(), { typing: { subjectId: 'user_b', displayName: 'Mia' } });
    room = after(room, { typing: { subjectId: 'user_a', displayName: 'Ada' } });
    expect(room.chat.typing.map(({ displayName }) => displayName)).toEqual(['Mia']);
    room = change(room, { revision: '11', sent: message(1) });
    expect(room.chat.typing).toEqual([]);
  });
});

describe('a long evening', () => {
  const full = () => {
    const room = aRoom();
    return { ...room, chat: addMessages(room.chat, pageOf(0, MAX_MESSAGES)) };
  };

  it('keeps a bounded number of messages', () => {
    const room = change(full(), { revision: '11', sent: message(MAX_MESSAGES) });
    expect(select.chat.messages(room)).toHaveLength(MAX_MESSAGES);
    expect(texts(room).at(-1)).toBe(`text ${MAX_MESSAGES}`);
    expect(room.chat.past).toBeNull();
  });

  it('keeps an earlier place for who reads there while the chat goes on', () => {
    const reading = full();
    const room = change(
      { ...reading, chat: { ...reading.chat, isAtEnd: false } },
      { revision: '11', sent: message(MAX_MESSAGES) },
    );
    expect(texts(room)[0]).toBe('text 0');
    expect(select.chat.isInPast(room)).toBe(true);
    expect(room.chat.tail.messages.at(-1)?.text).toBe(`text ${MAX_MESSAGES}`);
  });

  it('goes back as far as the chat does, and forward again without a gap', () => {
    const { chat } = { ...full() };
    const shifted = { ...chat, tail: { messages: pageOf(5_000, 6_000), olderToken: 'a' } };
    let state = addOlder(shifted, pageOf(4_800, 5_000), 'b');
    expect(state.past?.messages[0]?.text).toBe('text 4800');
    for (let from = 4_600; from >= 0; from -= 200) state = addOlder(state, pageOf(from, from + 200), 'c');
    expect(state.past?.messages.map(({ text }) => text)).toEqual(numbers(0, MAX_MESSAGES).map((n) => `text ${n}`));
    for (let from = MAX_MESSAGES; state.past; from += 200) state = addNewer(state, pageOf(from, from + 200));
    expect(state.tail.messages.map(({ text }) => text)).toEqual(numbers(5_000, 6_000).map((n) => `text ${n}`));
  });
});
