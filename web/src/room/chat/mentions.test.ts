import { expect, it } from 'vitest';
import { completing, mentionsIn } from './mentions';
import { piecesOf } from './pieces';
import { sliceScalars } from './text';

const people = [
  { id: 'a', name: 'müller' },
  { id: 'b', name: 'Ann' },
  { id: 'c', name: 'Ann Lee' },
  { id: 'd', name: 'Tom🟢' },
  { id: 'e', name: 'Tom' },
];

function named(text: string): string[] {
  return mentionsIn(text, people).map(
    ({ subjectId, start, length }) => `${subjectId} ${sliceScalars(text, start, start + length)}`,
  );
}

it.each([
  ['@müller!', ['a @müller']],
  ['hi @Ann Lee and @ann', ['c @Ann Lee', 'b @ann']],
  ['😀👍🏽 @Tom🟢', ['d @Tom🟢']],
  ['@Tom, @Tomas', ['e @Tom']],
  ['mail@Ann.org', []],
  ['@nobody', []],
  ['(@Ann)', ['b @Ann']],
])('names the people of “%s” (W14)', (text, found) => {
  expect(named(text)).toEqual(found);
});

it('prefers the person who was chosen among those with the same name', () => {
  const two = [{ id: 'x', name: 'Ann' }, ...people];
  expect(mentionsIn('@Ann', two).map(({ subjectId }) => subjectId)).toEqual(['x']);
});

it('names at most twenty people', () => {
  expect(mentionsIn('@Ann '.repeat(30), people)).toHaveLength(20);
});

it('draws a mention where its range is, whatever stands before it', () => {
  const text = '👨‍👩‍👧‍👦 @Ann Lee https://e.org/a :wave: end';
  const pieces = piecesOf(text, mentionsIn(text, people), new Set(['wave']));
  expect(pieces.map((piece) => `${piece.kind} ${piece.text}`)).toEqual([
    'text 👨‍👩‍👧‍👦 ',
    'mention @Ann Lee',
    'text  ',
    'link https://e.org/a',
    'text  ',
    'emote :wave:',
    'text  end',
  ]);
});

it('draws text whose ranges are wrong as it is', () => {
  const wrong = [{ subjectId: 'a', start: 3, length: 90 }];
  expect(piecesOf('short', wrong, new Set())).toEqual([{ kind: 'text', text: 'short' }]);
});

it.each([
  ['hi @an', '@', { word: 'an', start: 3 }],
  ['/se', '/', { word: 'se', start: 0 }],
  ['a /se', '/', null],
  ['/seek 1', '/', null],
  ['so :jo', ':', { word: 'jo', start: 3 }],
  ['12:30', ':', null],
  ['me@an', '@', null],
] as const)('completes “%s” after %s', (text, sign, found) => {
  expect(completing(text, text.length, sign)).toEqual(found);
});
