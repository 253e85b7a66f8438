import { expect, it } from 'vitest';
import { linesOf, unreadAfter } from './lines';
import type { Message, SystemFact } from './message';
import { systemWords } from './systemWords';
import { messageFrom } from './wire';

const START = Date.parse('2026-11-29T20:00:00Z');

function said(n: number, authorId: string, more: Partial<Message> = {}): Message {
  return {
    ...messageFrom({ id: `msg_${n}`, authorId, authorName: authorId, text: `text ${n}` }, 'me'),
    sentMs: START + n * 1_000,
    ...more,
  };
}

function fact(kind: SystemFact['kind'], names: readonly string[], more: Partial<SystemFact> = {}): SystemFact {
  const people = names.map((name) => ({ id: name, name }));
  return { kind, people, peopleCount: names.length, count: 1, positionMs: 0, itemId: '', itemTitle: '', ...more };
}

const shape = (messages: readonly Message[], newAfterId = '') =>
  linesOf({ messages, newAfterId, myId: 'me' }).map((line) =>
    line.kind === 'message' ? `${line.message.text}${line.isGrouped ? ' grouped' : ''}` : line.kind,
  );

it('groups what one person says within four minutes', () => {
  const late = said(3, 'mia', { sentMs: START + 10 * 60_000 });
  expect(shape([said(1, 'mia'), said(2, 'mia'), late, said(4, 'ben')])).toEqual([
    'text 1',
    'text 2 grouped',
    'text 3',
    'text 4',
  ]);
});

it('begins a new group with a reply', () => {
  const quote = { messageId: 'msg_1', authorId: 'ben', authorName: 'Ben', text: 'hi', isRemoved: false };
  expect(shape([said(1, 'mia'), said(2, 'mia', { quote })])).toEqual(['text 1', 'text 2']);
});

it('puts the line “New” before the first message of others that was not read', () => {
  const messages = [said(1, 'mia'), said(2, 'me'), said(3, 'ben'), said(4, 'ben')];
  expect(shape(messages, 'msg_1')).toEqual(['text 1', 'text 2', 'new', 'text 3', 'text 4 grouped']);
  expect(shape(messages, 'msg_4')).not.toContain('new');
});

it('groups deleted messages, and what the room says by itself', () => {
  const gone = { isRemoved: true, text: '' };
  const joined = { system: fact('joined', ['Mia']), authorId: '' };
  expect(shape([said(1, 'mia', gone), said(2, 'ben', gone), said(3, '', joined), said(4, '', joined)])).toEqual([
    'removed',
    'system',
  ]);
});

it('begins each later day with its date', () => {
  expect(shape([said(1, 'mia'), said(2, 'mia', { sentMs: START + 86_400_000 })])).toEqual(['text 1', 'day', 'text 2']);
});

it('counts messages of others after the last one that was read', () => {
  const messages = [said(1, 'mia'), said(2, 'me'), said(3, 'ben'), said(4, 'ben', { isRemoved: true })];
  expect(unreadAfter(messages, 'msg_1', 'me')).toBe(1);
  expect(unreadAfter(messages, 'msg_4', 'me')).toBe(0);
});

it.each([
  [fact('joined', ['Mia', 'Ben', 'Ada']), 'Mia, Ben and Ada joined'],
  [fact('joined', ['Mia', 'You']), 'Mia and you joined'],
  [fact('joined', ['Mia', 'Ben', 'Ada', 'Tom'], { peopleCount: 14 }), 'Mia, Ben, Ada and 11 more joined'],
  [fact('jumped', ['Mia'], { positionMs: 750_000 }), 'Mia jumped to 12:30'],
  [fact('started', ['Mia'], { itemTitle: 'The Lake House' }), 'Mia started The Lake House'],
  [fact('started', [], { itemTitle: 'The Lake House' }), 'Now playing The Lake House'],
  [fact('added', ['Mia'], { count: 3, itemTitle: 'x' }), 'Mia added 3 videos'],
  [fact('owner', ['Mia']), 'Mia is now the host'],
  [fact('paused', []), 'The film is paused'],
  [fact('unknown', ['Mia']), ''],
])('says what the room says by itself', (system, words) => {
  expect(systemWords([said(1, '', { system })], () => '')).toBe(words);
});

it('uses present names, and says each sentence of a group once', () => {
  const play = said(1, '', { system: fact('played', ['mia']) });
  expect(systemWords([play, play], (id) => (id === 'mia' ? 'Mia the Great' : ''))).toBe('Mia the Great pressed play');
});
