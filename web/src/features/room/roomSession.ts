// One visit to a room: its connection, its clock, its player's engine, and what people may do in it.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { RoomConnection } from '../../api/connection';
import { createTicket, joinRoom, messagesAfter, olderMessages, playbackInfo } from '../../api/endpoints';
import { ApiError, explain } from '../../api/errors';
import type { ServerFrameJson, WelcomeJson } from '../../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { CommandJson } from '../../api/gen/syncwatch/sync/v1/types_pb';
import { newId } from '../../api/ids';
import { ServerClock } from '../../sync/clock';
import { SyncEngine, type EngineView } from '../../sync/engine';
import { Html5Player } from '../../sync/html5';
import { usFromMs } from '../../sync/motion';
import { profileFor } from '../../sync/profile';
import { WorkerTimer } from '../../sync/timer';
import { notify } from '../../ui/toasts';
import { loadLearned, saveLearned } from './learned';
import { addMessages, EMPTY_ROOM, olderPage, receive, welcome, type QueuedMessage, type RoomState } from './state';

type Action = Omit<CommandJson, 'id' | 'itemId' | 'expectedSeq'>;

const VIEW_EVERY_MS = 250;
const MAX_TRACE = 240;
const MAX_OUTBOX = 50;
const RESEND_MS = 2_000;
const TYPING_EVERY_MS = 2_500;
const MAX_CATCH_UP_PAGES = 5;
const CLIENT = 'syncwatch-web/0.1';

export class RoomSession {
  readonly store: StoreApi<RoomState> = createStore<RoomState>(() => EMPTY_ROOM);
  private readonly clock = new ServerClock();
  private readonly timer = new WorkerTimer();
  private readonly connection: RoomConnection;
  private engine: SyncEngine | null = null;
  private viewedMs = -Infinity;
  private typedMs = -Infinity;
  private sending = false;

  constructor(private readonly roomId: string) {
    this.connection = new RoomConnection({
      room: roomId,
      clock: this.clock,
      timer: this.timer,
      nowMs: () => performance.now(),
      ticket: () => this.ticket(),
      hello: () => {
        const { motion } = this.store.getState();
        return {
          protocolVersion: 1,
          lastSeq: String(motion.seq),
          epoch: motion.epoch,
          client: CLIENT,
          observe: ['RESOURCE_SETTINGS', 'RESOURCE_MEMBERS', 'RESOURCE_PLAYLIST', 'RESOURCE_CHAT'],
        };
      },
      welcomed: (json) => this.welcomed(json),
      received: (frame) => this.received(frame),
      changed: (status, closedReason) => this.store.setState({ status, closedReason }),
    });
  }

  /** Gives the session its picture. Returns what takes it away again. */
  attach(video: HTMLVideoElement): () => void {
    const engine = new SyncEngine({
      player: new Html5Player(video),
      clock: this.clock,
      timer: this.timer,
      profile: profileFor(navigator.userAgent),
      learned: loadLearned(),
      nowMs: () => performance.now(),
      hidden: () => document.hidden,
      resolve: (itemId) => this.resolve(itemId),
      report: (report) => this.connection.send({ report }),
      ended: (itemId) => void this.advance(itemId),
      changed: (view) => this.viewed(view),
    });
    this.engine = engine;
    const { sessionId, motion } = this.store.getState();
    engine.apply(motion);
    if (sessionId) engine.connected(sessionId);
    return () => {
      saveLearned(engine.learned);
      engine.destroy();
      if (this.engine === engine) this.engine = null;
    };
  }

  destroy(): void {
    this.engine?.destroy();
    this.engine = null;
    this.connection.close();
    this.timer.destroy();
  }

  roomPositionMs(): number | null {
    return this.engine?.roomPositionMs() ?? null;
  }

  serverNowMs(): number {
    return this.clock.toServer(performance.now());
  }

  unlock(): void {
    this.engine?.unlock();
  }

  retryItem(): void {
    this.engine?.retry();
  }

  async play(): Promise<void> {
    const { player } = this.store.getState();
    const at = this.roomPositionMs();
    const over = at !== null && player?.durationMs != null && at >= player.durationMs - 250;
    if (over) await this.command({ seek: { positionUs: '0' } });
    await this.command({ play: {} });
  }

  pause(): Promise<void> {
    return this.command({ pause: {} });
  }

  toggle(): Promise<void> {
    return this.store.getState().motion.playing ? this.pause() : this.play();
  }

  seek(positionMs: number): Promise<void> {
    const end = this.store.getState().player?.durationMs ?? Infinity;
    return this.command({ seek: { positionUs: usFromMs(Math.max(0, Math.min(positionMs, end))) } });
  }

  setRate(rate: number): Promise<void> {
    return this.command({ setRate: { rate } });
  }

  choose(itemId: string): Promise<void> {
    return this.send({ id: newId(), changeItem: { itemId } });
  }

  next(): Promise<void> {
    return this.command({ next: {} });
  }

  /** Says something. Offline it waits, and goes out under the same id, so that it is said once. */
  say(text: string): void {
    const { outbox, motion } = this.store.getState();
    if (outbox.length >= MAX_OUTBOX) {
      notify('Too many messages are waiting. They go out when you are back online.');
      return;
    }
    const message: QueuedMessage = { id: newId(), text, itemId: motion.itemId, positionMs: this.roomPositionMs() ?? 0, failure: '' };
    this.store.setState({ outbox: [...outbox, message] });
    void this.flush();
  }

  /** Sends again, or drops, what the server refused. */
  settle(id: string, again: boolean): void {
    const { outbox } = this.store.getState();
    this.store.setState({ outbox: again ? outbox.map((m) => (m.id === id ? { ...m, failure: '' } : m)) : outbox.filter((m) => m.id !== id) });
    void this.flush();
  }

  typing(): void {
    const nowMs = performance.now();
    if (nowMs - this.typedMs < TYPING_EVERY_MS) return;
    this.typedMs = nowMs;
    this.connection.send({ typing: {} });
  }

  async loadOlder(): Promise<void> {
    const { olderToken } = this.store.getState();
    if (!olderToken) return;
    const page = await olderMessages(this.roomId, olderToken);
    this.store.setState((state) => olderPage(state, page.messages ?? [], page.nextPageToken ?? ''));
  }

  private async ticket(): Promise<string> {
    try {
      return await createTicket(this.roomId);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NOT_A_MEMBER') throw error;
      await joinRoom(this.roomId);
      return createTicket(this.roomId);
    }
  }

  private welcomed(json: WelcomeJson): void {
    this.store.setState((state) => welcome(state, json));
    const { motion, sessionId, messages } = this.store.getState();
    this.engine?.apply(motion);
    this.engine?.connected(sessionId);
    const newest = messages.at(-1)?.id;
    if (newest) void this.catchUp(newest);
    void this.flush();
  }

  private received(frame: ServerFrameJson): void {
    const before = this.store.getState().motion;
    this.store.setState((state) => receive(state, frame, performance.now()));
    const { motion, messages } = this.store.getState();
    if (motion !== before) this.engine?.apply(motion);
    const newest = messages.at(-1)?.id;
    if (frame.resync && newest) void this.catchUp(newest);
  }

  /** What was said while nobody listened here. */
  private async catchUp(newest: string): Promise<void> {
    try {
      let after = newest;
      for (let page = 0; page < MAX_CATCH_UP_PAGES; page += 1) {
        const { messages = [] } = await messagesAfter(this.roomId, after);
        this.store.setState((state) => addMessages(state, messages));
        const last = messages.at(-1)?.id;
        if (!last || last === after) return;
        after = last;
      }
    } catch {
      // The next welcome or resync reads it again.
    }
  }

  private async resolve(itemId: string): Promise<{ url: string; format: 'progressive' | 'hls' }> {
    try {
      const info = await playbackInfo(this.roomId, itemId);
      return { url: info.url ?? '', format: info.format === 'MEDIA_FORMAT_HLS' ? 'hls' : 'progressive' };
    } catch (error) {
      throw new Error(explain(error), { cause: error });
    }
  }

  private command(action: Action): Promise<void> {
    return this.send({ id: newId(), itemId: this.store.getState().motion.itemId, ...action });
  }

  private async send(command: CommandJson & { id: string }): Promise<void> {
    try {
      await this.connection.request({ id: command.id, command });
    } catch (error) {
      notify(explain(error));
    }
  }

  /** Everyone's player ends at about the same moment; the shared id makes it one command. */
  private async advance(itemId: string): Promise<void> {
    const { motion, playlist } = this.store.getState();
    const last = playlist.at(-1)?.id === itemId;
    const action: Action = last ? { pause: {} } : { next: {} };
    const id = `end-${motion.epoch}-${motion.seq}-${itemId}`.slice(0, 64);
    try {
      await this.connection.request({ id, command: { id, itemId, expectedSeq: String(motion.seq), ...action } });
    } catch {
      // Someone else's came first, or this member may not: either way the room goes on without us.
    }
  }

  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (;;) {
        const message = this.store.getState().outbox.find((m) => !m.failure);
        if (!message) return;
        const chat = { text: message.text, itemId: message.itemId, positionUs: usFromMs(message.positionMs) };
        const ack = await this.connection.request({ id: message.id, chat });
        this.store.setState((state) => ({
          ...addMessages(state, ack.message ? [ack.message] : []),
          outbox: state.outbox.filter((m) => m.id !== message.id),
        }));
      }
    } catch (error) {
      this.refused(error);
    } finally {
      this.sending = false;
    }
  }

  private refused(error: unknown): void {
    if (!(error instanceof ApiError) || error.code === 0) {
      // Offline everything waits for the next welcome. Online an answer was lost: ask again, under the same id.
      if (this.store.getState().status === 'online') this.timer.after(RESEND_MS, () => void this.flush());
      return;
    }
    // The first message is the one that was refused.
    const failure = explain(error);
    const first = this.store.getState().outbox.find((m) => !m.failure);
    if (!first) return;
    this.store.setState((state) => ({ outbox: state.outbox.map((m) => (m.id === first.id ? { ...m, failure } : m)) }));
    this.timer.after(error.retryAfterMs ?? 0, () => void this.flush());
  }

  private viewed(view: EngineView): void {
    const nowMs = performance.now();
    const before = this.store.getState();
    const news = before.player?.state !== view.state || before.player.failure !== view.failure || before.player.durationMs !== view.durationMs;
    if (!news && nowMs - this.viewedMs < VIEW_EVERY_MS) return;
    this.viewedMs = nowMs;
    const trace = [...before.trace, { atMs: nowMs, driftMs: view.driftMs }].slice(-MAX_TRACE);
    this.store.setState({ player: view, trace });
  }
}
