import { expect, it } from 'vitest';
import { inCalls, linksIn, MAX_LINKS } from './manyLinks';

it('takes each link of a pasted list once, and no other words', () => {
  const text = 'tonight:\nhttps://example.org/a.mp4\r\n  youtu.be/abc  https://example.org/a.mp4\n- then maybe\n';
  expect(linksIn(text)).toEqual({ links: ['https://example.org/a.mp4', 'youtu.be/abc'], left: 0 });
});

it('takes so many and says how many are left', () => {
  const text = Array.from({ length: 10_000 }, (_, n) => `https://example.org/${n}.mp4`).join('\n');
  const { links, left } = linksIn(text);
  expect(links).toHaveLength(MAX_LINKS);
  expect(left).toBe(10_000 - MAX_LINKS);
});

it('leaves out what is longer than a link may be', () => {
  expect(linksIn(`https://example.org/${'a'.repeat(3_000)}`).links).toEqual([]);
});

it('sends a list in calls of 50', () => {
  expect(inCalls(Array.from({ length: 120 }, (_, n) => n)).map((part) => part.length)).toEqual([50, 50, 20]);
});
