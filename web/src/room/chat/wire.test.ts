import { expect, it } from 'vitest';
import type { ChatMessageJson } from '../../api/gen/syncwatch/room/v1/chat_pb';
import { messageFrom } from './wire';

const base: ChatMessageJson = { id: 'msg_1', authorId: 'user_b', authorName: 'Mia', sentAt: '2026-11-29T20:00:00Z' };

it.each([
  ['an array', ['x']],
  ['an object', { a: 1 }],
  ['a number', 5],
  ['null', null],
])('makes a placeholder of %s in place of a text (W10)', (_what, text) => {
  const message = messageFrom({ ...base, text } as unknown as ChatMessageJson, 'user_a');
  expect(message).toMatchObject({ text: '', isBroken: true });
});

it('takes nonsense in every other field without failing', () => {
  const nonsense = {
    id: 7,
    text: 'a\ud800',
    sentAt: 'soon',
    mentions: [null, { subjectId: 'x', start: -1, length: 2 }, 'x'],
    reactions: 'many',
    replyTo: { messageId: [] },
    system: null,
    positionUs: 'far',
  } as unknown as ChatMessageJson;
  expect(messageFrom(nonsense, '')).toMatchObject({ id: '', text: 'a\uFFFD', sentMs: 0, mentions: [], reactions: [] });
});

it('knows one’s own reaction also where it is not told', () => {
  const people = [{ subjectId: 'user_a', displayName: 'Ada' }];
  const { reactions } = messageFrom({ ...base, reactions: [{ key: '🔥', count: 2, people }] }, 'user_a');
  expect(reactions).toEqual([{ key: '🔥', count: 2, isMine: true, people: [{ id: 'user_a', name: 'Ada' }] }]);
});

it('has no text of a deleted message', () => {
  expect(messageFrom({ ...base, text: 'still here', deletedAt: '2026-11-29T20:01:00Z' }, '')).toMatchObject({
    text: '',
    isRemoved: true,
  });
});
