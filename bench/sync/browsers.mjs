// Starts browsers whose connections to given ports of this machine are redirected to a person's line.
import { existsSync } from 'node:fs';
import { chromium, firefox } from '../../e2e/browser/node_modules/playwright-core/index.mjs';

/** @typedef {'chromium' | 'firefox'} Engine */

const CANDIDATES = {
  chromium: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
};
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];
/** A page gets its microphone unasked. */
export const VOICE_ARGUMENTS = [
  ...ARGUMENTS,
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
];

/** Signals do not end the browsers: the measurement closes them in order. */
const ENDINGS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

/** @param {Engine} engine @param {Map<number, number>} ports from port to port */
export function launch(engine, ports) {
  return engine === 'firefox' ? launchFirefox(ports) : launchChromium(ports);
}

/** @param {Map<number, number>} ports */
function launchChromium(ports) {
  const rules = [...ports].map(([from, to]) => `MAP 127.0.0.1:${from} 127.0.0.1:${to}`);
  return chromium.launch({
    ...ENDINGS,
    executablePath: executable('chromium'),
    args: [...ARGUMENTS, `--host-resolver-rules=${rules.join(',')}`],
  });
}

/** The distribution's Firefox, by WebDriver BiDi. @param {Map<number, number>} ports */
async function launchFirefox(ports) {
  const browser = await firefox.launch({
    ...ENDINGS,
    executablePath: executable('firefox'),
    channel: 'moz-firefox',
    firefoxUserPrefs: {
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'network.socket.forcePort': [...ports].map(([from, to]) => `${from}=${to}`).join(';'),
    },
  });
  // Playwright sets the colour scheme of each page with a command that Firefox ESR does not have yet.
  const internals = /** @type {any} */ (browser);
  const session = Object.getPrototypeOf(internals._connection.toImpl(browser)._browserSession);
  const { send } = session;
  session.send = function sendKnown(/** @type {string} */ method, /** @type {object} */ parameters) {
    return method === 'emulation.setMediaFeaturesOverride' ? Promise.resolve({}) : send.call(this, method, parameters);
  };
  return browser;
}

/** @param {Engine} engine */
export function executable(engine) {
  const variable = engine.toUpperCase();
  const path = process.env[variable] ?? CANDIDATES[engine].find((candidate) => existsSync(candidate));
  if (!path)
    throw new Error(`no ${engine} at ${CANDIDATES[engine].join(', ')}: install it, or set ${variable} to its path`);
  return path;
}
