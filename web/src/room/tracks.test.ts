import { expect, it } from 'vitest';
import type { TrackJson } from '../api/gen/syncwatch/room/v1/track_pb';
import { identityKey, type StreamMenu, TRACK_KINDS } from '../sync/streams';
import { chosenTrack, keyOf, lostTrack, ofKind, read, shownSubtitles } from './tracks';

const track = (id: string, label: string, more: Partial<TrackJson> = {}): TrackJson => ({
  id,
  kind: 'TRACK_KIND_SUBTITLES',
  label,
  language: 'en',
  ...more,
});

it('finds the chosen track in the next item by what it is', () => {
  const key = keyOf(track('track_1', 'English'));
  expect(
    chosenTrack([track('track_8', 'Deutsch'), track('track_9', 'English')], null, 'subtitles', key)?.added?.id,
  ).toBe('track_9');
  expect(chosenTrack([track('track_9', 'English', { kind: 'TRACK_KIND_AUDIO' })], null, 'subtitles', key)).toBeNull();
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
    expect(chosenTrack(tracks, null, 'subtitles', key)?.added?.id).toBe('track_1');
  expect(chosenTrack([dutch, commentary], null, 'subtitles', key)).toBeNull();
});

// Case M25.
it('tells a viewer whose choice is gone, or that this video has only others', () => {
  const [english, dutch] = [track('track_1', 'English | SDH'), track('track_2', 'Nederlands', { language: 'nl' })];
  const key = keyOf(english);
  expect(lostTrack([english], null, 'subtitles', key, true)).toBeNull();
  expect(lostTrack([dutch], null, 'subtitles', key, false)).toContain(
    '“English | SDH” that you chose are not there for this',
  );
  expect(lostTrack([], null, 'subtitles', key, true)).toContain(
    '“English | SDH” that you chose are not there any more',
  );
  expect(lostTrack([], null, 'subtitles', key, false), 'a film without any').toBeNull();
  expect(lostTrack([dutch], null, 'subtitles', '', true), 'nothing was chosen').toBeNull();
  expect(lostTrack([dutch], null, 'audio', keyOf(track('track_3', 'Mono')), true)).toContain('the film’s own sound');
});

it('shows forced subtitles while none are chosen', () => {
  const forced = track('track_2', 'Signs', { forced: true });
  expect(shownSubtitles([track('track_1', 'English'), forced], null, '')?.added?.id).toBe('track_2');
  expect(shownSubtitles([track('track_1', 'English')], null, '')).toBeNull();
});

const streamed = (kind: 'audio' | 'subtitles', language: string, title: string, forced = false) => ({
  key: identityKey(TRACK_KINDS[kind], language, title, forced),
  kind,
  language,
  title,
  forced,
  isDefault: false,
  url: '',
});
const menu = (audio: StreamMenu['audio'], subtitles: StreamMenu['subtitles'] = []): StreamMenu => ({
  url: '/film.m3u8',
  qualities: [],
  height: null,
  audio,
  subtitles,
});

// Case M36.
it('offers the tracks of the stream beside those of the item, and finds a choice in either', () => {
  const both = menu([streamed('audio', 'de', 'Deutsch'), streamed('audio', 'en', 'English')]);
  expect(ofKind([], both, 'audio').map(({ label }) => label)).toEqual(['Deutsch', 'English']);
  const key = identityKey(TRACK_KINDS.audio, 'en', 'English', false);
  expect(chosenTrack([], both, 'audio', key)).toMatchObject({ label: 'English', added: null });
  expect(ofKind([], menu([streamed('audio', 'de', 'Deutsch')]), 'audio'), 'one sound is no choice').toEqual([]);
});

// Case M25.
it('takes the only track of a language for the chosen one, and guesses no further', () => {
  const key = identityKey(TRACK_KINDS.audio, 'en', 'English', false);
  const german = streamed('audio', 'de', 'Deutsch');
  const one = menu([german, streamed('audio', 'en', 'Stereo')]);
  expect(chosenTrack([], one, 'audio', key)?.label).toBe('Stereo');
  const two = menu([german, streamed('audio', 'en', 'Stereo'), streamed('audio', 'en', 'Commentary')]);
  expect(chosenTrack([], two, 'audio', key)).toBeNull();
});

// Case M25.
it('says which track of a stream is not there', () => {
  const key = identityKey(TRACK_KINDS.audio, 'fr', 'Français', false);
  const both = menu([streamed('audio', 'de', 'Deutsch'), streamed('audio', 'en', 'English')]);
  expect(lostTrack([], both, 'audio', key, false)).toContain('“Français”');
  expect(lostTrack([], menu([]), 'audio', key, false), 'there is nothing to choose').toBeNull();
});

it('reads what is stored, and nothing that cannot be true', () => {
  expect(read('{"subtitles":{"key":"a","delayMs":99999999},"audio":7}')).toEqual({
    subtitles: { key: 'a', delayMs: 10_000 },
    audio: { key: '', delayMs: 0 },
    maxHeight: null,
  });
  expect(read('{"maxHeight":720}').maxHeight).toBe(720);
  expect(read('{"maxHeight":"720"}').maxHeight).toBeNull();
  expect(read('nonsense').subtitles).toEqual({ key: '', delayMs: 0 });
});
