// One visit to a room: its connection, its store, its player, and what people may do in it.
import { call } from '../api/call';
import { explain } from '../api/errors';
import { MediaService, MemberService } from '../api/gen/services';
import type {
  HelloJson,
  PlaybackInfoJson,
  ResourceJson,
  WelcomeJson,
} from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import { request } from '../api/http';
import { newId } from '../api/ids';
import type { Permission } from '../api/permissions';
import { ServerClock } from '../sync/clock';
import type { EngineView } from '../sync/engine';
import { positionAt } from '../sync/motion';
import { type PlayerStatus, statusFrame } from '../sync/reporter';
import type { StreamCue, StreamMenu } from '../sync/streams';
import { WorkerTimer } from '../sync/timer';
import { accessNews } from './accessNews';
import { watchAudioOutput } from './audioOutput';
import { ChatActions } from './chat/actions';
import { EmoteImages } from './chat/emoteImages';
import { ChatHistory } from './chat/history';
import { MuteEnd } from './chat/muteEnd';
import { ChatSender } from './chat/sender';
import { Commands } from './commands';
import { RoomConnection, socketPath } from './connection';
import { audioOffsetMs, SESSION_MODES, useDevice } from './device';
import { EventOrder } from './eventOrder';
import { FilmGain } from './filmGain';
import { type ServerFrame, updateOf } from './frames';
import { type MediaFacts, NO_FACTS, readFacts, withFacts } from './mediaFacts';
import { ownershipNews } from './ownership';
import { Readiness } from './player/readiness';
import { RoomPlayer, type Screen } from './player/roomPlayer';
import { SignedUrls } from './player/signedUrls';
import { isPlayableUpload } from './preparation';
import { missingPermission } from './refusal';
import { isNews, VIEW_EVERY_MS, viewed } from './slices/player';
import { itemDurationMs, playlist } from './slices/playlist';
import { createRoomStore, OBSERVED, type RoomState, receive, update } from './store';
import type { Tickets } from './tickets';
import { useTracks, wishesOf } from './tracks';

const CLIENT = 'syncwatch-web/0.1';
/** As the room shows them to others. */
const CAPABILITIES = ['seek', 'rate_change', 'voice'];

export class RoomSession {
  readonly store = createRoomStore();
  readonly commands: Commands;
  readonly chat: ChatSender;
  readonly history: ChatHistory;
  readonly chatActions: ChatActions;
  readonly emoteImages: EmoteImages;
  /** By how much the film is turned down under voices. */
  readonly filmGain = new FilmGain();
  private readonly clock = new ServerClock();
  private readonly timer = new WorkerTimer();
  private readonly urls: SignedUrls;
  private readonly readiness: Readiness;
  private readonly connection: RoomConnection;
  private readonly order: EventOrder;
  private readonly muteEnd: MuteEnd;
  private readonly player: RoomPlayer;
  private readonly cleanups: readonly (() => void)[];
  private viewedMs = -Infinity;
  private facts: { url: string; known: MediaFacts } = { url: '', known: NO_FACTS };
  /** How many parts of the page show everyone's figures. */
  private watchers = 0;
  private readonly signalListeners = new Set<(from: string, payload: string) => void>();
  /** Resources that this person may not observe yet. */
  private readonly unobservable = new Set<string>();

  /** `notify` shows a short message to the person. */
  constructor(
    roomId: string,
    tickets: Tickets,
    private readonly notify: (text: string) => void,
  ) {
    this.urls = new SignedUrls({
      timer: this.timer,
      nowMs: () => performance.now(),
      request: (itemId) => call(MediaService.getPlaybackInfo, { room: roomId, itemId }),
    });
    this.readiness = new Readiness({
      timer: this.timer,
      nowMs: () => performance.now(),
      isWanted: (itemId) => [this.room.playback.motion.itemId, this.room.playback.nextItemId].includes(itemId),
      changed: (itemId, againAtMs) => this.awaited(itemId, againAtMs),
    });
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
      // A POST to the address of the socket returns why it refuses this page.
      check: () => request<void>({ method: 'POST', path: socketPath(roomId) }),
      hello: () => this.hello(),
      welcomed: (welcome) => this.welcomed(welcome),
      received: (frame) => this.received(frame),
      changed: (status, closed) => {
        this.order.drop();
        update(this.store, 'connection', (state) => ({ ...state, status, closed }));
      },
    });
    this.commands = new Commands({
      failed: notify,
      refused: (error) => this.refused(error),
      request: (frame) => this.connection.request(frame),
      online: (withinMs) => this.online(withinMs),
      room: () => this.room,
      durationMs: () => this.durationMs(),
      frameMs: () => this.player.frameMs(),
    });
    this.chat = new ChatSender({
      failed: notify,
      roomPositionMs: () => this.roomPositionMs(),
      call: (rpc, input, id) => this.connection.call(rpc, input, id),
      roomId,
      store: this.store,
      timer: this.timer,
      serverNowMs: () => this.serverNowMs(),
      send: (frame) => this.connection.send(frame),
    });
    this.history = new ChatHistory({
      roomId,
      store: this.store,
      timer: this.timer,
      failed: notify,
      serverNowMs: () => this.serverNowMs(),
    });
    this.muteEnd = new MuteEnd({
      store: this.store,
      timer: this.timer,
      serverNowMs: () => this.serverNowMs(),
      read: () => call(MemberService.getAccess, { room: roomId }),
    });
    this.chatActions = new ChatActions({
      roomId,
      store: this.store,
      tell: notify,
      refused: (error) => this.refused(error),
    });
    this.emoteImages = new EmoteImages(roomId);
    this.player = new RoomPlayer({
      clock: this.clock,
      timer: this.timer,
      commands: this.commands,
      motion: () => this.room.playback.motion,
      connection: () => this.room.connection,
      info: (itemId) => this.info(itemId),
      report: (status) => this.report(status),
      changed: (view) => this.viewed(view),
      streamed: (menu, cues) => this.streamed(menu, cues),
    });
    this.player.setWishes(wishesOf(useTracks.getState()));
    this.player.audioOffsetMs = audioOffsetMs(useDevice.getState());
    const unsubscribe = useDevice.subscribe((device, before) => {
      if (device.mode !== before.mode) this.connection.refresh();
      if (device.excused !== before.excused && this.player.lastReport) this.report(this.player.lastReport);
      this.player.audioOffsetMs = audioOffsetMs(device);
    });
    const unwish = useTracks.subscribe((tracks) => this.player.setWishes(wishesOf(tracks)));
    const unduck = this.filmGain.follow((gain) => this.player.setGain(gain));
    this.cleanups = [unsubscribe, unwish, unduck, watchAudioOutput()];
  }

  /** Shows the player on the page. Returns a function that removes it. */
  attach(screen: Screen): () => void {
    return this.player.attach(screen);
  }

  /** Shows why this person may not do this, and lets them ask for it. */
  explainRefusal(permission: Permission): void {
    update(this.store, 'access', (state) => ({ ...state, refused: permission }));
  }

  /** The person has read the explanation, or asked. */
  closeRefusal(): void {
    update(this.store, 'access', (state) => ({ ...state, refused: null }));
  }

  /** Explains an error that came from a missing permission. Returns false for any other error, which the caller shows. */
  refused(error: unknown): boolean {
    const permission = missingPermission(error);
    if (permission) this.explainRefusal(permission);
    return permission !== null;
  }

  /** This device's own volume, whatever plays. */
  setVolume(volume: number, muted: boolean): void {
    this.player.setVolume(volume, muted);
  }

  /** The element that plays the film; null: there is none. */
  film(): HTMLVideoElement | null {
    return this.player.film();
  }

  destroy(): void {
    for (const cleanup of this.cleanups) cleanup();
    this.player.stop();
    this.connection.close();
    this.timer.destroy();
  }

  /** Where the room is now; null while nothing is on. */
  roomPositionMs(): number | null {
    const { motion } = this.room.playback;
    if (!motion.itemId) return null;
    return (
      this.player.roomPositionMs() ?? Math.min(positionAt(motion, this.serverNowMs()), this.durationMs() ?? Infinity)
    );
  }

  /** Length of the current item: from the player, else from the server, else from the playlist. */
  durationMs(): number | null {
    const { room } = this;
    return room.player.view?.durationMs ?? room.playback.durationMs ?? itemDurationMs(playlist.select.current(room));
  }

  serverNowMs(): number {
    return this.clock.toServer(performance.now());
  }

  /** Call from a tap: the browser lets the video play, and with sound, from now on. */
  unlock(): void {
    this.player.unlock();
  }

  retryItem(): void {
    this.urls.drop();
    this.player.retry();
  }

  /** Reconnects, measures the clock again and seeks to the room's position. Others do not notice it. */
  resync(): void {
    this.connection.refresh();
    this.player.resync();
  }

  /** Sends a payload to another session of the room. Rejects when that session is not in it. */
  async signal(toSessionId: string, payload: string): Promise<void> {
    await this.connection.request({ id: newId(), signal: { toSessionId, payload } });
  }

  /** Calls with each payload that another session sends to this one. Returns a function that ends it. */
  onSignal(listener: (fromSessionId: string, payload: string) => void): () => void {
    this.signalListeners.add(listener);
    return () => this.signalListeners.delete(listener);
  }

  /** Observes the state of everyone's player. Returns a function that ends it. */
  watchQuality(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) this.connection.send({ id: newId(), observe: { resource: 'RESOURCE_QUALITY' } });
    return () => {
      this.watchers -= 1;
      if (this.watchers > 0) return;
      this.connection.send({ id: newId(), unobserve: { resource: 'RESOURCE_QUALITY' } });
      update(this.store, 'quality', () => new Map());
    };
  }

  private get room(): RoomState {
    return this.store.getState();
  }

  private hello(): HelloJson {
    const { epoch, seq } = this.order.last;
    const { mode } = useDevice.getState();
    const observe = [...OBSERVED];
    if (this.watchers) observe.push('RESOURCE_QUALITY');
    if (mode === 'watch') observe.push('RESOURCE_PLAYBACK_INFO');
    return {
      protocolVersion: 1,
      lastSeq: String(seq),
      epoch,
      client: CLIENT,
      mode: SESSION_MODES[mode],
      observe,
      capabilities: [...CAPABILITIES],
    };
  }

  private welcomed(welcome: WelcomeJson): void {
    this.store.setState((room) => receive(room, { welcome }, performance.now()));
    this.unobservable.clear();
    const { motion } = this.room.playback;
    this.order.restart(motion.epoch, motion.seq);
    this.player.apply(motion);
    this.player.connected();
    void this.chat.flush();
  }

  private received(frame: ServerFrame): void {
    if (frame.signal) {
      const { fromSessionId = '', payload = '' } = frame.signal;
      for (const listener of this.signalListeners) listener(fromSessionId, payload);
      return;
    }
    const event = frame.event ?? frame.ack?.event;
    const info = updateOf(frame, 'RESOURCE_PLAYBACK_INFO').snapshot;
    if (info) this.takeInfo(info);
    else if (event) this.order.offer(event);
    else this.take(frame);
    this.observeAgain(frame);
  }

  /** An observation that needs a permission begins as soon as this person gets it. */
  private observeAgain(frame: ServerFrame): void {
    const refused = frame.id ? undefined : frame.rejected?.metadata?.['resource'];
    if (refused) this.unobservable.add(refused);
    if (!updateOf(frame, 'RESOURCE_ACCESS').snapshot) return;
    for (const resource of this.unobservable)
      this.connection.send({ id: newId(), observe: { resource: resource as ResourceJson } });
    this.unobservable.clear();
  }

  private takeInfo(info: PlaybackInfoJson): void {
    this.urls.take(info);
    this.readiness.nudge(info.itemId ?? '');
  }

  private take(frame: ServerFrame): void {
    const before = this.room;
    this.store.setState((room) => receive(room, frame, performance.now()));
    const { motion } = this.room.playback;
    if (frame.resync) {
      this.order.restart(motion.epoch, motion.seq);
      // The snapshots that follow leave the chat out.
      void this.history.catchUp();
    }
    if (motion !== before.playback.motion) this.player.apply(motion);
    const item = playlist.select.current(this.room);
    if (isPlayableUpload(item) && !isPlayableUpload(playlist.select.current(before)))
      this.readiness.nudge(item?.id ?? '');
    this.history.follow();
    this.muteEnd.follow();
    this.lookAhead();
    const news = ownershipNews(before, this.room) ?? accessNews(before, this.room, Date.now());
    if (news) this.notify(news);
  }

  /**
   * The player makes ready what follows. Near an item's end the room is on the next item already while the player still
   * plays this one: it is told what follows that next item once it plays it.
   */
  private lookAhead(): void {
    const { room } = this;
    if (this.player.lastReport?.itemId === room.playback.motion.itemId)
      this.player.nextItem = playlist.select.preloadItemId(room);
  }

  private info(itemId: string) {
    const { connection, playback } = this.room;
    const isComing = connection.status === 'online' && playback.motion.itemId === itemId;
    return this.readiness
      .of(itemId, () => this.urls.of(itemId, isComing))
      .catch((error: unknown) => {
        throw new Error(explain(error), { cause: error });
      });
  }

  /** The choices of what plays. What our server says of the film is read once for each stream, and comes after them. */
  private streamed(menu: StreamMenu | null, cues: readonly StreamCue[]): void {
    const { url = '' } = menu ?? {};
    const isNew = url !== this.facts.url;
    if (isNew) this.facts = { url, known: NO_FACTS };
    const { known } = this.facts;
    update(this.store, 'player', (state) => ({ ...state, menu: menu && withFacts(menu, known), cues }));
    if (!isNew || !menu) return;
    readFacts(url).then(
      (facts) => {
        if (this.facts.url !== url || facts === NO_FACTS) return;
        this.facts.known = facts;
        update(this.store, 'player', (state) => ({ ...state, menu: state.menu && withFacts(menu, facts) }));
      },
      // Without them the film has the choices of its playlist.
      () => undefined,
    );
  }

  /** An item cannot be played yet, or is no longer awaited. */
  private awaited(itemId: string, againAtMs: number | null): void {
    if (againAtMs === null && !(itemId in this.room.player.awaited)) return;
    update(this.store, 'player', (state) => {
      const { [itemId]: _before, ...others } = state.awaited;
      return { ...state, awaited: againAtMs === null ? others : { ...others, [itemId]: againAtMs } };
    });
  }

  private online(withinMs: number): Promise<boolean> {
    if (this.room.connection.status === 'online') return Promise.resolve(true);
    if (!navigator.onLine) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (online: boolean) => {
        cancel();
        unsubscribe();
        resolve(online);
      };
      const cancel = this.timer.after(withinMs, () => end(false));
      const unsubscribe = this.store.subscribe(({ connection }) => {
        if (connection.status === 'online') end(true);
      });
    });
  }

  private report(status: PlayerStatus): void {
    this.connection.send({ report: statusFrame(status, useDevice.getState().excused) });
    this.lookAhead();
  }

  private viewed(view: EngineView | null): void {
    if (!view) {
      update(this.store, 'player', (state) => ({ ...state, view: null, trace: [] }));
      return;
    }
    const nowMs = performance.now();
    if (!isNews(this.room.player.view, view) && nowMs - this.viewedMs < VIEW_EVERY_MS) return;
    this.viewedMs = nowMs;
    update(this.store, 'player', (state) => viewed(state, view, nowMs));
  }
}
