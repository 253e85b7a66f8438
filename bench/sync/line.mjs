// One person's line to the internet, as TCP proxies: a one-way delay for each direction, jitter that keeps the order, a
// bandwidth that all connections share, loss as the delay of the retransmission, and outages.
//
// Bytes are counted as TCP payload (with HTTP and WebSocket headers, without TCP/IP headers).
import net from 'node:net';
import { monotonicMs } from './clock.mjs';

const SEGMENT_BYTES = 1_460;
/** The minimum of Linux; RFC 6298 says 1 s. */
const MIN_RTO_MS = 200;
/** Limit of queued bytes for each connection, so that a fast host is slowed to the speed of the line. */
const MAX_QUEUE_BYTES = 256 * 1024;
const TIMER_MS = 1;
const MAX_LOG = 200_000;
/** Fast retransmit needs three duplicate acknowledgements (RFC 5681). */
const FOLLOWERS_FOR_FAST_RETRANSMIT = 3;

/**
 * @typedef {object} Profile
 * @property {string} name
 * @property {{ delayMs: number, jitterMs: number }} up
 * @property {{ delayMs: number, jitterMs: number }} down
 * @property {number} loss share of segments
 * @property {number} mbits each way
 */

/** @typedef {[atMs: number, direction: 'up' | 'down', bytes: number]} Sent */

export class Line {
  /** WebSocket bytes, each write of them. @type {Sent[]} */
  webSocket = [];
  otherBytes = { up: 0, down: 0 };
  /** @type {net.Server[]} */
  #servers = [];
  /** @type {Set<net.Socket>} */
  #sockets = new Set();
  #outageEndMs = 0;
  #busyUntilMs = { up: 0, down: 0 };
  #random;

  /** @param {Profile} profile @param {number} seed */
  constructor(profile, seed) {
    this.profile = profile;
    this.#random = random(seed);
  }

  get rttMs() {
    return this.profile.up.delayMs + this.profile.down.delayMs;
  }

  /** Opens a proxy to a port of this machine. @param {number} port @returns {Promise<number>} the port of the proxy */
  async to(port) {
    const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#connect(client, port));
    this.#servers.push(server);
    await new Promise((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)),
    );
    return /** @type {net.AddressInfo} */ (server.address()).port;
  }

  /** Nothing arrives for this time; TCP retransmits what was sent meanwhile. @param {number} ms */
  outage(ms) {
    this.#outageEndMs = monotonicMs() + ms;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  /** @param {net.Socket} client @param {number} port */
  #connect(client, port) {
    const server = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    // The kernel accepts at once; over this line the handshake takes one round trip.
    const openMs = monotonicMs() + this.rttMs;
    const connection = { isWebSocket: false };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        (socket === client ? server : client).destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (chunk) => {
      if (!connection.isWebSocket)
        connection.isWebSocket = /^GET [^\r]+\r\n(?:[^\r]+\r\n)*?upgrade: *websocket\r\n/i.test(
          chunk.toString('latin1'),
        );
    });
    this.#carry(client, server, 'up', connection, openMs);
    this.#carry(server, client, 'down', connection, openMs);
  }

  /**
   * @param {net.Socket} from @param {net.Socket} to @param {'up' | 'down'} direction
   * @param {{ isWebSocket: boolean }} connection @param {number} openMs
   */
  #carry(from, to, direction, connection, openMs) {
    /** In order: timers of different lengths may fire out of theirs. @type {{ atMs: number, bytes: number, act: () => void }[]} */
    const queue = [];
    let lastMs = direction === 'up' ? openMs : 0;
    let queuedBytes = 0;
    const deliver = () => {
      for (let next = queue[0]; next && next.atMs <= monotonicMs() + TIMER_MS / 2; next = queue[0]) {
        queue.shift();
        queuedBytes -= next.bytes;
        if (!to.destroyed) next.act();
      }
      if (queuedBytes <= MAX_QUEUE_BYTES) from.resume();
      if (queue.length) setTimeout(deliver, Math.max(0, queue[0].atMs - monotonicMs()));
    };
    const enqueue = (/** @type {number} */ atMs, /** @type {number} */ bytes, /** @type {() => void} */ act) => {
      lastMs = Math.max(lastMs, atMs);
      queuedBytes += bytes;
      queue.push({ atMs: lastMs, bytes, act });
      if (queue.length === 1) setTimeout(deliver, Math.max(0, lastMs - monotonicMs()));
    };
    from.on('data', (chunk) => {
      this.#count(direction, connection.isWebSocket, chunk.length);
      enqueue(this.#arrivalMs(direction, chunk.length), chunk.length, () => to.write(chunk));
      if (queuedBytes > MAX_QUEUE_BYTES) from.pause();
    });
    from.on('end', () => enqueue(0, 0, () => to.end()));
  }

  /** @param {'up' | 'down'} direction @param {number} bytes */
  #arrivalMs(direction, bytes) {
    const { delayMs, jitterMs } = this.profile[direction];
    const nowMs = monotonicMs();
    const sentMs = Math.max(nowMs, this.#busyUntilMs[direction]) + (bytes * 8) / (this.profile.mbits * 1_000);
    this.#busyUntilMs[direction] = sentMs;
    let againMs = sentMs;
    for (let rtoMs = this.#rtoMs(); againMs < this.#outageEndMs; rtoMs *= 2) againMs += rtoMs;
    return againMs + delayMs + (2 * this.#random() - 1) * jitterMs + this.#lossMs(bytes);
  }

  /** A lost segment delays those behind it: by one round trip when enough follow, else by the retransmission timeout. @param {number} bytes */
  #lossMs(bytes) {
    const segments = Math.ceil(bytes / SEGMENT_BYTES);
    let ms = 0;
    for (let left = segments - 1; left >= 0; left -= 1) {
      if (this.#random() >= this.profile.loss) continue;
      ms = Math.max(ms, left >= FOLLOWERS_FOR_FAST_RETRANSMIT ? this.rttMs : this.#rtoMs());
    }
    return ms;
  }

  #rtoMs() {
    return this.rttMs + Math.max(MIN_RTO_MS, 2 * (this.profile.up.jitterMs + this.profile.down.jitterMs));
  }

  /** @param {'up' | 'down'} direction @param {boolean} isWebSocket @param {number} bytes */
  #count(direction, isWebSocket, bytes) {
    if (!isWebSocket) this.otherBytes[direction] += bytes;
    else if (this.webSocket.length < MAX_LOG) this.webSocket.push([monotonicMs(), direction, bytes]);
  }
}

/** Mulberry32: the same seed, the same losses. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
