// What the element is fed with is hls.js' business, and needs a browser; here it is what hls.js is told.
import { beforeEach, expect, it, vi } from 'vitest';
import type { HlsConfig } from 'hls.js';
import { Html5Player } from './html5';

const told = vi.hoisted(() => ({ configs: [] as Partial<HlsConfig>[], loaded: [] as string[] }));

vi.mock('hls.js', () => {
  class HlsPlayer {
    static readonly Events = { ERROR: 'error' };
    static readonly isSupported = () => true;
    readonly on = () => undefined;
    readonly attachMedia = () => undefined;
    readonly destroy = () => undefined;
    constructor(config: Partial<HlsConfig>) {
      told.configs.push(config);
    }
    loadSource(url: string) {
      told.loaded.push(url);
    }
  }
  return { default: HlsPlayer };
});

beforeEach(() => {
  told.configs.length = 0;
  told.loaded.length = 0;
});

it.each([
  { fromMs: 61_500, startPosition: 61.5 },
  { fromMs: 0, startPosition: 0 },
  { fromMs: undefined, startPosition: 0 },
])('begins to load at $startPosition s when it is opened from $fromMs ms', async ({ fromMs, startPosition }) => {
  const player = new Html5Player(document.createElement('video'));
  player.load({ url: '/film.m3u8', format: 'hls' }, fromMs);
  await vi.waitFor(() => expect(told.loaded).toEqual(['/film.m3u8']));
  expect(told.configs.map((config) => config.startPosition)).toEqual([startPosition]);
  player.destroy();
});
