// The room's WebSocket: opens it with a one-time ticket, keeps it open, measures the clock over it, and pairs requests
// with their one answer. What frames mean is its user's business.
import { msFromUs } from '../sync/motion';
import type { ServerClock } from '../sync/clock';
import { Prober } from '../sync/prober';
import type { Timer } from '../sync/timer';
import { backoffMs } from './backoff';
import { ApiError, advice, unreachable } from './errors';
import type { AckJson, ClientFrameJson, HelloJson, ServerFrameJson, WelcomeJson } from './gen/syncwatch/realtime/v1/realtime_pb';
import { newId } from './ids';

export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'closed';

export interface ConnectionDeps {
  room: string;
  clock: ServerClock;
  timer: Timer;
  nowMs(): number;
  /** Which goes on while the machine sleeps; Date.now unless given. */
  wallMs?(): number;
  /** A new ticket for each opening. */
  ticket(): Promise<string>;
  /** Fails as the server would refuse the socket of this page. */
  check(): Promise<unknown>;
  hello(): HelloJson;
  welcomed(welcome: WelcomeJson): void;
  received(frame: ServerFrameJson): void;
  /** `reason` says why it is closed for good. */
  changed(status: ConnectionStatus, reason: string): void;
}

interface Pending {
  resolve(ack: AckJson): void;
  reject(error: ApiError): void;
  cancel(): void;
}

const PROTOCOL = 'syncwatch.v1.json';
const HELLO_ID = 'hello';
const ANSWER_WITHIN_MS = 10_000;
const MAX_PENDING = 64;
/** What no new attempt will change. */
const FINAL_REASONS = new Set(['ROOM_NOT_FOUND', 'GUESTS_NOT_ALLOWED', 'PERMISSION_MISSING', 'ORIGIN_NOT_ALLOWED', 'PROTOCOL_UNSUPPORTED', 'UNAUTHENTICATED', 'TOKEN_FOR_ANOTHER_ROOM', 'ROOM_FULL']);

export class RoomConnection {
  private socket: WebSocket | null = null;
  private status: ConnectionStatus = 'connecting';
  private attempt = 0;
  private lastFrameMs = 0;
  private readonly pending = new Map<string, Pending>();
  private cancelRetry: () => void = () => undefined;
  private readonly prober: Prober;
  /** Hidden pages are the ones that are frozen. */
  private readonly visible = () => {
    if (!document.hidden) this.prober.disturbed();
  };
  private readonly online = () => this.reconnect(0);

  constructor(private readonly deps: ConnectionDeps) {
    const { clock, timer } = deps;
    this.prober = new Prober({
      clock,
      timer,
      nowMs: () => deps.nowMs(),
      wallMs: () => deps.wallMs?.() ?? Date.now(),
      ping: () => this.ping(),
      unanswered: (forMs) => this.silent(forMs),
    });
    document.addEventListener('visibilitychange', this.visible);
    window.addEventListener('online', this.online);
    void this.connect();
  }

  /** Sends what needs no answer; false when there is no connection. */
  send(frame: ClientFrameJson): boolean {
    if (this.status !== 'online' || !this.socket) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends what is answered once, by `ack` or `rejected`. */
  request(frame: ClientFrameJson & { id: string }): Promise<AckJson> {
    return new Promise((resolve, reject) => {
      if (this.pending.size >= MAX_PENDING || !this.send(frame)) {
        reject(unreachable());
        return;
      }
      const cancel = this.deps.timer.after(ANSWER_WITHIN_MS, () => {
        this.pending.delete(frame.id);
        reject(unreachable());
      });
      this.pending.set(frame.id, { resolve, reject, cancel });
    });
  }

  /** Comes back anew: with what was missed, and with what this person may do now. */
  refresh(): void {
    if (this.status === 'online') this.reconnect(0);
  }

  close(): void {
    this.send({ id: newId(), bye: {} });
    this.finish('');
  }

  private async connect(): Promise<void> {
    this.cancelRetry();
    let ticket: string;
    try {
      ticket = await this.deps.ticket();
    } catch (error) {
      const final = error instanceof ApiError && FINAL_REASONS.has(error.reason);
      if (final) this.finish(advice(error.reason, error.message));
      else this.retry();
      return;
    }
    if (this.status === 'closed') return;
    const url = new URL(`/ws/rooms/${encodeURIComponent(this.deps.room)}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('ticket', ticket);
    const socket = new WebSocket(url, PROTOCOL);
    this.socket = socket;
    this.lastFrameMs = this.deps.nowMs();
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      socket.send(JSON.stringify({ id: HELLO_ID, hello: this.deps.hello() } satisfies ClientFrameJson));
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (this.socket === socket) this.receive(data);
    });
    socket.addEventListener('close', () => {
      if (this.socket !== socket) return;
      this.lost();
      if (!opened) void this.askWhyRefused();
    });
  }

  /** Browsers do not tell pages why a socket was refused. */
  private async askWhyRefused(): Promise<void> {
    try {
      await this.deps.check();
    } catch (error) {
      if (error instanceof ApiError && FINAL_REASONS.has(error.reason)) this.finish(advice(error.reason, error.message));
    }
  }

  private receive(data: string): void {
    const nowMs = this.deps.nowMs();
    this.lastFrameMs = nowMs;
    const frame = JSON.parse(data) as ServerFrameJson;
    if (frame.pong) {
      this.prober.answered({
        sentMs: msFromUs(frame.pong.clientSendUs),
        receivedMs: nowMs,
        serverReceiveMs: msFromUs(frame.pong.serverReceiveUs),
        serverSendMs: msFromUs(frame.pong.serverSendUs),
      });
      return;
    }
    if (frame.welcome) {
      this.attempt = 0;
      this.setStatus('online', '');
      this.prober.connected();
      this.deps.welcomed(frame.welcome);
      return;
    }
    if (frame.id && (frame.ack || frame.rejected)) this.answer(frame.id, frame);
    if (frame.notice?.shutdown) {
      this.reconnect(Number(frame.notice.shutdown.reconnectAfterMs ?? 0));
    } else if (frame.notice?.closed) {
      const { reason = '', message = '' } = frame.notice.closed;
      this.finish(advice(reason, message));
    } else {
      this.deps.received(frame);
    }
  }

  private answer(id: string, { ack, rejected }: ServerFrameJson): void {
    if (id === HELLO_ID && rejected) {
      const { reason = '', message = '' } = rejected;
      if (FINAL_REASONS.has(reason)) this.finish(advice(reason, message));
      else this.socket?.close();
      return;
    }
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    waiting.cancel();
    if (rejected) {
      const { reason = '', message = '', metadata = {}, retryAfterMs } = rejected;
      waiting.reject(new ApiError(message, 409, reason, metadata, [], retryAfterMs ? Number(retryAfterMs) : null));
    } else {
      waiting.resolve(ack ?? {});
    }
  }

  private ping(): boolean {
    return this.send({ ping: { clientSendUs: Math.round(this.deps.nowMs() * 1000).toString() } });
  }

  /** Answers may queue behind much else; a connection over which nothing at all comes is dead. */
  private silent(forMs: number): void {
    if (this.status === 'online' && this.deps.nowMs() - this.lastFrameMs >= forMs) this.reconnect(0);
  }

  /** Drops this socket and opens another, after a while. */
  private reconnect(afterMs: number): void {
    if (this.status === 'closed') return;
    const { socket } = this;
    if (socket && socket.readyState === WebSocket.CONNECTING) return;
    this.socket = null;
    socket?.close();
    this.rejectPending();
    this.setStatus('offline', '');
    this.cancelRetry();
    this.cancelRetry = this.deps.timer.after(afterMs, () => void this.connect());
  }

  private lost(): void {
    this.socket = null;
    this.rejectPending();
    this.retry();
  }

  private retry(): void {
    if (this.status === 'closed') return;
    this.setStatus('offline', '');
    this.cancelRetry();
    this.cancelRetry = this.deps.timer.after(backoffMs(this.attempt), () => void this.connect());
    this.attempt += 1;
  }

  private finish(reason: string): void {
    if (this.status === 'closed') return;
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.cancelRetry();
    this.prober.destroy();
    document.removeEventListener('visibilitychange', this.visible);
    window.removeEventListener('online', this.online);
    this.rejectPending();
    this.setStatus('closed', reason);
  }

  private rejectPending(): void {
    for (const waiting of this.pending.values()) {
      waiting.cancel();
      waiting.reject(unreachable());
    }
    this.pending.clear();
  }

  private setStatus(status: ConnectionStatus, reason: string): void {
    if (status === this.status) return;
    this.status = status;
    this.deps.changed(status, reason);
  }
}
