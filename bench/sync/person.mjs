// One person: a browser of their own behind a line of their own, and what is noted of their page.
import { launch } from './browsers.mjs';
import { chromiumClock, clockByRoundTrips, monotonicMs } from './clock.mjs';
import { listen } from './devtools.mjs';
import { CODE } from './film.mjs';
import { Line } from './line.mjs';
import { probe } from './probe.mjs';

/**
 * What one visit of a person to a room left, by the machine's clock. Firefox does not tell of talk and requests.
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

  /** A first visit: nothing is cached, nothing learned. */
  async open() {
    this.context = await this.browser.newContext({ baseURL: this.address, viewport: { width: 640, height: 480 } });
    this.context.setDefaultTimeout(30_000);
    this.page = await this.context.newPage();
    await this.page.addInitScript(probe, CODE);
    this.protocol = this.engine === 'chromium' ? await this.context.newCDPSession(this.page) : null;
    this.heard = this.protocol ? await listen(this.protocol) : { talk: [], requests: new Map() };
    this.openedMs = monotonicMs();
    /** @type {Visit['clockChecks']} */
    this.clockChecks = [];
    return this.page;
  }

  /** Compares the page's clock with the machine's. @returns {Promise<number>} when the page's began */
  async checkClock() {
    const { originMs, checkMs, boundMs } = this.protocol
      ? await chromiumClock(this.protocol)
      : await clockByRoundTrips(this.page);
    this.clockChecks.push({ checkMs, boundMs });
    return originMs;
  }

  /** Ends the visit. @returns {Promise<Visit>} */
  async leave() {
    const originMs = await this.checkClock();
    /** @type {import('./probe.mjs').Noted} */
    const noted = JSON.parse(await this.page.evaluate(() => JSON.stringify(window.syncBench)));
    await this.context.close();
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
      webSocket: this.line.webSocket.filter(([atMs]) => atMs >= this.openedMs),
      talk: this.heard.talk,
      requests: [...this.heard.requests.values()],
      originMs,
      clockChecks: this.clockChecks,
    };
  }

  async goHome() {
    await this.browser.close();
    await this.line.close();
  }
}
