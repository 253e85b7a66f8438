import { expect, it } from 'vitest';
import type { TrackJson } from '../api/gen/syncwatch/room/v1/track_pb';
import { chosenTrack, keyOf, lostTrack, read, shownSubtitles } from './tracks';

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

// Case M25.
it('keeps a choice when tracks are added, removed and put into another order', () => {
  const [english, dutch] = [track('track_1', 'English'), track('track_2', 'Nederlands', { language: 'nl' })];
  const commentary = track('track_3', 'English', { kind: 'TRACK_KIND_AUDIO' });
  const key = keyOf(english);
  for (const tracks of [
    [english, dutch],
    [dutch, commentary, english],
    [track('track_9', 'English', { forced: true }), track('track_8', 'English', { language: 'nl' }), english],
  ])
    expect(chosenTrack(tracks, 'subtitles', key)?.id).toBe('track_1');
  expect(chosenTrack([dutch, commentary], 'subtitles', key)).toBeNull();
});

// Case M25.
it('tells a viewer whose choice is gone, or that this video has only others', () => {
  const [english, dutch] = [track('track_1', 'English | SDH'), track('track_2', 'Nederlands', { language: 'nl' })];
  const key = keyOf(english);
  expect(lostTrack([english], 'subtitles', key, true)).toBeNull();
  expect(lostTrack([dutch], 'subtitles', key, false)).toContain(
    '“English | SDH” that you chose are not there for this',
  );
  expect(lostTrack([], 'subtitles', key, true)).toContain('“English | SDH” that you chose are not there any more');
  expect(lostTrack([], 'subtitles', key, false), 'a film without any').toBeNull();
  expect(lostTrack([dutch], 'subtitles', '', true), 'nothing was chosen').toBeNull();
  expect(lostTrack([dutch], 'audio', keyOf(track('track_3', 'Mono')), true)).toContain('the film’s own sound');
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
