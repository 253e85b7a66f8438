// The room's WebSocket: opens it with a one-time ticket, keeps it open, measures the clock over it, and matches requests
// with their answers. It does not interpret other frames.

import { backoffMs } from '../api/backoff';
import { ApiError, unreachable } from '../api/errors';
import type { HelloJson, WelcomeJson } from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import { newId } from '../api/ids';
import type { Rpc } from '../api/rpc';
import type { ServerClock } from '../sync/clock';
import { msFromUs } from '../sync/motion';
import { Prober } from '../sync/prober';
import type { Timer } from '../sync/timer';
import { type Closed, closedByError, closedFrom } from './closed';
import type { Ack, ClientFrame, ServerFrame } from './frames';

export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'closed';

export interface ConnectionDeps {
  room: string;
  clock: ServerClock;
  timer: Timer;
  nowMs(): number;
  /** A clock that goes on while the machine sleeps; default: Date.now. */
  wallMs?(): number;
  /** Returns a new ticket for each attempt. */
  ticket(): Promise<string>;
  /** Rejects with the reason for which the server refuses the socket of this page. */
  check(): Promise<unknown>;
  hello(): HelloJson;
  welcomed(welcome: WelcomeJson): void;
  received(frame: ServerFrame): void;
  /** `closed`: why the connection is closed for good; null otherwise. */
  changed(status: ConnectionStatus, closed: Closed | null): void;
}

interface Pending {
  resolve(ack: Ack): void;
  reject(error: ApiError): void;
  cancel(): void;
}

const PROTOCOL = 'syncwatch.v1.json';
const HELLO_ID = 'hello';
const ANSWER_WITHIN_MS = 10_000;
/** From the ticket to the welcome. Without a network a socket can stay in CONNECTING for minutes. */
const OPEN_WITHIN_MS = 10_000;
/** A suspected connection is dropped when nothing arrives for this long. */
const SUSPECT_MS = 2_000;
const MAX_PENDING = 64;
/** Reasons for which another attempt does not help. */
const FINAL_REASONS = new Set([
  'ROOM_NOT_FOUND',
  'GUESTS_NOT_ALLOWED',
  'PERMISSION_MISSING',
  'ORIGIN_NOT_ALLOWED',
  'PROTOCOL_UNSUPPORTED',
  'UNAUTHENTICATED',
  'TOKEN_FOR_ANOTHER_ROOM',
  'ROOM_FULL',
  'TOO_MANY_CONNECTIONS',
  'NOT_A_MEMBER',
  'BANNED',
  'IN_COOLDOWN',
  'JOIN_DECLINED',
  'ROOM_CLOSED',
]);

export class RoomConnection {
  private socket: WebSocket | null = null;
  private status: ConnectionStatus = 'connecting';
  private attempt = 0;
  private lastFrameMs = 0;
  private readonly pending = new Map<string, Pending>();
  private cancelRetry: () => void = () => undefined;
  private cancelOpening: () => void = () => undefined;
  private cancelSuspicion: (() => void) | null = null;
  /** Counts attempts to connect, so that an abandoned attempt opens no socket later. */
  private opening = 0;
  private readonly prober: Prober;
  /** Only hidden pages are frozen. */
  private readonly visible = () => {
    if (!document.hidden) this.prober.disturbed();
  };
  /** The network is back, maybe another one: requests over the old one get no answer. */
  private readonly networkBack = () => {
    this.attempt = 0;
    this.reconnect(0);
  };
  /** Only a suspicion: a server on this machine is still reachable. */
  private readonly networkGone = () => this.suspect();

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
    window.addEventListener('online', this.networkBack);
    window.addEventListener('offline', this.networkGone);
    void this.connect();
  }

  /** Sends a frame without an answer. Returns false when there is no connection. */
  send(frame: ClientFrame): boolean {
    if (this.status !== 'online' || !this.socket) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends a frame and returns its answer, `ack` or `rejected`. */
  request(frame: ClientFrame & { id: string }): Promise<Ack> {
    return new Promise((resolve, reject) => {
      if (this.pending.size >= MAX_PENDING || !this.send(frame)) {
        reject(unreachable());
        return;
      }
      const cancelLimit = this.deps.timer.after(ANSWER_WITHIN_MS, () => {
        this.pending.delete(frame.id);
        reject(unreachable());
      });
      const cancelDoubt = this.deps.timer.after(SUSPECT_MS, () => this.suspect());
      const cancel = () => {
        cancelLimit();
        cancelDoubt();
      };
      this.pending.set(frame.id, { resolve, reject, cancel });
    });
  }

  /** Calls an RPC over the socket, in the order of the calls. `id` names the request frame. */
  async call<Input extends object, Output>(rpc: Rpc<Input, Output>, input: Input, id = newId()): Promise<Output> {
    const { body } = await this.request({ id, call: { method: rpc.name, body: input } });
    return (body ?? {}) as Output;
  }

  /** Reconnects, which brings what was missed. */
  refresh(): void {
    if (this.status === 'online') this.reconnect(0);
  }

  close(): void {
    this.send({ id: newId(), bye: {} });
    this.finish(null);
  }

  private async connect(): Promise<void> {
    this.cancelRetry();
    this.opening += 1;
    const { opening } = this;
    let ticket: string;
    try {
      ticket = await this.deps.ticket();
    } catch (error) {
      if (opening !== this.opening) return;
      const final = error instanceof ApiError && FINAL_REASONS.has(error.reason);
      if (final) this.finish(closedByError(error));
      else this.retry(error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0);
      return;
    }
    if (this.status === 'closed' || opening !== this.opening) return;
    const url = new URL(socketPath(this.deps.room), location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('ticket', ticket);
    const socket = new WebSocket(url, PROTOCOL);
    this.socket = socket;
    this.lastFrameMs = this.deps.nowMs();
    this.cancelOpening = this.deps.timer.after(OPEN_WITHIN_MS, () => this.lost());
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      socket.send(JSON.stringify({ id: HELLO_ID, hello: this.deps.hello() } satisfies ClientFrame));
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

  /** Asks over HTTP, because browsers do not tell pages why a socket was refused. */
  private async askWhyRefused(): Promise<void> {
    try {
      await this.deps.check();
    } catch (error) {
      if (error instanceof ApiError && FINAL_REASONS.has(error.reason)) this.finish(closedByError(error));
    }
  }

  private receive(data: string): void {
    const nowMs = this.deps.nowMs();
    this.lastFrameMs = nowMs;
    const frame = JSON.parse(data) as ServerFrame;
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
      this.cancelOpening();
      this.attempt = 0;
      this.setStatus('online');
      this.prober.connected();
      this.deps.welcomed(frame.welcome);
      return;
    }
    if (frame.id && (frame.ack || frame.rejected)) this.answer(frame.id, frame);
    if (frame.notice?.shutdown) {
      this.reconnect(Number(frame.notice.shutdown.reconnectAfterMs ?? 0));
    } else if (frame.notice?.closed) {
      const { reason = '', message = '', metadata } = frame.notice.closed;
      this.finish(closedFrom(reason, message, metadata));
    } else {
      this.deps.received(frame);
    }
  }

  private answer(id: string, { ack, rejected }: ServerFrame): void {
    if (id === HELLO_ID && rejected) {
      const { reason = '', message = '', metadata } = rejected;
      if (FINAL_REASONS.has(reason)) this.finish(closedFrom(reason, message, metadata));
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

  /** An answer may queue behind other frames; a connection over which nothing arrives at all is dead. */
  private silent(forMs: number): void {
    if (this.status === 'online' && this.deps.nowMs() - this.lastFrameMs >= forMs) this.reconnect(0);
  }

  /** Checks at once whether the connection still works. */
  private suspect(): void {
    if (this.cancelSuspicion || this.status !== 'online') return;
    const sinceMs = this.deps.nowMs();
    this.ping();
    this.cancelSuspicion = this.deps.timer.after(SUSPECT_MS, () => {
      this.cancelSuspicion = null;
      if (this.status === 'online' && this.lastFrameMs <= sinceMs) this.reconnect(0);
    });
  }

  /** Drops this socket, and opens another after this time. */
  private reconnect(afterMs: number): void {
    if (this.status === 'closed') return;
    this.drop();
    this.setStatus('offline');
    this.cancelRetry = this.deps.timer.after(afterMs, () => void this.connect());
  }

  private lost(): void {
    this.drop();
    this.retry();
  }

  /** Backs off, at least by the time that the server gave. */
  private retry(atLeastMs = 0): void {
    if (this.status === 'closed') return;
    this.setStatus('offline');
    this.cancelRetry();
    this.cancelRetry = this.deps.timer.after(Math.max(atLeastMs, backoffMs(this.attempt)), () => void this.connect());
    this.attempt += 1;
  }

  /** Abandons the socket, or the attempt to open one, and rejects the pending requests. */
  private drop(): void {
    const { socket } = this;
    this.socket = null;
    this.opening += 1;
    socket?.close();
    this.cancelRetry();
    this.cancelOpening();
    this.cancelSuspicion?.();
    this.cancelSuspicion = null;
    this.rejectPending();
  }

  private finish(closed: Closed | null): void {
    if (this.status === 'closed') return;
    this.drop();
    this.prober.destroy();
    document.removeEventListener('visibilitychange', this.visible);
    window.removeEventListener('online', this.networkBack);
    window.removeEventListener('offline', this.networkGone);
    this.setStatus('closed', closed);
  }

  private rejectPending(): void {
    for (const waiting of this.pending.values()) {
      waiting.cancel();
      waiting.reject(unreachable());
    }
    this.pending.clear();
  }

  private setStatus(status: ConnectionStatus, closed: Closed | null = null): void {
    if (status === this.status) return;
    this.status = status;
    this.deps.changed(status, closed);
  }
}

export function socketPath(room: string): string {
  return `/ws/rooms/${encodeURIComponent(room)}`;
}
