// People who talk: each in a browser of their own, whose fake microphone plays a tone of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { people } from './browser.mjs';
import { joinAsGuest, makeRoom } from './room.mjs';

/** @typedef {import('playwright-core').Page} Page */

const RATE = 48_000;
/** Tone of each person's microphone, in Hz. */
export const TONES = { host: 400, mia: 700, ben: 1_000, cleo: 1_400, dan: 1_900, eva: 2_500 };
/** The secret of the TURN servers, as the settings of the system have it (e2e/tests/it/browser.rs). */
const TURN_SECRET = 'turn-secret-of-the-browser-tests';

/** A second of WAV: the tone for `onMs`, then silence. @param {number} hz @param {number} onMs */
function beeps(hz, onMs) {
  const samples = new Int16Array(RATE);
  for (let i = 0; i < (RATE * onMs) / 1000; i += 1)
    samples[i] = Math.round(12_000 * Math.sin((2 * Math.PI * hz * i) / RATE));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/**
 * `open` returns the page of a person whose microphone plays `hz`, 0.6 s of each second unless `onMs` says otherwise. Filters that
 * take steady tones for noise are off. `settings` are those of the voice chat in the browser.
 * @param {import('node:test').TestContext} t
 * @param {{ relay?: boolean, records?: boolean, settings?: object }} [options] relay: through TURN alone; records: the page may be
 * recorded by `recordVoices`, whose worklet its content security policy forbids
 */
export async function talkers(t, { relay = false, records = false, settings = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'voices-'));
  t.after(() => rm(folder, { recursive: true }));
  /** @type {string[][]} */
  const faults = [];
  return {
    /** @param {string} name @param {number} hz @param {number} [onMs] */
    async open(name, hz, onMs = 600) {
      const file = join(folder, `${name}.wav`);
      await writeFile(file, beeps(hz, onMs));
      const own = await people(t, { microphone: file });
      faults.push(own.faults);
      const page = await own.open(name, { bypassCSP: records });
      await page.addInitScript(prepare, {
        relay,
        settings: {
          mode: 'voice_activity',
          noiseSuppression: false,
          echoCancellation: false,
          autoGainControl: false,
          ...settings,
        },
      });
      return page;
    },
    faults: () => faults.flat(),
  };
}

/** Runs in the page before its own scripts. @param {{ relay: boolean, settings: object }} how */
function prepare({ relay, settings }) {
  localStorage.setItem('syncwatch.voice', JSON.stringify(settings));
  const Native = window.RTCPeerConnection;
  /** @type {RTCPeerConnection[]} */
  const connections = [];
  const forced = /** @param {RTCConfiguration} [config] */ (config) =>
    relay ? { ...config, iceTransportPolicy: /** @type {const} */ ('relay') } : config;
  class Observed extends Native {
    /** @param {RTCConfiguration} [config] */
    constructor(config) {
      super(forced(config));
      connections.push(this);
    }
    /** @override @param {RTCConfiguration} [config] */
    setConfiguration(config) {
      super.setConfiguration(forced(config));
    }
  }
  Object.assign(window, { RTCPeerConnection: Observed, connections });
}

/** @param {Page} page */
export async function joinVoice(page) {
  await page.getByRole('button', { name: /^Join voice/ }).click();
  await page.getByRole('region', { name: 'Voice' }).waitFor();
}

/** @param {Page} page */
export async function leaveVoice(page) {
  await page.getByRole('button', { name: 'Leave voice' }).click();
}

/** What the open connections of a page send. @param {Page} page */
export function sentTracks(page) {
  return page.evaluate(() => {
    const { connections } = /** @type {{ connections: RTCPeerConnection[] }} */ (/** @type {unknown} */ (window));
    return connections
      .filter((one) => one.connectionState === 'connected')
      .map((one) => one.getSenders()[0]?.track)
      .map((track) => track && { label: track.label, enabled: track.enabled });
  });
}

/** The tones that a page plays now, in Hz, one for each voice; 0: silence. Loudest bin of each over a second. @param {Page} page @param {number} [forMs] */
export function heard(page, forMs = 1_100) {
  return page.evaluate(async (duration) => {
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const voices = [...document.querySelectorAll('audio')].filter(
      (one) => one.srcObject && !one.muted && one.volume > 0,
    );
    const analysers = voices.map((voice) => {
      const analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(/** @type {MediaStream} */ (voice.srcObject)).connect(analyser);
      return analyser;
    });
    const found = analysers.map(() => ({ db: -70, hz: 0 }));
    const bins = new Float32Array(2048);
    const end = performance.now() + duration;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analysers.forEach((analyser, n) => {
        analyser.getFloatFrequencyData(bins);
        const loudest = bins.reduce((best, db, bin) => (db > bins[best] ? bin : best), 0);
        if (bins[loudest] > found[n].db) found[n] = { db: bins[loudest], hz: Math.round((loudest * 48_000) / 4096) };
      });
    }
    await context.close();
    return found.map(({ hz }) => hz);
  }, forMs);
}

/** Waits until a page hears exactly these tones. @param {Page} page @param {number[]} tones */
export async function untilHears(page, tones) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = (await heard(page)).filter((hz) => hz > 0).toSorted((a, b) => a - b);
    if (now.length === tones.length && now.every((hz, n) => Math.abs(hz - tones[n]) < 25)) return;
    if (Date.now() > deadline) throw new Error(`after 20 s the page hears ${now} instead of ${tones}`);
  }
}

/** The ways of the connections of a page: `relay/udp turn:127.0.0.1:3478?transport=udp`, `host/`. @param {Page} page @returns {Promise<string[]>} */
export function ways(page) {
  return page.evaluate(async () => {
    const { connections } = /** @type {{ connections: RTCPeerConnection[] }} */ (/** @type {unknown} */ (window));
    const open = connections.filter((one) => one.connectionState === 'connected');
    return Promise.all(
      open.map(async (one) => {
        const entries = [...(await one.getStats()).values()];
        const transport = entries.find((entry) => entry.type === 'transport');
        const pair = entries.find((entry) => entry.id === transport?.selectedCandidatePairId);
        const local = entries.find((entry) => entry.id === pair?.localCandidateId);
        return `${local?.candidateType}/${local?.relayProtocol ?? ''} ${local?.url ?? ''}`.trim();
      }),
    );
  });
}

/**
 * A real coturn on the first or second port of the system's settings, until the test ends or `stop` is called.
 * @param {import('node:test').TestContext} t
 * @param {{ index?: number, only?: 'tcp' | 'tls' }} [options] only: takes nothing else
 */
export async function turnServer(t, { index = 0, only } = {}) {
  const port = Number((process.env.TURN_PORTS ?? '').split(',')[index]);
  const tlsPort = Number(process.env.TURN_TLS_PORT);
  if (!port || !tlsPort)
    throw new Error('TURN_PORTS and TURN_TLS_PORT do not name the ports in the settings of the system');
  const folder = await mkdtemp(join(tmpdir(), 'turn-'));
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  if (only === 'tls') {
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  }
  const server = spawn(
    'turnserver',
    [
      '-n',
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--realm=tests.local',
      '--fingerprint',
      '--use-auth-secret',
      `--static-auth-secret=${TURN_SECRET}`,
      '--allow-loopback-peers',
      '--no-cli',
      '--no-dtls',
      ...(only ? ['--no-udp'] : []),
      ...(only === 'tls'
        ? ['--no-tcp', `--tls-listening-port=${tlsPort}`, `--cert=${certificate}`, `--pkey=${key}`]
        : ['--no-tls']),
      '--log-file=stdout',
      '--simple-log',
      `--userdb=${join(folder, 'db')}`,
      `--pidfile=${join(folder, 'pid')}`,
    ],
    { stdio: 'ignore' },
  );
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  t.after(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });
  await listening(only === 'tls' ? tlsPort : port, server);
  return { port, stop };
}

/** coturn says nothing that arrives at once, so it is asked by TCP. @param {number} port @param {import('node:child_process').ChildProcess} server */
async function listening(port, server) {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`coturn ended with ${server.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Two people who hear each other. @param {Awaited<ReturnType<typeof talkers>>} voices */
export async function twoInVoice(voices) {
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  const mia = await voices.open('mia', TONES.mia);
  await joinAsGuest(mia, link, 'Mia');
  await joinVoice(host);
  await joinVoice(mia);
  await Promise.all([untilHears(host, [TONES.mia]), untilHears(mia, [TONES.host])]);
  return { host, mia, link };
}

/**
 * Records what a page plays of voices, as the mix of its audio elements with their volumes: the loudness of each 2.7 ms, until
 * `stop` returns them as parts of full scale. The people are `talkers` with `records`.
 * @param {Page} page
 */
export async function recordVoices(page) {
  await page.evaluate(async () => {
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const code = `registerProcessor('meter', class extends AudioWorkletProcessor {
      process([[samples]]) {
        const power = samples ? samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length : 0;
        this.port.postMessage(Math.sqrt(power));
        return true;
      }
    });`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    const meter = new AudioWorkletNode(context, 'meter', { channelCount: 1, channelCountMode: 'explicit' });
    meter.connect(context.destination);
    /** @type {number[]} */
    const levels = [];
    meter.port.onmessage = ({ data }) => levels.push(data);
    /** @type {Map<HTMLAudioElement, { gain: GainNode, source: MediaStreamAudioSourceNode }>} */
    const taps = new Map();
    const follow = () => {
      for (const element of document.querySelectorAll('audio')) {
        if (!(element.srcObject instanceof MediaStream) || element.srcObject.getAudioTracks().length === 0) continue;
        let tap = taps.get(element);
        if (!tap) {
          tap = { gain: context.createGain(), source: context.createMediaStreamSource(element.srcObject) };
          tap.source.connect(tap.gain).connect(meter);
          taps.set(element, tap);
        }
        tap.gain.gain.value = element.muted ? 0 : element.volume;
      }
      for (const [element, { gain }] of taps) if (!element.isConnected) gain.disconnect();
    };
    const timer = setInterval(follow, 4);
    Object.assign(window, { recording: { levels, taps, context, timer } });
  });
  // What happens next is heard from its beginning.
  await page.waitForFunction(() => /** @type {any} */ (window).recording.levels.at(-1) > 0.01);
  return {
    /** @returns {Promise<number[]>} */
    stop: () =>
      page.evaluate(async () => {
        const { levels, context, timer } = /** @type {any} */ (window).recording;
        clearInterval(timer);
        await context.close();
        return levels;
      }),
  };
}

/** The longest silence in a recording, in ms, without what comes before the first and after the last sound. @param {number[]} levels */
export function longestGapMs(levels) {
  const loud = levels.map((level) => level > 0.01);
  let [longest, run] = [0, 0];
  for (const is of loud.slice(loud.indexOf(true), loud.lastIndexOf(true) + 1)) {
    run = is ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return Math.round((longest * 128 * 1000) / RATE);
}

/** How long a recording is louder than one voice can be, at once, in ms: the same voice by two ways. @param {number[]} levels */
export function longestDoubleMs(levels) {
  const usual = levels.filter((level) => level > 0.01).toSorted((a, b) => a - b);
  const most = 1.25 * (usual[Math.floor(usual.length / 2)] ?? 0);
  let [longest, run] = [0, 0];
  for (const level of levels) {
    run = level > most ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return Math.round((longest * 128 * 1000) / RATE);
}
