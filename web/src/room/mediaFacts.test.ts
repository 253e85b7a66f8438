import { expect, it } from 'vitest';
import { identityKey, type StreamMenu, TRACK_KINDS } from '../sync/streams';
import { besideStream, factsFrom, withFacts } from './mediaFacts';

const AT = 'http://localhost:3000/media/hls/token/asset_1/1/media.json';
const key = (title: string) => identityKey(TRACK_KINDS.subtitles, 'en', title, false);
const track = (title: string, url: string) => ({
  key: key(title),
  kind: 'subtitles' as const,
  language: 'en',
  title,
  forced: false,
  isDefault: false,
  url,
});
const MENU: StreamMenu = {
  url: '/media/hls/token/asset_1/1/master.m3u8',
  qualities: [],
  height: null,
  audio: [],
  subtitles: [track('English', '/x/subs_0.m3u8'), track('Styled', '/x/subs_1.m3u8')],
};
const JSON_TEXT = {
  subtitles: [
    { kind: 'vtt', language: 'en', title: 'English', forced: false, url: 's0.vtt' },
    { kind: 'ass', language: 'en', title: 'Styled', forced: false, url: 's1.ass', vttUrl: 's1.vtt' },
    { kind: 'pgs', language: 'en', title: 'English', forced: false, url: 's2.sup', vttUrl: null },
  ],
  fonts: ['fonts/0'],
  chapters: [{ startUs: 90_000_000, title: 'Two' }],
};

it('adds pictures as subtitles, styles and their fonts, and chapters', () => {
  const facts = factsFrom(JSON_TEXT, AT);
  const menu = withFacts(MENU, facts);
  expect(menu.subtitles.map(({ title }) => title)).toEqual(['English', 'Styled', 'English (3)']);
  const base = 'http://localhost:3000/media/hls/token/asset_1/1/';
  expect([...menu.drawn]).toEqual([
    [key('Styled'), { kind: 'ass', url: `${base}s1.ass`, language: 'en' }],
    [key('English (3)'), { kind: 'pgs', url: `${base}s2.sup`, language: 'en' }],
  ]);
  expect(facts.fonts).toEqual([`${base}fonts/0`]);
  expect(menu.chapters).toEqual([{ startMs: 90_000, title: 'Two' }]);
});

it.each([null, 7, [], { subtitles: 'x', fonts: {}, chapters: null }])('reads anything else as nothing: %j', (json) => {
  expect(withFacts(MENU, factsFrom(json, AT)).subtitles.length).toBe(2);
});

it('finds what is beside a stream of our server alone', () => {
  expect(besideStream(MENU.url, 'media.json')).toBe(AT);
  expect(besideStream('https://elsewhere.example/media/hls/a/master.m3u8', 'media.json')).toBeNull();
  expect(besideStream('/film.m3u8', 'media.json')).toBeNull();
});
