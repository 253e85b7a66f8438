// The choices of a stream that hls.js plays.
import type Hls from 'hls.js';
import type { CuesParsedData, MediaPlaylist } from 'hls.js';
import {
  chosenOf,
  identityKey,
  NO_WISHES,
  qualityFor,
  type StreamCue,
  type StreamKind,
  type StreamMenu,
  type Streams,
  type StreamTrack,
  type StreamWishes,
  subtitlesToShow,
  TRACK_KINDS,
} from './streams';

/** More than any film has. */
const MAX_CUES = 20_000;

/** `Events` of hls.js, which is loaded late. */
export type HlsEvents = typeof Hls.Events;

export class HlsStreams implements Streams {
  menu: StreamMenu | null = null;
  cues: readonly StreamCue[] = [];
  private wishes: StreamWishes = NO_WISHES;
  /** Key of the subtitles that are loaded; empty: none. */
  private shown = '';
  private hasBegun = false;

  constructor(
    private readonly player: Hls,
    events: HlsEvents,
    private readonly url: string,
    private readonly changed: () => void,
  ) {
    player.on(events.AUDIO_TRACKS_UPDATED, () => this.refresh());
    player.on(events.SUBTITLE_TRACKS_UPDATED, () => this.refresh());
    player.on(events.LEVEL_SWITCHED, () => this.refresh());
    player.on(events.CUES_PARSED, (_event, data) => this.addCues(data));
  }

  /** Call before anything is loaded, so that no sound of another language is heard at the start. */
  begin(): void {
    this.applyQuality();
    this.hasBegun = true;
    this.refresh();
  }

  setWishes(wishes: StreamWishes): void {
    const before = this.wishes;
    this.wishes = wishes;
    if (!this.hasBegun) return;
    if (wishes.maxHeight !== before.maxHeight) this.applyQuality();
    if (wishes.audioKey !== before.audioKey) this.applyAudio(true);
    if (wishes.subtitlesKey !== before.subtitlesKey) this.applySubtitles();
  }

  private refresh(): void {
    if (!this.hasBegun) return;
    const { levels, allAudioTracks, allSubtitleTracks, currentLevel } = this.player;
    const qualities = levels
      .map(({ height, bitrate }) => ({ height, bitRate: bitrate }))
      .filter(({ height }) => height > 0)
      .toSorted((a, b) => b.height - a.height || b.bitRate - a.bitRate);
    const playing = levels[currentLevel]?.height ?? 0;
    this.menu = {
      url: this.url,
      qualities: qualities.filter(({ height }, index) => qualities[index - 1]?.height !== height),
      height: playing > 0 ? playing : null,
      audio: unique(allAudioTracks.map((track) => trackFrom(track, 'audio'))),
      subtitles: unique(allSubtitleTracks.map((track) => trackFrom(track, 'subtitles'))),
    };
    this.applyAudio(false);
    this.applySubtitles();
    this.changed();
  }

  /** Takes effect behind what is loaded, so the film does not stop. */
  private applyQuality(): void {
    const { player } = this;
    const { maxHeight } = this.wishes;
    const heights = player.levels.map(({ height, bitrate }, index) => ({ height, bitRate: bitrate, index }));
    const best =
      maxHeight === null
        ? null
        : qualityFor(
            heights.toSorted((a, b) => b.height - a.height),
            maxHeight,
          );
    const level = heights.find((one) => one.height === best?.height)?.index ?? -1;
    if (this.hasBegun) player.nextLevel = level;
    else if (level >= 0) player.loadLevel = level;
  }

  /** `isChoice`: the person has just chosen; then the default is chosen, too. */
  private applyAudio(isChoice: boolean): void {
    const { player, wishes } = this;
    const tracks = player.allAudioTracks.map((track) => ({ ...trackFrom(track, 'audio'), track }));
    if (tracks.length < 2) return;
    const chosen = chosenOf(tracks, wishes.audioKey) ?? (isChoice ? tracks.find(({ isDefault }) => isDefault) : null);
    const playing = player.audioTracks[player.audioTrack];
    if (!chosen || (playing && trackFrom(playing, 'audio').key === chosen.key)) return;
    player.setAudioOption(chosen.track);
  }

  private applySubtitles(): void {
    const { player, wishes } = this;
    const tracks = player.subtitleTracks.map((track, index) => ({ ...trackFrom(track, 'subtitles'), index }));
    const wanted = subtitlesToShow(tracks, wishes.subtitlesKey);
    const key = wanted?.key ?? '';
    if (key !== this.shown) {
      this.shown = key;
      this.cues = [];
      this.changed();
    }
    const index = wanted?.index ?? -1;
    if (player.subtitleTrack !== index) player.subtitleTrack = index;
  }

  private addCues({ type, cues, subtitleTrack }: CuesParsedData): void {
    if (type !== 'subtitles' || (subtitleTrack && trackFrom(subtitleTrack, 'subtitles').key !== this.shown)) return;
    const known = new Set(this.cues.map(nameOf));
    const added = (cues as VTTCue[])
      .map(({ startTime, endTime, text }) => ({ startMs: startTime * 1000, endMs: endTime * 1000, text }))
      .filter((cue) => !known.has(nameOf(cue)));
    if (added.length === 0) return;
    this.cues = [...this.cues, ...added].toSorted((a, b) => a.startMs - b.startMs).slice(-MAX_CUES);
    this.changed();
  }
}

function trackFrom({ lang = '', name, forced, default: isDefault, url }: MediaPlaylist, kind: StreamKind): StreamTrack {
  const title = name || lang;
  const key = identityKey(TRACK_KINDS[kind], lang, title, forced);
  return { key, kind, language: lang, title, forced, isDefault, url };
}

/** The same track stands in a group for each quality. */
function unique(tracks: readonly StreamTrack[]): StreamTrack[] {
  return tracks.filter(({ key }, index) => tracks.findIndex((track) => track.key === key) === index);
}

/** Segments repeat the cues that go from one into the next. */
function nameOf({ startMs, endMs, text }: StreamCue): string {
  return `${Math.round(startMs)} ${Math.round(endMs)} ${text}`;
}
