// The choices of a stream, on a stand-in for hls.js that has its lists and setters.
import type Hls from 'hls.js';
import type { MediaPlaylist } from 'hls.js';
import { expect, it } from 'vitest';
import { type HlsEvents, HlsStreams } from './hlsStreams';
import { identityKey, NO_WISHES, TRACK_KINDS } from './streams';

const EVENTS = {
  AUDIO_TRACKS_UPDATED: 'audio',
  SUBTITLE_TRACKS_UPDATED: 'subtitles',
  LEVEL_SWITCHED: 'level',
  CUES_PARSED: 'cues',
} as unknown as HlsEvents;

function track(lang: string, name: string, more: Partial<MediaPlaylist> = {}): MediaPlaylist {
  return { lang, name, forced: false, default: false, groupId: 'low', id: 0, ...more } as MediaPlaylist;
}

class FakeHls {
  levels = [360, 1080, 720].map((height) => ({ height, bitrate: height * 1_000 }));
  allAudioTracks: MediaPlaylist[] = [];
  allSubtitleTracks: MediaPlaylist[] = [];
  currentLevel = -1;
  audioTrack = 0;
  subtitleTrack = -1;
  /** What was set, in its order. */
  readonly log: string[] = [];
  private readonly listeners = new Map<string, (event: string, data: unknown) => void>();

  on(event: string, listener: (event: string, data: unknown) => void): void {
    this.listeners.set(event, listener);
  }

  emit(event: string, data: unknown = {}): void {
    this.listeners.get(event)?.(event, data);
  }

  get audioTracks(): MediaPlaylist[] {
    return this.allAudioTracks.filter(({ groupId }) => groupId === 'low');
  }

  get subtitleTracks(): MediaPlaylist[] {
    return this.allSubtitleTracks;
  }

  set nextLevel(level: number) {
    this.log.push(`next level ${level}`);
  }

  set loadLevel(level: number) {
    this.log.push(`first level ${level}`);
  }

  setAudioOption(option: MediaPlaylist): void {
    this.audioTrack = this.audioTracks.findIndex(({ name }) => name === option.name);
    this.log.push(`sound ${option.name}`);
  }
}

function made(fill: (hls: FakeHls) => void = () => undefined, wishes = NO_WISHES) {
  const hls = new FakeHls();
  fill(hls);
  let changes = 0;
  const streams = new HlsStreams(hls as unknown as Hls, EVENTS, '/film.m3u8', () => {
    changes += 1;
  });
  streams.setWishes(wishes);
  streams.begin();
  return { hls, streams, changes: () => changes };
}

const audioKey = (language: string, title: string) => identityKey(TRACK_KINDS.audio, language, title, false);
const subtitlesKey = (language: string, title: string) => identityKey(TRACK_KINDS.subtitles, language, title, false);
const twoSounds = (hls: FakeHls) => {
  hls.allAudioTracks = [
    track('de', 'Deutsch', { default: true }),
    track('en', 'English'),
    track('de', 'Deutsch', { default: true, groupId: 'high' }),
    track('en', 'English', { groupId: 'high' }),
  ];
};

it('lists each quality and each track once', () => {
  const { streams } = made((hls) => {
    twoSounds(hls);
    hls.levels.push({ height: 720, bitrate: 900_000 });
  });
  expect(streams.menu?.qualities.map(({ height }) => height)).toEqual([1080, 720, 360]);
  expect(streams.menu?.audio.map(({ title }) => title)).toEqual(['Deutsch', 'English']);
});

// Case M36.
it('takes the chosen sound before anything is loaded, and keeps it in another group', () => {
  const { hls } = made(twoSounds, { ...NO_WISHES, audioKey: audioKey('en', 'English') });
  expect(hls.log).toEqual(['sound English']);
  // Another quality: hls.js chose the default of its group.
  hls.audioTrack = 0;
  hls.emit('audio');
  expect(hls.log).toEqual(['sound English', 'sound English']);
});

it('leaves the sound alone while nothing is chosen, and goes back to the default when asked', () => {
  const { hls, streams } = made(twoSounds);
  expect(hls.log).toEqual([]);
  streams.setWishes({ ...NO_WISHES, audioKey: audioKey('en', 'English') });
  streams.setWishes(NO_WISHES);
  expect(hls.log).toEqual(['sound English', 'sound Deutsch']);
});

it('starts with the chosen quality, and changes it behind what is loaded', () => {
  const { hls, streams } = made(undefined, { ...NO_WISHES, maxHeight: 720 });
  expect(hls.log).toEqual(['first level 2']);
  for (const maxHeight of [480, 144, 2160, null]) streams.setWishes({ ...NO_WISHES, maxHeight });
  expect(hls.log.slice(1)).toEqual(['next level 0', 'next level 0', 'next level 1', 'next level -1']);
});

it('shows chosen subtitles, else forced ones, and never those of the track before', () => {
  const fill = (hls: FakeHls) => {
    hls.allSubtitleTracks = [track('en', 'English'), track('en', 'Signs', { forced: true })];
  };
  const { hls, streams } = made(fill);
  expect(hls.subtitleTrack).toBe(1);
  const cue = (text: string, startTime = 1) => ({ startTime, endTime: startTime + 1, text });
  const parsed = (name: string, cues: object[]) =>
    hls.emit('cues', { type: 'subtitles', cues, subtitleTrack: hls.allSubtitleTracks.find((t) => t.name === name) });
  parsed('Signs', [cue('Exit')]);
  expect(streams.cues.map(({ text }) => text)).toEqual(['Exit']);
  streams.setWishes({ ...NO_WISHES, subtitlesKey: subtitlesKey('en', 'English') });
  expect(hls.subtitleTrack).toBe(0);
  expect(streams.cues).toEqual([]);
  parsed('Signs', [cue('Late')]);
  parsed('English', [cue('Two', 2), cue('One')]);
  parsed('English', [cue('Two', 2)]);
  expect(streams.cues).toEqual([
    { startMs: 1_000, endMs: 2_000, text: 'One' },
    { startMs: 2_000, endMs: 3_000, text: 'Two' },
  ]);
});
