import { expect, it } from 'vitest';
import { tileAt, tilesOf } from './storyboard';

const AT = 'http://localhost:3000/media/hls/token/asset_1/1/storyboard.vtt';
const VTT = `WEBVTT

00:00.000 --> 00:05.000
storyboard/0.jpg#xywh=0,0,160,90

00:05.000 --> 00:10.000
storyboard/0.jpg#xywh=160,0,160,90

00:10.000 --> 00:15.000
storyboard/1.jpg#xywh=0,0,160,90

00:15.000 --> 00:20.000
storyboard/1.jpg
`;

it('finds the picture for a moment', () => {
  const tiles = tilesOf(VTT, AT);
  expect(tiles.length, 'a cue that names no part is left out').toBe(3);
  expect(tileAt(tiles, 7_000)).toMatchObject({
    url: 'http://localhost:3000/media/hls/token/asset_1/1/storyboard/0.jpg',
    x: 160,
    y: 0,
    width: 160,
    height: 90,
  });
  expect(tileAt(tiles, 0)?.x).toBe(0);
  expect(tileAt(tiles, 99_000)?.url).toContain('/1.jpg');
  expect(tileAt([], 5)).toBeNull();
});
