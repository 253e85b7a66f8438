// One person: a Chromium of their own behind a line of their own, and what is noted of their page.
import { existsSync } from 'node:fs';
import { chromium } from '../../e2e/browser/node_modules/playwright-core/index.mjs';
import { monotonicMs, pageClock } from './clock.mjs';
import { CODE } from './film.mjs';
import { Line } from './line.mjs';
import { probe } from './probe.mjs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];
const MAX_TALK = 50_000;
const MAX_REQUESTS = 100;

/** @typedef {{ atMs: number, answeredMs: number | null, what: string }} Request */

/**
 * What one visit of a person to a room left, by the machine's clock.
 * @typedef {object} Visit
 * @property {string} person
 * @property {import('./line.mjs').Profile} profile
 * @property {import('./probe.mjs').Noted['frames']} frames
 * @property {import('./probe.mjs').Noted['deeds']} deeds
 * @property {import('./probe.mjs').Noted['codes']} codes
 * @property {import('./line.mjs').Sent[]} webSocket
 * @property {{ atMs: number, direction: 'up' | 'down', bytes: number, frame: Record<string, unknown> }[]} talk WebSocket frames
 * @property {Request[]} requests the first ones
 * @property {number} originMs the page's performance.now() began then
 * @property {{ checkMs: number, boundMs: number }[]} clockChecks
 */

export class Person {
  /** @param {string} name @param {Line} line @param {import('playwright-core').Browser} browser @param {string} address */
  constructor(name, line, browser, address) {
    this.name = name;
    this.line = line;
    this.browser = browser;
    this.address = address;
  }

  /**
   * @param {import('./line.mjs').Profile} profile @param {number} seed
   * @param {{ app: number, film: number }} ports both are reached over the person's line only
   */
  static async arrive(profile, seed, ports) {
    const line = new Line(profile, seed);
    const rules = [];
    for (const port of [ports.app, ports.film]) rules.push(`MAP 127.0.0.1:${port} 127.0.0.1:${await line.to(port)}`);
    const browser = await chromium.launch({ executablePath: executable(), args: [...ARGUMENTS, `--host-resolver-rules=${rules.join(',')}`] });
    return new Person(profile.name, line, browser, `http://127.0.0.1:${ports.app}`);
  }

  /** A first visit: nothing is cached, nothing learned. */
  async open() {
    const context = await this.browser.newContext({ baseURL: this.address, viewport: { width: 640, height: 480 } });
    context.setDefaultTimeout(30_000);
    this.context = context;
    this.page = await context.newPage();
    await this.page.addInitScript(probe, CODE);
    this.protocol = await context.newCDPSession(this.page);
    this.talk = [];
    /** @type {Map<string, Request>} */
    this.requests = new Map();
    await this.protocol.send('Network.enable', { maxTotalBufferSize: 0, maxResourceBufferSize: 0 });
    this.protocol.on('Network.requestWillBeSent', ({ requestId, timestamp, request: { method, url } }) => {
      if (this.requests.size < MAX_REQUESTS) this.requests.set(requestId, { atMs: timestamp * 1_000, answeredMs: null, what: `${method} ${new URL(url).pathname}` });
    });
    this.protocol.on('Network.responseReceived', ({ requestId, timestamp }) => {
      const request = this.requests.get(requestId);
      if (request) request.answeredMs = timestamp * 1_000;
    });
    this.protocol.on('Network.webSocketFrameSent', (event) => this.#hear('up', event));
    this.protocol.on('Network.webSocketFrameReceived', (event) => this.#hear('down', event));
    this.openedMs = monotonicMs();
    this.clockChecks = [];
    return this.page;
  }

  /** Compares the page's clock with the machine's. */
  async checkClock() {
    const { originMs, checkMs, boundMs } = await pageClock(this.protocol);
    this.clockChecks.push({ checkMs, boundMs });
    return originMs;
  }

  /** Ends the visit. @returns {Promise<Visit>} */
  async leave() {
    const originMs = await this.checkClock();
    /** @type {import('./probe.mjs').Noted} */
    const noted = await this.page.evaluate(() => window.syncBench);
    await this.context.close();
    return {
      person: this.name,
      profile: this.line.profile,
      frames: noted.frames.map(([mediaMs, displayMs, currentMs, readMs]) => [mediaMs, displayMs + originMs, currentMs, readMs + originMs]),
      deeds: noted.deeds.map(([atMs, ...rest]) => [atMs + originMs, ...rest]),
      codes: noted.codes.map(([atMs, ...rest]) => [atMs + originMs, ...rest]),
      webSocket: this.line.webSocket.filter(([atMs]) => atMs >= this.openedMs),
      talk: this.talk,
      requests: [...this.requests.values()],
      originMs,
      clockChecks: this.clockChecks,
    };
  }

  async goHome() {
    await this.browser.close();
    await this.line.close();
  }

  #hear(direction, { timestamp, response }) {
    if (this.talk.length >= MAX_TALK || response.opcode !== 1) return;
    const { payloadData } = response;
    this.talk.push({ atMs: timestamp * 1_000, direction, bytes: Buffer.byteLength(payloadData), frame: JSON.parse(payloadData) });
  }
}

function executable() {
  const path = process.env.CHROMIUM ?? CANDIDATES.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`no Chromium at ${CANDIDATES.join(', ')}: install it, or set CHROMIUM to its path`);
  return path;
}
