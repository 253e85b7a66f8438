import { expect, it } from 'vitest';
import type { TrackJson } from '../api/gen/syncwatch/room/v1/track_pb';
import { chosenTrack, keyOf, read, shownSubtitles } from './tracks';

const track = (id: string, label: string, more: Partial<TrackJson> = {}): TrackJson => ({
  id,
  kind: 'TRACK_KIND_SUBTITLES',
  label,
  language: 'en',
  ...more,
});

it('finds the chosen track in the next item by what it is', () => {
  const key = keyOf(track('track_1', 'English'));
  expect(chosenTrack([track('track_8', 'Deutsch'), track('track_9', 'English')], 'subtitles', key)?.id).toBe('track_9');
  expect(chosenTrack([track('track_9', 'English', { kind: 'TRACK_KIND_AUDIO' })], 'subtitles', key)).toBeNull();
});

it('shows forced subtitles while none are chosen', () => {
  const forced = track('track_2', 'Signs', { forced: true });
  expect(shownSubtitles([track('track_1', 'English'), forced], '')?.id).toBe('track_2');
  expect(shownSubtitles([track('track_1', 'English')], '')).toBeNull();
});

it('reads what is stored, and nothing that cannot be true', () => {
  expect(read('{"subtitles":{"key":"a","delayMs":99999999},"audio":7}')).toEqual({
    subtitles: { key: 'a', delayMs: 10_000 },
    audio: { key: '', delayMs: 0 },
  });
  expect(read('nonsense').subtitles).toEqual({ key: '', delayMs: 0 });
});
