// The player of this page: the engine with a video element, or with the player of another site in a frame.
import type { GetPlaybackInfoResponseJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import type { ServerClock } from '../../sync/clock';
import { type EngineView, SyncEngine } from '../../sync/engine';
import type { EmbedPlayer } from '../../sync/iframe/embedPlayer';
import type { Motion } from '../../sync/motion';
import type { MediaSource } from '../../sync/player';
import { IFRAME, profileFor } from '../../sync/profile';
import type { PlayerStatus } from '../../sync/reporter';
import { NO_WISHES, type StreamCue, type StreamMenu, type StreamWishes } from '../../sync/streams';
import type { Timer } from '../../sync/timer';
import type { Commands } from '../commands';
import { type LearnedOf, loadLearned, saveLearned } from './learned';
import { type Picture, pictureIn } from './picture';
import { embedPlayerIn, sourceFrom } from './source';

/** Where the film is shown: a place for the page's own players, and one for those of other sites. */
export interface Screen {
  picture: HTMLElement;
  frame: HTMLElement;
}

export interface RoomPlayerDeps {
  clock: ServerClock;
  timer: Timer;
  /** For actions of the person in the player of another site. */
  commands: Pick<Commands, 'play' | 'pause' | 'seek'>;
  motion(): Motion;
  /** Empty before the first connection. */
  /** The connection to the room, the last one while there is none. */
  connection(): { sessionId: string; heartbeatMs: number };
  /** A rejection's message is shown to people. */
  info(itemId: string): Promise<GetPlaybackInfoResponseJson>;
  report(status: PlayerStatus): void;
  /** Null: nothing can play here any more. */
  changed(view: EngineView | null): void;
  /** The choices of the stream that plays, and the cues of its subtitles. Null: it has none. */
  streamed(menu: StreamMenu | null, cues: readonly StreamCue[]): void;
}

const NO_CUES: readonly StreamCue[] = [];

export class RoomPlayer {
  private engine: SyncEngine | null = null;
  private screen: Screen | null = null;
  private playedBy: LearnedOf = 'page';
  private picture: Picture | null = null;
  private embed: EmbedPlayer | null = null;
  private loudness = { volume: 1, muted: false };
  private gain = 1;
  private wishes = NO_WISHES;
  private streamed: { menu: StreamMenu | null; cues: readonly StreamCue[] } = { menu: null, cues: NO_CUES };
  private offsetMs = 0;
  private reported: PlayerStatus | null = null;

  constructor(private readonly deps: RoomPlayerDeps) {}

  /** The last report of the player that is here now. */
  get lastReport(): PlayerStatus | null {
    return this.reported;
  }

  /** Shows the player. Returns a function that removes it. */
  attach(screen: Screen): () => void {
    this.screen = screen;
    this.start(screen, this.playedBy);
    return () => {
      this.stop();
      if (this.screen === screen) this.screen = null;
    };
  }

  /** This device's own volume, whatever plays. */
  setVolume(volume: number, muted: boolean): void {
    this.loudness = { volume, muted };
    this.embed?.setVolume(volume * this.gain, muted);
    this.picture?.setVolume(volume * this.gain, muted);
  }

  /** Turns the film down by a factor of its volume. */
  setGain(gain: number): void {
    this.gain = gain;
    this.setVolume(this.loudness.volume, this.loudness.muted);
  }

  /** What this person wants of every stream. */
  setWishes(wishes: StreamWishes): void {
    this.wishes = wishes;
    this.picture?.setWishes(wishes);
  }

  /** How late this device's sound comes, in ms. */
  set audioOffsetMs(offsetMs: number) {
    this.offsetMs = offsetMs;
    if (this.engine) this.engine.audioOffsetMs = offsetMs;
  }

  /** The item to make ready beside the one that plays; empty: none. */
  set nextItem(itemId: string) {
    if (this.engine) this.engine.nextItem = itemId;
  }

  apply(motion: Motion): void {
    this.engine?.apply(motion);
  }

  /** A new connection: the server needs a new report. */
  connected(): void {
    const { sessionId, heartbeatMs } = this.deps.connection();
    this.engine?.connected(sessionId, heartbeatMs);
  }

  /** Where the room is now; null without a player or an item. */
  roomPositionMs(): number | null {
    return this.engine?.roomPositionMs() ?? null;
  }

  /** The element that plays the film; null: there is none, or an official player plays it. */
  film(): HTMLVideoElement | null {
    return this.picture?.film() ?? null;
  }

  /** How long one frame is; null until enough frames were seen. */
  frameMs(): number | null {
    return this.picture?.frameMs() ?? null;
  }

  /** Call from a tap: the browser lets the video play, and with sound, from now on. */
  unlock(): void {
    this.engine?.unlock();
  }

  retry(): void {
    this.engine?.retry();
  }

  resync(): void {
    this.engine?.resync();
  }

  /** Starts an engine. Another kind of player needs another one, since the engine learns about its player. */
  private start(screen: Screen, by: LearnedOf): void {
    this.stop();
    this.playedBy = by;
    const { clock, timer, commands } = this.deps;
    const picture = by === 'page' ? pictureIn(screen.picture) : null;
    const acts = {
      pressed: (what: 'play' | 'pause') => void commands[what](),
      jumped: (toMs: number) => void commands.seek(toMs),
      unblocked: () => this.unlock(),
    };
    const embed = by === 'frame' ? embedPlayerIn(screen.frame, timer, acts) : null;
    const player = picture?.player ?? embed;
    if (!player) return;
    this.picture = picture;
    this.embed = embed;
    this.setVolume(this.loudness.volume, this.loudness.muted);
    picture?.setWishes(this.wishes);
    const engine = new SyncEngine({
      player,
      clock,
      timer,
      profile: embed ? IFRAME : profileFor(navigator.userAgent),
      learned: loadLearned(by),
      nowMs: () => performance.now(),
      hidden: () => document.hidden,
      resolve: (itemId) => this.resolve(itemId),
      report: (status) => {
        this.reported = status;
        this.deps.report(status);
      },
      changed: (view) => {
        this.deps.changed(view);
        this.tellStreams();
      },
    });
    this.engine = engine;
    engine.audioOffsetMs = this.offsetMs;
    engine.apply(this.deps.motion());
    if (this.deps.connection().sessionId) this.connected();
  }

  /** Ends the player. Its engine keeps what it learned of this device for the next one. */
  stop(): void {
    const { engine, picture } = this;
    if (!engine) return;
    saveLearned(this.playedBy, engine.learned);
    engine.destroy();
    picture?.end();
    this.engine = null;
    this.picture = null;
    this.embed = null;
    this.reported = null;
    this.deps.changed(null);
    this.tellStreams();
  }

  private tellStreams(): void {
    const { menu = null, cues = NO_CUES } = this.picture?.streams() ?? {};
    if (menu === this.streamed.menu && cues === this.streamed.cues) return;
    this.streamed = { menu, cues };
    this.deps.streamed(menu, cues);
  }

  private async resolve(itemId: string): Promise<MediaSource> {
    const source = sourceFrom(await this.deps.info(itemId));
    const by = source.embed ? 'frame' : 'page';
    // Another kind of player: the new engine resolves the item again.
    if (by !== this.playedBy && this.screen && itemId === this.deps.motion().itemId) this.start(this.screen, by);
    return source;
  }
}
