import { expect, it } from 'vitest';
import { lookAlikes, skeleton } from './lookAlike';

it.each([
  ['Mia', 'mia'],
  ['Mia', 'Мiа'],
  ['Ben', 'B e n'],
  ['Admin', 'Adrnin'],
  ['Ollie', '0IIie'],
  ['Zoë', 'Zoe'],
  ['Mia', 'Mi\u200Ba'],
  ['Mia', 'Ｍｉａ'],
])('%s looks like %s', (one, other) => {
  expect(skeleton(one)).toBe(skeleton(other));
});

it.each([
  ['Mia', 'Max'],
  ['小明', '小红'],
  ['Ann', 'Anna'],
])('%s does not look like %s', (one, other) => {
  expect(skeleton(one)).not.toBe(skeleton(other));
});

it('finds who can be taken for somebody else', () => {
  const people = [
    { id: 'a', name: 'Mia' },
    { id: 'b', name: 'Ben' },
    { id: 'c', name: 'Мia' },
  ];
  expect([...lookAlikes(people)]).toEqual(['a', 'c']);
});
