// A real Chromium against a running system: BASE_URL says where it is.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string} without a slash at its end */
export function baseUrl() {
  const url = process.env.BASE_URL;
  if (!url) throw new Error('set BASE_URL to the address of a running SyncWatch, such as http://localhost:8080');
  return url.replace(/\/$/, '');
}

/** @returns {string} */
function executable() {
  const path = process.env.CHROMIUM ?? CANDIDATES.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`no Chromium at ${CANDIDATES.join(', ')}: install it, or set CHROMIUM to its path`);
  return path;
}

/**
 * Opens a browser for one test and closes it after. `open` returns the page of a new person; pages share nothing.
 * Errors that a page throws or logs are collected in `faults`.
 * @param {{ name: string, after: (end: () => Promise<void>) => void }} test such as a TestContext of node:test
 * @param {{ needsTap?: boolean, microphone?: string }} [options] needsTap: as browsers are set for people, playing needs a tap
 * first; microphone: a WAV file that the microphone plays over and over
 */
export async function people(test, options = {}) {
  const policy = options.needsTap ? 'document-user-activation-required' : 'no-user-gesture-required';
  const browser = await chromium.launch({
    executablePath: executable(),
    args: [
      ...ARGUMENTS,
      `--autoplay-policy=${policy}`,
      ...(options.microphone
        ? [
            '--use-fake-device-for-media-stream',
            '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-audio-capture=${options.microphone}`,
            '--allow-loopback-in-peer-connection',
            // TURN servers of tests sign their own.
            '--ignore-certificate-errors',
          ]
        : []),
    ],
  });
  /** @type {string[]} */
  const faults = [];
  /** @type {{ name: string, page: import('playwright-core').Page }[]} */
  const pages = [];

  test.after(async () => {
    if (process.env.ARTIFACTS) {
      await mkdir(process.env.ARTIFACTS, { recursive: true });
      for (const { name, page } of pages)
        await page
          .screenshot({ path: `${process.env.ARTIFACTS}/${test.name}-${name}.png`.replaceAll(' ', '-') })
          .catch(() => undefined);
    }
    await browser.close();
  });

  return {
    /** @param {string} name @param {import('playwright-core').BrowserContextOptions} [context] */
    async open(name, context = {}) {
      const own = await browser.newContext({ baseURL: baseUrl(), viewport: { width: 1280, height: 720 }, ...context });
      own.setDefaultTimeout(20_000);
      const page = await own.newPage();
      page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
      page.on('console', (message) => {
        // The browser logs each failed request; tests check what people see of it.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          faults.push(`${name}: ${message.text()}`);
      });
      pages.push({ name, page });
      return page;
    },
    /** Errors in the console; must stay empty. */
    faults,
  };
}

/**
 * Opens an address (null: stays) and evaluates an expression until it has a value, without a user gesture. Playwright's
 * own evaluation counts as one.
 * @param {import('playwright-core').Page} page @param {string | null} address @param {string} expression
 */
export async function untouched(page, address, expression) {
  const protocol = await page.context().newCDPSession(page);
  if (address) await protocol.send('Page.navigate', { url: address });
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const { result } = await protocol.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false });
    if (result.value) return result.value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`after 20 s the page still has no answer to: ${expression}`);
}
