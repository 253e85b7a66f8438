// One visit to a room: its connection, its clock, its player's engine, and what people may do in it.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { RoomConnection } from '../../api/connection';
import { checkSocket, playbackInfo } from '../../api/endpoints';
import { explain } from '../../api/errors';
import { EventOrder } from '../../api/eventOrder';
import type { HelloJson, ResourceJson, ServerFrameJson, WelcomeJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import { newId } from '../../api/ids';
import { ServerClock } from '../../sync/clock';
import { SyncEngine, type EngineView } from '../../sync/engine';
import type { EmbedPlayer } from '../../sync/iframe/embedPlayer';
import { positionAt } from '../../sync/motion';
import type { MediaSource } from '../../sync/player';
import { IFRAME, profileFor } from '../../sync/profile';
import { statusFrame, type PlayerStatus } from '../../sync/reporter';
import { WorkerTimer } from '../../sync/timer';
import { notify } from '../../ui/toasts';
import { watchAudioOutput } from '../device/audioOutput';
import { audioOffsetMs, SESSION_MODES, useDevice } from '../device/device';
import { embedPlayerIn, sourceFrom } from '../player/embeds';
import { pictureIn, type Picture } from '../player/picture';
import { SPAN_MS } from '../quality/quality';
import { ChatLine } from './chatLine';
import { Commands } from './commands';
import { loadLearned, saveLearned, type LearnedOf } from './learned';
import { Links } from './links';
import { ownershipNews } from './ownership';
import { EMPTY_ROOM, itemDurationMs, nextItemId, receive, welcome, type RoomState } from './state';
import type { Tickets } from './tickets';

const VIEW_EVERY_MS = 250;
const MAX_TRACE = SPAN_MS / VIEW_EVERY_MS;
const CLIENT = 'syncwatch-web/0.1';
const ALWAYS_OBSERVED: readonly ResourceJson[] = ['RESOURCE_SETTINGS', 'RESOURCE_MEMBERS', 'RESOURCE_PLAYLIST', 'RESOURCE_CHAT'];

/** Where a session shows its picture: a place for the page's own players, and one for those of other sites. */
export interface Screen {
  picture: HTMLElement;
  frame: HTMLElement;
}

export class RoomSession {
  readonly store: StoreApi<RoomState> = createStore<RoomState>(() => EMPTY_ROOM);
  readonly commands: Commands;
  readonly chat: ChatLine;
  private readonly clock = new ServerClock();
  private readonly timer = new WorkerTimer();
  private readonly links: Links;
  private readonly connection: RoomConnection;
  private readonly order: EventOrder;
  private readonly cleanups: readonly (() => void)[];
  private engine: SyncEngine | null = null;
  private screen: Screen | null = null;
  private playedBy: LearnedOf = 'page';
  private picture: Picture | null = null;
  private embed: EmbedPlayer | null = null;
  private leaveEngine: () => void = () => undefined;
  private loudness = { volume: 1, muted: false };
  private reported: PlayerStatus | null = null;
  private viewedMs = -Infinity;
  /** How many look at everyone's figures. */
  private watchers = 0;

  constructor(
    roomId: string,
    tickets: Tickets,
  ) {
    this.links = new Links({ timer: this.timer, nowMs: () => performance.now(), ask: (itemId) => playbackInfo(roomId, itemId) });
    this.order = new EventOrder({
      timer: this.timer,
      deliver: (event) => this.take({ event }),
      lost: () => this.connection.refresh(),
    });
    this.connection = new RoomConnection({
      room: roomId,
      clock: this.clock,
      timer: this.timer,
      nowMs: () => performance.now(),
      ticket: () => tickets.take(),
      check: () => checkSocket(roomId),
      hello: () => this.hello(),
      welcomed: (json) => this.welcomed(json),
      received: (frame) => this.received(frame),
      changed: (status, closedReason) => {
        this.order.drop();
        this.store.setState({ status, closedReason });
      },
    });
    const shared = {
      request: this.connection.request.bind(this.connection),
      roomPositionMs: () => this.roomPositionMs(),
      failed: notify,
    };
    this.commands = new Commands({ ...shared, online: (withinMs) => this.online(withinMs), state: () => this.store.getState(), durationMs: () => this.durationMs(), frameMs: () => this.picture?.frameMs() ?? null });
    this.chat = new ChatLine({ ...shared, roomId, store: this.store, timer: this.timer, serverNowMs: () => this.serverNowMs(), send: (frame) => this.connection.send(frame) });
    const unsubscribe = useDevice.subscribe((device, before) => {
      if (device.mode !== before.mode) this.connection.refresh();
      if (device.excused !== before.excused && this.reported) this.report(this.reported);
      if (this.engine) this.engine.audioOffsetMs = audioOffsetMs(device);
    });
    this.cleanups = [unsubscribe, watchAudioOutput()];
  }

  /** Gives the session its picture. Returns what takes it away again. */
  attach(screen: Screen): () => void {
    this.screen = screen;
    this.start(screen, this.playedBy);
    return () => {
      this.leaveEngine();
      if (this.screen === screen) this.screen = null;
    };
  }

  /** One's own volume, whatever plays. */
  setVolume(volume: number, muted: boolean): void {
    this.loudness = { volume, muted };
    this.embed?.setVolume(volume, muted);
    this.picture?.setVolume(volume, muted);
  }

  /** Another kind of player takes another engine: what is true of one is not of the other. */
  private start(screen: Screen, by: LearnedOf): void {
    this.leaveEngine();
    this.playedBy = by;
    const picture = by === 'page' ? pictureIn(screen.picture) : null;
    const acts = { pressed: (what: 'play' | 'pause') => void this.commands[what](), jumped: (toMs: number) => void this.commands.seek(toMs), unblocked: () => this.unlock() };
    const embed = by === 'frame' ? embedPlayerIn(screen.frame, this.timer, acts) : null;
    const player = picture?.player ?? embed;
    if (!player) return;
    this.picture = picture;
    this.embed = embed;
    this.setVolume(this.loudness.volume, this.loudness.muted);
    const engine = new SyncEngine({
      player,
      clock: this.clock,
      timer: this.timer,
      profile: embed ? IFRAME : profileFor(navigator.userAgent),
      learned: loadLearned(by),
      nowMs: () => performance.now(),
      hidden: () => document.hidden,
      resolve: (itemId) => this.resolve(itemId),
      report: (status) => this.report(status),
      ended: (itemId) => void this.commands.ended(itemId),
      changed: (view) => this.viewed(view),
    });
    this.engine = engine;
    this.leaveEngine = () => {
      this.leaveEngine = () => undefined;
      saveLearned(by, engine.learned);
      engine.destroy();
      picture?.end();
      this.engine = null;
      this.picture = null;
      this.embed = null;
      this.reported = null;
      this.store.setState({ player: null, trace: [] });
    };
    engine.audioOffsetMs = audioOffsetMs(useDevice.getState());
    const { sessionId, motion } = this.store.getState();
    engine.apply(motion);
    if (sessionId) engine.connected(sessionId);
  }

  destroy(): void {
    for (const cleanup of this.cleanups) cleanup();
    this.leaveEngine();
    this.connection.close();
    this.timer.destroy();
  }

  /** Where the room is now; null while nothing is on. */
  roomPositionMs(): number | null {
    const { motion } = this.store.getState();
    if (!motion.itemId) return null;
    return this.engine?.roomPositionMs() ?? Math.min(positionAt(motion, this.serverNowMs()), this.durationMs() ?? Infinity);
  }

  /** By the player, else by the server, else by the playlist. */
  durationMs(): number | null {
    const { player, durationMs, playlist, motion } = this.store.getState();
    return player?.durationMs ?? durationMs ?? itemDurationMs(playlist.find((item) => item.id === motion.itemId));
  }

  serverNowMs(): number {
    return this.clock.toServer(performance.now());
  }

  /** Call from a tap: the browser lets the video play, and with sound, from now on. */
  unlock(): void {
    this.engine?.unlock();
  }

  retryItem(): void {
    this.links.distrust();
    this.engine?.retry();
  }

  /** Measures everything anew, and finds the room's place again; nobody else notices. */
  resync(): void {
    this.connection.refresh();
    this.engine?.resync();
  }

  /** Everyone's figures are told as long as somebody looks. Returns what ends it. */
  watchQuality(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) this.connection.send({ id: newId(), observe: { resource: 'RESOURCE_QUALITY' } });
    return () => {
      this.watchers -= 1;
      if (this.watchers > 0) return;
      this.connection.send({ id: newId(), unobserve: { resource: 'RESOURCE_QUALITY' } });
      this.store.setState({ quality: EMPTY_ROOM.quality });
    };
  }

  private hello(): HelloJson {
    const { epoch, seq } = this.order.last;
    const observe = [...ALWAYS_OBSERVED];
    if (this.watchers) observe.push('RESOURCE_QUALITY');
    if (useDevice.getState().mode === 'watch') observe.push('RESOURCE_PLAYBACK_INFO');
    return {
      protocolVersion: 1,
      lastSeq: String(seq),
      epoch,
      client: CLIENT,
      mode: SESSION_MODES[useDevice.getState().mode],
      observe,
    };
  }

  private welcomed(json: WelcomeJson): void {
    this.store.setState((state) => welcome(state, json));
    const { motion, sessionId } = this.store.getState();
    this.order.restart(motion.epoch, motion.seq);
    this.engine?.apply(motion);
    this.engine?.connected(sessionId);
    void this.chat.catchUp();
    void this.chat.flush();
  }

  private received(frame: ServerFrameJson): void {
    const event = frame.event ?? frame.ack?.event;
    if (frame.resource?.playbackInfo) this.links.tell(frame.resource.playbackInfo);
    else if (event) this.order.offer(event);
    else this.take(frame);
  }

  private take(frame: ServerFrameJson): void {
    const before = this.store.getState();
    this.store.setState((state) => receive(state, frame, performance.now()));
    const { motion, room } = this.store.getState();
    if (frame.resync) {
      this.order.restart(motion.epoch, motion.seq);
      void this.chat.catchUp();
    }
    if (motion !== before.motion) this.engine?.apply(motion);
    this.lookAhead();
    if (room !== before.room) this.ownerChanged(before);
  }

  /**
   * The player makes ready what follows, as far as is known. Near an item's end the room is on the next one already while
   * the player still has to take what it made ready: what comes after that is told once it has.
   */
  private lookAhead(): void {
    const state = this.store.getState();
    if (this.engine && this.reported?.itemId === state.motion.itemId) this.engine.nextItem = nextItemId(state);
  }

  private ownerChanged(before: RoomState): void {
    const news = ownershipNews(before, this.store.getState());
    if (!news) return;
    notify(news.text);
    // What one may do is told with the welcome.
    if (news.concernsMe) this.connection.refresh();
  }

  private async resolve(itemId: string): Promise<MediaSource> {
    const { status, motion } = this.store.getState();
    const info = await this.links.of(itemId, status === 'online' && motion.itemId === itemId).catch((error: unknown) => {
      throw new Error(explain(error), { cause: error });
    });
    const source = sourceFrom(info);
    const by = source.embed ? 'frame' : 'page';
    // Then the engine that asked is over, and the next one asks for itself.
    if (by !== this.playedBy && this.screen && itemId === this.store.getState().motion.itemId) this.start(this.screen, by);
    return source;
  }

  private online(withinMs: number): Promise<boolean> {
    if (this.store.getState().status === 'online') return Promise.resolve(true);
    if (!navigator.onLine) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (online: boolean) => {
        cancel();
        unsubscribe();
        resolve(online);
      };
      const cancel = this.timer.after(withinMs, () => end(false));
      const unsubscribe = this.store.subscribe(({ status }) => {
        if (status === 'online') end(true);
      });
    });
  }

  private report(status: PlayerStatus): void {
    this.reported = status;
    this.connection.send({ report: statusFrame(status, useDevice.getState().excused) });
    this.lookAhead();
  }

  private viewed(view: EngineView): void {
    const nowMs = performance.now();
    const before = this.store.getState();
    const news = before.player?.state !== view.state || before.player.failure !== view.failure || before.player.durationMs !== view.durationMs || before.player.silenced !== view.silenced;
    if (!news && nowMs - this.viewedMs < VIEW_EVERY_MS) return;
    this.viewedMs = nowMs;
    const trace = [...before.trace, { atMs: nowMs, driftMs: view.driftMs }].slice(-MAX_TRACE);
    this.store.setState({ player: view, trace });
  }
}
