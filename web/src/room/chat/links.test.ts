import { expect, it } from 'vitest';
import { linksIn, mediaLink } from './links';

const hrefs = (text: string) => linksIn(text).map(({ href }) => href);

it.each([
  ['(https://e.org/a/)', 'https://e.org/a/'],
  ['https://e.org/a_(b)', 'https://e.org/a_(b)'],
  ['see https://e.org/a.', 'https://e.org/a'],
  ['(https://e.org/a?x=1).', 'https://e.org/a?x=1'],
  ['看https://e.org/a。', 'https://e.org/a'],
  ['“https://e.org/a”, he said', 'https://e.org/a'],
  ['[https://e.org/a[1]]', 'https://e.org/a[1]'],
  ['HTTPS://e.org/A!?', 'HTTPS://e.org/A'],
])('finds the link of %s (W13)', (text, link) => {
  expect(hrefs(text)).toEqual([link]);
});

it.each(['javascript:alert(1)', 'https://', 'ftp://e.org/a', 'http://.', 'e.org'])('finds no link in %s', (text) => {
  expect(hrefs(text)).toEqual([]);
});

it('says where in the text a link stands', () => {
  const text = '😀 https://e.org/a, https://e.org/b';
  expect(linksIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(['https://e.org/a', 'https://e.org/b']);
});

it('offers only what a room can probably play', () => {
  expect(mediaLink('https://www.youtube.com/watch?v=x')?.from).toBe('YouTube');
  expect(mediaLink('https://youtu.be/x')?.from).toBe('YouTube');
  expect(mediaLink('https://files.e.org/film.MP4?x=1')?.from).toBe('files.e.org');
  expect(mediaLink('https://youtube.com.evil.org/watch')).toBeNull();
  expect(mediaLink('https://e.org/page.html')).toBeNull();
  expect(mediaLink('https://www.youtube.com/')).toBeNull();
});
