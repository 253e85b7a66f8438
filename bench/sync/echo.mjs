// `make bench-echo`: how much of the film goes out with somebody's voice. The host's browser plays to a loudspeaker and listens to a
// microphone of PulseAudio, which have one clock; between them is a room with echoes. The other person measures what arrives:
// with the browser's canceller, and without.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addFilmByLink, joinAsGuest, makeRoom, pressPlay, untilFilm } from '../../e2e/browser/lib/room.mjs';
import { joinVoice } from '../../e2e/browser/lib/voice.mjs';
import { chromium } from '../../e2e/browser/node_modules/playwright-core/index.mjs';
import { executable, VOICE_ARGUMENTS } from './browsers.mjs';
import { startHost } from './host.mjs';
import { startSystem } from './system.mjs';

const RATE = 48_000;
const FILM_SECONDS = 120;
/** The canceller learns the room in this time. */
const LEARN_MS = 10_000;
const LISTEN_MS = 15_000;
const GOAL_DB = -35;
/** A living room: the direct sound, then walls and furniture. The first delay holds the buffers on the way, too. */
const ECHOES = [
  { ms: 60, db: -12 },
  { ms: 67, db: -20 },
  { ms: 79, db: -23 },
  { ms: 98, db: -27 },
  { ms: 131, db: -34 },
  { ms: 180, db: -45 },
];

/** @typedef {import('playwright-core').Page} Page */

const { values } = parseArgs({ options: { program: { type: 'string', default: 'target/release/syncwatch' } } });
const folder = await mkdtemp(join(tmpdir(), 'echo-'));
/** @type {(() => unknown)[]} */
const endings = [() => rm(folder, { recursive: true, force: true })];
try {
  makeFilm(join(folder, 'film.mp4'));
  const sound = await startSound();
  const host = await startHost(folder);
  endings.push(() => host.close());
  const system = await startSystem(values.program);
  endings.push(() => system.stop());
  process.env['BASE_URL'] = `http://127.0.0.1:${system.port}`;
  const [without, cancelled] = [await leak(sound, host.port, false), await leak(sound, host.port, true)];
  process.stdout.write(
    [
      `film in the voice without a canceller: ${without.toFixed(1)} dB of full scale`,
      `with the browser's canceller: ${cancelled.toFixed(1)} dB of full scale`,
      `leak: ${(cancelled - without).toFixed(1)} dB (goal: ${GOAL_DB} dB)`,
      '',
    ].join('\n'),
  );
} finally {
  for (const end of endings.reverse()) await end();
}

/** A film whose sound is loud at every frequency, with pauses as between words. @param {string} file */
function makeFilm(file) {
  const sound = `anoisesrc=color=pink:amplitude=0.5:seed=7:sample_rate=${RATE}:duration=${FILM_SECONDS},tremolo=f=3:d=0.9`;
  const picture = `testsrc2=size=320x180:rate=25:duration=${FILM_SECONDS}`;
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-movflags', '+faststart', '-shortest'];
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound, ...codecs, file]);
}

/** The loudspeaker, the microphone and the room. @returns {Promise<NodeJS.ProcessEnv>} how programs reach them */
async function startSound() {
  const socket = join(folder, 'sound.socket');
  const env = { ...process.env, PULSE_SERVER: `unix:${socket}`, HOME: folder, XDG_RUNTIME_DIR: folder };
  const modules = [
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    `module-null-sink sink_name=loudspeaker rate=${RATE}`,
    `module-null-sink sink_name=air rate=${RATE}`,
    // Chromium takes no monitor of a sink for a microphone.
    'module-remap-source source_name=microphone master=air.monitor',
  ];
  const options = ['-n', '--log-level=error', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1'];
  start('pulseaudio', [...options, ...modules.flatMap((one) => ['-L', one])], env);
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      execFileSync('pactl', ['info'], { env, stdio: 'ignore' });
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  for (const { ms } of ECHOES)
    execFileSync(
      'pactl',
      [
        'load-module',
        'module-loopback',
        'source=loudspeaker.monitor',
        'sink=air',
        'adjust_time=0',
        `latency_msec=${ms}`,
      ],
      { env },
    );
  const inputs = execFileSync('pactl', ['list', 'short', 'sink-inputs'], { env, encoding: 'utf8' }).trim().split('\n');
  for (const [n, { db }] of ECHOES.entries())
    execFileSync('pactl', ['set-sink-input-volume', inputs[n].split('\t')[0], `${db}dB`], { env });
  return { ...env, PULSE_SINK: 'loudspeaker', PULSE_SOURCE: 'microphone' };
}

/** @param {string} program @param {string[]} options @param {NodeJS.ProcessEnv} env */
function start(program, options, env) {
  const child = spawn(program, options, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  endings.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
}

/** The loudness of the film in the host's voice, where the other person hears it. @param {NodeJS.ProcessEnv} sound @param {number} filmPort @param {boolean} cancels */
async function leak(sound, filmPort, cancels) {
  const listening = await chromium.launch({
    executablePath: executable('chromium'),
    args: [...VOICE_ARGUMENTS, '--use-fake-device-for-media-stream'],
  });
  const playing = await chromium.launch({
    executablePath: executable('chromium'),
    args: VOICE_ARGUMENTS,
    ignoreDefaultArgs: ['--mute-audio'],
    env: sound,
  });
  try {
    const [host, mia] = [await person(playing, { echoCancellation: cancels }), await person(listening, {})];
    const link = await makeRoom(host);
    await addFilmByLink(host, `http://127.0.0.1:${filmPort}/film.mp4`);
    await joinAsGuest(mia, link, 'Mia');
    await pressPlay(host);
    await untilFilm(host, 'moves');
    await joinVoice(host);
    await joinVoice(mia);
    await host.keyboard.down('v');
    await mia.waitForFunction(() => document.querySelector('audio')?.srcObject);
    await mia.waitForTimeout(LEARN_MS);
    return await loudness(mia);
  } finally {
    await Promise.all([playing.close(), listening.close()]);
  }
}

/** @param {import('playwright-core').Browser} browser @param {{ echoCancellation?: boolean }} settings */
async function person(browser, settings) {
  const context = await browser.newContext({ baseURL: process.env['BASE_URL'] });
  const page = await context.newPage();
  // Held all the time, so that no gate hides what the microphone takes; and the film stays as loud as it is.
  const all = { mode: 'push_to_talk', duckDb: 0, noiseSuppression: false, autoGainControl: false, ...settings };
  await page.addInitScript((own) => localStorage.setItem('syncwatch.voice', JSON.stringify(own)), all);
  return page;
}

/** In dB of full scale. @param {Page} page @returns {Promise<number>} */
function loudness(page) {
  return page.evaluate(async (forMs) => {
    const voice = /** @type {MediaStream} */ (document.querySelector('audio')?.srcObject);
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 32_768 });
    context.createMediaStreamSource(voice).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const stepMs = (1000 * samples.length) / context.sampleRate;
    let [power, count] = [0, 0];
    for (const end = performance.now() + forMs; performance.now() < end; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, stepMs));
      analyser.getFloatTimeDomainData(samples);
      power += samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    }
    await context.close();
    return 10 * Math.log10(Math.max(power / count, 1e-12));
  }, LISTEN_MS);
}
