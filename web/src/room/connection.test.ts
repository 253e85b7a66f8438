import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { ChatService } from '../api/gen/services';
import { ServerClock } from '../sync/clock';
import { World } from '../sync/simulation.testkit';
import { RoomConnection } from './connection';
import type { ClientFrame, ServerFrame } from './frames';

/** The other end of each socket that was opened, oldest first. */
const sockets: FakeSocket[] = [];

class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  readonly sent: ClientFrame[] = [];
  readyState = 0;

  constructor(
    readonly url: URL,
    readonly protocol: string,
  ) {
    super();
    sockets.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close() {
    this.drop();
  }

  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  deliver(frame: ServerFrame) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
  }

  drop() {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

function setUp(
  ticket: () => Promise<string> = async () => 'ticket',
  check: () => Promise<unknown> = async () => undefined,
) {
  const world = new World();
  const clock = new ServerClock();
  const seen = { statuses: [] as string[], frames: [] as ServerFrame[], welcomes: 0 };
  const connection = new RoomConnection({
    room: 'room_a',
    clock,
    wallMs: () => world.nowMs,
    timer: world,
    nowMs: () => world.nowMs,
    ticket,
    check,
    hello: () => ({ protocolVersion: 1, lastSeq: '7', epoch: '1' }),
    welcomed: () => {
      seen.welcomes += 1;
    },
    received: (frame) => seen.frames.push(frame),
    changed: (status, closed) => seen.statuses.push(closed ? `${status}: ${closed.text}` : status),
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  };
  const come = async () => {
    await world.pass(10);
    last().open();
    last().deliver({ welcome: { sessionId: 'session_me' } });
  };
  return { world, clock, seen, connection, last, come };
}

beforeEach(() => {
  sockets.length = 0;
  vi.stubGlobal('WebSocket', FakeSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the connection to a room', () => {
  it('opens with a ticket, says hello first, and then measures the clock', async () => {
    const { world, last, come, seen, clock } = setUp();
    await come();
    expect(last().url.href).toContain('/ws/rooms/room_a?ticket=ticket');
    expect(last().url.protocol).toBe('ws:');
    expect(last().protocol).toBe('syncwatch.v1.json');
    expect(last().sent[0]).toMatchObject({ hello: { protocolVersion: 1, lastSeq: '7' } });
    expect(seen.statuses).toEqual(['online']);
    await world.pass(900);
    const pings = last().sent.filter((f) => f.ping);
    expect(pings).toHaveLength(8);
    last().deliver({
      pong: { clientSendUs: pings[7]?.ping?.clientSendUs ?? '0', serverReceiveUs: '5000000', serverSendUs: '5000000' },
    });
    expect(clock.read(world.nowMs)).not.toBeNull();
  });

  it('matches each answer with its request', async () => {
    const { connection, last, come } = setUp();
    await come();
    const done = connection.call(ChatService.sendMessage, { text: 'hi' }, 'a');
    const refused = connection.request({ id: 'b', command: { id: 'b', play: {} } });
    last().deliver({ id: 'b', rejected: { reason: 'NO_ITEM', message: 'there is nothing to play' } });
    last().deliver({ id: 'a', ack: { body: { message: { id: 'msg_1' } } } });
    await expect(done).resolves.toEqual({ message: { id: 'msg_1' } });
    await expect(refused).rejects.toMatchObject({ reason: 'NO_ITEM' });
  });

  it('rejects pending requests when the connection is lost, and reconnects', async () => {
    const { world, connection, last, come, seen } = setUp();
    await come();
    const lost = expect(connection.call(ChatService.sendMessage, { text: 'hi' }, 'a')).rejects.toMatchObject({
      code: 0,
    });
    last().drop();
    await lost;
    await world.pass(600);
    expect(sockets).toHaveLength(2);
    await come();
    expect(seen.statuses).toEqual(['online', 'offline', 'online']);
    expect(seen.welcomes).toBe(2);
  });

  // Case O2.
  it('shows why the server refuses its socket', async () => {
    const message = 'The page came from https://a, this server was reached as b: set gateway.public_url.';
    const refused = new ApiError(message, 403, 'ORIGIN_NOT_ALLOWED');
    const { world, last, seen } = setUp(undefined, () => Promise.reject(refused));
    await world.pass(10);
    last().drop();
    await world.pass(60_000);
    expect(seen.statuses).toEqual(['offline', `closed: ${message}`]);
    expect(sockets).toHaveLength(1);
  });

  it('retries when the reason is unknown', async () => {
    const { world, last, seen } = setUp(undefined, () =>
      Promise.reject(new ApiError('busy', 503, 'DEPENDENCY_UNAVAILABLE')),
    );
    await world.pass(10);
    last().drop();
    await world.pass(5_000);
    expect(seen.statuses).toEqual(['offline']);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('detects a connection that died without a close', async () => {
    const { world, come, seen } = setUp();
    await come();
    await world.pass(9_500);
    expect(seen.statuses).toEqual(['online', 'offline']);
    expect(sockets).toHaveLength(2);
  });

  it('keeps a connection that delivers frames although pongs are late', async () => {
    const { world, come, last, seen } = setUp();
    await come();
    for (let i = 0; i < 30; i += 1) {
      await world.pass(2_000);
      last().deliver({ typing: {} });
    }
    expect(seen.statuses).toEqual(['online']);
  });

  // Case R6.
  it('checks the connection at once when the browser goes offline', async () => {
    const { world, come, seen } = setUp();
    await come();
    await world.pass(1_000);
    window.dispatchEvent(new Event('offline'));
    await world.pass(2_500);
    expect(seen.statuses).toEqual(['online', 'offline']);
  });

  // Case R6: a server on this machine is there without a network.
  it('keeps the connection when the server answers although the browser is offline', async () => {
    const { world, come, last, seen } = setUp();
    await come();
    await world.pass(1_000);
    const before = last().sent.length;
    window.dispatchEvent(new Event('offline'));
    const ping = last()
      .sent.slice(before)
      .find((frame) => frame.ping)?.ping;
    await world.pass(50);
    last().deliver({
      pong: { clientSendUs: ping?.clientSendUs ?? '0', serverReceiveUs: '5000000', serverSendUs: '5000000' },
    });
    await world.pass(5_000);
    expect(seen.statuses).toEqual(['online']);
  });

  // Case R6.
  it('reconnects at once when the browser goes online, and abandons the attempt that hangs', async () => {
    const { world, come, last, seen } = setUp();
    await come();
    last().drop();
    await world.pass(600);
    expect(sockets).toHaveLength(2);
    window.dispatchEvent(new Event('online'));
    await world.pass(10);
    expect(sockets).toHaveLength(3);
    expect(sockets[1]?.readyState).toBe(3);
    last().open();
    last().deliver({ welcome: { sessionId: 'session_me' } });
    expect(seen.statuses).toEqual(['online', 'offline', 'online']);
  });

  // Case R6.
  it('detects a dead connection by a request without an answer', async () => {
    const { world, connection, come, seen } = setUp();
    await come();
    await world.pass(1_000);
    const lost = expect(connection.request({ id: 'a', command: { id: 'a', pause: {} } })).rejects.toMatchObject({
      code: 0,
    });
    await world.pass(4_500);
    await lost;
    expect(seen.statuses).toEqual(['online', 'offline']);
  });

  it('abandons an opening that hangs', async () => {
    const { world, last, seen } = setUp();
    await world.pass(10);
    last().open();
    await world.pass(11_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(seen.statuses).toEqual(['offline']);
  });

  it('reconnects after the time that a stopping server gives', async () => {
    const { world, last, come } = setUp();
    await come();
    last().deliver({ notice: { shutdown: { reconnectAfterMs: '3000' } } });
    await world.pass(2_900);
    expect(sockets).toHaveLength(1);
    await world.pass(200);
    expect(sockets).toHaveLength(2);
  });

  it('backs off exponentially while no attempt succeeds', async () => {
    const attempts: number[] = [];
    const { world } = setUp(async () => {
      attempts.push(attempts.length);
      throw new ApiError('down', 0, 'UNREACHABLE');
    });
    await world.pass(60_000);
    expect(attempts.length).toBeGreaterThan(4);
    expect(attempts.length).toBeLessThan(14);
  });

  it('retries after the time that a rate limit gives', async () => {
    let attempts = 0;
    const { world } = setUp(async () => {
      attempts += 1;
      throw new ApiError('slow down', 429, 'RATE_LIMITED', { limit: 'calls' }, [], 50_000);
    });
    await world.pass(49_000);
    expect(attempts).toBe(1);
    await world.pass(2_000);
    expect(attempts).toBe(2);
  });

  it('closes for good for a final reason, and shows it', async () => {
    const { world, seen } = setUp(async () => {
      throw new ApiError('no such room', 404, 'ROOM_NOT_FOUND');
    });
    await world.pass(60_000);
    expect(seen.statuses).toHaveLength(1);
    expect(seen.statuses[0]).toMatch(/^closed: There’s no room/);
    expect(sockets).toHaveLength(0);
  });

  // Case P5.
  it('shows that the room was deleted, and does not reconnect', async () => {
    const { world, last, come, seen } = setUp();
    await come();
    last().deliver({ notice: { closed: { reason: 'ROOM_NOT_FOUND', message: 'the room was deleted' } } });
    expect(seen.statuses.at(-1)).toBe(
      'closed: This room was deleted, or you are no longer in it. Create a new one, or ask for a new link.',
    );
    await world.pass(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('sends bye and does not reconnect when it is closed', async () => {
    const { world, connection, last, come, seen } = setUp();
    await come();
    connection.close();
    expect(last().sent.at(-1)).toHaveProperty('bye');
    await world.pass(60_000);
    expect(sockets).toHaveLength(1);
    expect(seen.statuses).toEqual(['online', 'closed']);
  });
});
