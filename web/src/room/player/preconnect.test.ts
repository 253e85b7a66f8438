import { expect, it, vi } from 'vitest';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { preconnect } from './preconnect';

const ITEMS: ItemJson[] = [
  { id: 'file', source: { format: 'MEDIA_FORMAT_PROGRESSIVE', direct: { url: 'https://a.example/1.mp4' } } },
  { id: 'stream', source: { format: 'MEDIA_FORMAT_HLS', direct: { url: 'https://b.example/1.m3u8' } } },
  { id: 'own', source: { format: 'MEDIA_FORMAT_PROGRESSIVE', testFilm: {} } },
];

function made(itemId: string) {
  return {
    playback: vi.fn(() => Promise.resolve({ state: { itemId } })),
    playlist: vi.fn(() => Promise.resolve({ items: ITEMS })),
    hlsPlayer: vi.fn(() => Promise.resolve()),
    fetch: vi.fn((_url: string, _how: RequestInit) => Promise.reject(new TypeError('the host is down'))),
  };
}

it('opens connections to the host of the current file', async () => {
  const calls = made('file');
  await preconnect(calls);
  expect(calls.fetch).toHaveBeenCalledTimes(2);
  for (const [url, { method, mode }] of calls.fetch.mock.calls)
    expect([url, method, mode]).toEqual(['https://a.example/1.mp4', 'HEAD', 'no-cors']);
  expect(calls.hlsPlayer).not.toHaveBeenCalled();
});

it('loads the player of streams, and opens connections to their host', async () => {
  const calls = made('stream');
  await preconnect(calls);
  expect(calls.hlsPlayer).toHaveBeenCalledOnce();
  expect(calls.fetch.mock.calls.map(([url, { method = 'GET', mode }]) => [url, method, mode])).toEqual([
    ['https://b.example/1.m3u8', 'GET', 'cors'],
    ['https://b.example/1.m3u8', 'HEAD', 'cors'],
  ]);
});

it('does nothing for other sources, and without the state of the room', async () => {
  for (const itemId of ['own', '', 'gone']) {
    const calls = made(itemId);
    await preconnect(calls);
    expect(calls.fetch).not.toHaveBeenCalled();
  }
  const calls = made('file');
  calls.playback.mockRejectedValue(new Error('not now'));
  await preconnect(calls);
  expect(calls.fetch).not.toHaveBeenCalled();
});
