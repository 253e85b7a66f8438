// One person: a browser behind a line, and the recordings of their page.
import { launch } from './browsers.mjs';
import { chromiumClock, clockByRoundTrips, monotonicMs } from './clock.mjs';
import { listen } from './devtools.mjs';
import { CODE } from './film.mjs';
import { Line } from './line.mjs';
import { probe } from './probe.mjs';

/**
 * The recordings of one visit to a room, by the machine's clock. Firefox has no frames of the WebSocket and no requests.
 * @typedef {object} Visit
 * @property {string} person
 * @property {import('./line.mjs').Profile} profile
 * @property {import('./probe.mjs').Noted['frames']} frames
 * @property {import('./probe.mjs').Noted['deeds']} deeds
 * @property {import('./probe.mjs').Noted['codes']} codes
 * @property {import('./line.mjs').Sent[]} webSocket
 * @property {import('./devtools.mjs').Talk[]} talk
 * @property {import('./devtools.mjs').Request[]} requests
 * @property {number} originMs the page's performance.now() began then
 * @property {{ checkMs: number, boundMs: number }[]} clockChecks
 */

export class Person {
  /** @type {{ context: import('playwright-core').BrowserContext, page: import('playwright-core').Page, heard: Awaited<ReturnType<typeof listen>>, atMs: number } | null} */
  #opened = null;
  /** @type {import('playwright-core').CDPSession | null} */
  protocol = null;
  /** @type {Visit['clockChecks']} */
  clockChecks = [];

  /** @param {string} name @param {Line} line @param {import('playwright-core').Browser} browser @param {import('./browsers.mjs').Engine} engine @param {string} address */
  constructor(name, line, browser, engine, address) {
    this.name = name;
    this.line = line;
    this.browser = browser;
    this.engine = engine;
    this.address = address;
  }

  /**
   * @param {import('./line.mjs').Profile} profile @param {import('./browsers.mjs').Engine} engine @param {number} seed
   * @param {{ app: number, film: number }} ports both are reached over the person's line only
   */
  static async arrive(profile, engine, seed, ports) {
    const line = new Line(profile, seed);
    const ways = new Map();
    for (const port of [ports.app, ports.film]) ways.set(port, await line.to(port));
    const browser = await launch(engine, ways);
    return new Person(
      engine === 'firefox' ? `${profile.name}, Firefox` : profile.name,
      line,
      browser,
      engine,
      `http://127.0.0.1:${ports.app}`,
    );
  }

  /** Opens a first visit: without a cache, and without learned values. */
  async open() {
    // Upright: the panel with the chat stands below the film then.
    const viewport = { width: 640, height: 900 };
    const context = await this.browser.newContext({ baseURL: this.address, viewport });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.addInitScript(probe, CODE);
    this.protocol = this.engine === 'chromium' ? await context.newCDPSession(page) : null;
    const heard = this.protocol ? await listen(this.protocol) : { talk: [], requests: new Map() };
    this.#opened = { context, page, heard, atMs: monotonicMs() };
    this.clockChecks = [];
    return page;
  }

  /** The present visit. */
  get opened() {
    if (!this.#opened) throw new Error(`${this.name} has not opened a page yet`);
    return this.#opened;
  }

  get page() {
    return this.opened.page;
  }

  /** Compares the page's clock with the machine's. @returns {Promise<number>} when the page's began */
  async checkClock() {
    const { originMs, checkMs, boundMs } = this.protocol
      ? await chromiumClock(this.protocol)
      : await clockByRoundTrips(this.opened.page);
    this.clockChecks.push({ checkMs, boundMs });
    return originMs;
  }

  /** Ends the visit. @returns {Promise<Visit>} */
  async leave() {
    const originMs = await this.checkClock();
    /** @type {import('./probe.mjs').Noted} */
    const noted = JSON.parse(await this.page.evaluate(() => JSON.stringify(window.syncBench)));
    const { context, heard, atMs: openedMs } = this.opened;
    await context.close();
    return {
      person: this.name,
      profile: this.line.profile,
      frames: noted.frames.map(([mediaMs, displayMs, currentMs, readMs]) => [
        mediaMs,
        displayMs + originMs,
        currentMs,
        readMs + originMs,
      ]),
      deeds: noted.deeds.map(([atMs, ...rest]) => [atMs + originMs, ...rest]),
      codes: noted.codes.map(([atMs, ...rest]) => [atMs + originMs, ...rest]),
      webSocket: this.line.webSocket.filter(([atMs]) => atMs >= openedMs),
      talk: heard.talk,
      requests: [...heard.requests.values()],
      originMs,
      clockChecks: this.clockChecks,
    };
  }

  async goHome() {
    await this.browser.close();
    await this.line.close();
  }
}
