// Pictures for the seek bar: a WebVTT file whose cues name a part of a sheet, `0.jpg#xywh=160,90,160,90` (Media Fragments
// URI 1.0, 4.2.2).
import { besideStream } from '../../room/mediaFacts';
import { cuesOf } from './vtt';

export interface Tile {
  startMs: number;
  endMs: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where our server has the storyboard of a stream; null: it is not ours. */
export function storyboardUrl(streamUrl: string): string | null {
  return besideStream(streamUrl, 'storyboard.vtt');
}

/** `at`: address of the file, from which sheets are found. */
export function tilesOf(vtt: string, at: string): Tile[] {
  return cuesOf(vtt).flatMap(({ startMs, endMs, text }) => {
    const [path = '', fragment = ''] = text.split('#');
    const numbers = /^xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(fragment)?.slice(1).map(Number);
    const [x = 0, y = 0, width = 0, height = 0] = numbers ?? [];
    if (!path || width === 0 || height === 0 || !URL.canParse(path, at)) return [];
    return [{ startMs, endMs, url: new URL(path, at).href, x, y, width, height }];
  });
}

/** Binary search: a film has thousands. */
export function tileAt(tiles: readonly Tile[], ms: number): Tile | null {
  let low = 0;
  let high = tiles.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tiles[middle]?.startMs ?? 0) <= ms) low = middle;
    else high = middle - 1;
  }
  return tiles[low] ?? null;
}
