// What the element is fed with is hls.js' business, and needs a browser; here it is what hls.js is told.

import type { HlsConfig } from 'hls.js';
import { beforeEach, expect, it, vi } from 'vitest';
import { Html5Player } from './html5';

const told = vi.hoisted(() => ({
  configs: [] as Partial<HlsConfig>[],
  started: [] as number[],
  parsed: (): void => undefined,
}));

vi.mock('hls.js', async (original) => {
  class HlsPlayer {
    static readonly Events = { ERROR: 'error', MANIFEST_PARSED: 'parsed' };
    static readonly isSupported = () => true;
    readonly levels = [];
    readonly allAudioTracks = [];
    readonly allSubtitleTracks = [];
    readonly subtitleTracks = [];
    readonly subtitleTrack = -1;
    readonly loadSource = () => undefined;
    readonly attachMedia = () => undefined;
    readonly destroy = () => undefined;
    constructor(config: Partial<HlsConfig>) {
      told.configs.push(config);
    }
    on(event: string, listener: () => void) {
      if (event === 'parsed') told.parsed = listener;
    }
    startLoad(fromS: number) {
      told.started.push(fromS);
    }
  }
  return { ...(await original<object>()), default: HlsPlayer };
});

beforeEach(() => {
  told.configs.length = 0;
  told.started.length = 0;
});

it.each([
  { fromMs: 61_500, fromS: 61.5 },
  { fromMs: 0, fromS: 0 },
  { fromMs: undefined, fromS: 0 },
])('begins with the segment at $fromS s when it is to be played from $fromMs ms', async ({ fromMs, fromS }) => {
  const player = new Html5Player(document.createElement('video'));
  let entryMs: number | undefined = 5;
  player.load({ url: '/film.m3u8', format: 'hls' }, () => entryMs);
  await vi.waitFor(() => expect(told.configs.length).toBe(1));
  expect(told.configs[0]?.autoStartLoad).toBe(false);
  expect(told.started).toEqual([]);
  entryMs = fromMs;
  told.parsed();
  expect(told.started).toEqual([fromS]);
  player.destroy();
});
