import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Opening } from './frame';
import { readYouTubeList, videosOf, youTubeListIn } from './youtubeList';

const LIST = 'PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf';
const delivery = (playlist: unknown) => JSON.stringify({ event: 'infoDelivery', id: 1, info: { playlist } });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function player() {
  const seen: { opening: Opening | null; posted: unknown[]; closed: boolean } = {
    opening: null,
    posted: [],
    closed: false,
  };
  const open = (opening: Opening) => {
    seen.opening = opening;
    return {
      post: (message: unknown) => void seen.posted.push(message),
      hasFocus: () => false,
      close: () => {
        seen.closed = true;
      },
    };
  };
  return { seen, open };
}

it('knows the link of a playlist from that of a video', () => {
  expect(youTubeListIn(`https://www.youtube.com/playlist?list=${LIST}`)).toBe(LIST);
  expect(youTubeListIn(`youtube.com/playlist?list=${LIST}&si=x`)).toBe(LIST);
  expect(youTubeListIn(`https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=${LIST}`)).toBeNull();
  expect(youTubeListIn(`https://example.org/playlist?list=${LIST}`)).toBeNull();
  expect(youTubeListIn('https://www.youtube.com/playlist?list=<script>')).toBeNull();
});

it('reads the ids that the player names, and nothing else', () => {
  expect(videosOf(delivery(['dQw4w9WgXcQ', 7, 'short', '../../x/y/z/']))).toEqual(['dQw4w9WgXcQ']);
  expect(videosOf(delivery(Array.from({ length: 500 }, () => 'dQw4w9WgXcQ')))).toHaveLength(200);
  expect(videosOf('nonsense')).toEqual([]);
});

it('asks until the player answers, and closes it', async () => {
  const { seen, open } = player();
  const read = readYouTubeList(open, LIST, new AbortController().signal);
  expect(seen.opening?.address).toContain(`/embed/videoseries?list=${LIST}`);
  vi.advanceTimersByTime(1_000);
  expect(seen.posted).toHaveLength(2);
  seen.opening?.heard(delivery(['dQw4w9WgXcQ']));
  await expect(read).resolves.toEqual(['dQw4w9WgXcQ']);
  expect(seen.closed).toBe(true);
});

it('says so when the player tells nothing, and stops when it is told to', async () => {
  const { seen, open } = player();
  const read = expect(readYouTubeList(open, LIST, new AbortController().signal)).rejects.toThrow('private or empty');
  vi.advanceTimersByTime(15_000);
  await read;
  expect(seen.closed).toBe(true);
  const control = new AbortController();
  const aborted = expect(readYouTubeList(player().open, LIST, control.signal)).rejects.toThrow('left');
  control.abort(new Error('left'));
  await aborted;
});
