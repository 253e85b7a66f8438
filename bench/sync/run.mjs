// `make bench-sync`: measures the skew between real browsers that watch one film behind different lines. ../README.md
// describes the method.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCost } from './cost.mjs';
import { makeFilm } from './film.mjs';
import { startHost } from './host.mjs';
import { measure } from './measure.mjs';
import { PROFILES } from './profiles.mjs';
import { markdown, write } from './report.mjs';
import { extraSeconds, play } from './scenario.mjs';
import { startSystem } from './system.mjs';
import { playTen } from './ten.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LINKS = { mp4: 'film.mp4', hls: 'film.m3u8' };

/** The person with Firefox, where it is requested. */
const FIREFOX = 2;
/** Above this load of the machine before a run, its results are not valid. */
const QUIET = 0.1;

const options = read();
const film = await makeFilm(`${ROOT}.cache/bench-sync`, Math.ceil(options.minutes * 60 + extraSeconds(options.joins)));
const host = await startHost(film);
const busyBefore = await busyNow();
if (busyBefore > QUIET)
  process.stderr.write(
    `this machine is ${Math.round(busyBefore * 100)} % busy with something else: what follows will tell of that, too\n`,
  );
const system = await startSystem(options.program).catch(async (error) => {
  await host.close();
  throw error;
});
try {
  /** @type {import('./report.mjs').Run[]} */
  const runs = [];
  let browser = '';
  const links = Object.fromEntries(
    options.formats.map((format) => [format, `http://127.0.0.1:${host.port}/${LINKS[format]}`]),
  );
  const ports = { app: system.port, film: host.port };
  for (const format of options.ten ? [] : options.formats) {
    process.stderr.write(`${format}: what the page costs beside the film alone\n`);
    const cost = await orInterrupted(measureCost({ app: system.port, link: links[format] }));
    const before = processorTimes();
    const played = await orInterrupted(
      play({
        minutes: options.minutes,
        joins: options.joins,
        link: links[format],
        ports,
        profiles: PROFILES.slice(0, options.pages),
        firefox: options.firefox ? FIREFOX : null,
        say: (text) => process.stderr.write(`${format}: ${text}\n`),
      }),
    );
    const after = processorTimes();
    browser = played.browser;
    runs.push({
      format,
      busy: (after.busy - before.busy) / (after.all - before.all),
      cost,
      ten: null,
      ...measure(played),
    });
    if (options.raw) {
      await mkdir(options.raw, { recursive: true });
      await writeFile(`${options.raw}/${format}.json`, JSON.stringify(played));
    }
  }
  for (const format of options.ten ? options.formats : []) {
    const before = processorTimes();
    const played = await orInterrupted(
      playTen({
        minutes: options.minutes,
        link: links[format],
        ports,
        say: (text) => process.stderr.write(`${format}: ${text}\n`),
      }),
    );
    const after = processorTimes();
    browser = played.browser;
    const { droppedShare, browserShare } = played;
    const measured = measure(played);
    // Ten pages share one line, so the bytes of one person are not known.
    const people = measured.people.map((one) => ({
      ...one,
      traffic: { ...one.traffic, upBytesPerSecond: null, downBytesPerSecond: null },
    }));
    runs.push({
      format,
      busy: (after.busy - before.busy) / (after.all - before.all),
      cost: null,
      ten: { droppedShare, browserShare },
      ...measured,
      people,
    });
  }
  const results = {
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    browser,
    machine: { cores: os.cpus().length, model: os.cpus()[0]?.model ?? 'unknown', busyBefore },
    options: {
      minutes: options.minutes,
      pages: options.pages,
      joins: options.joins,
      firefox: options.firefox,
      ten: options.ten,
    },
    runs,
  };
  await write(options.out, options.ten ? 'ten' : 'sync', results);
  process.stdout.write(markdown(results));
} catch (error) {
  process.stderr.write(`the measurement failed: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
} finally {
  await system.stop();
  await host.close();
  // The browsers of an abandoned run would keep this process alive; they end with it.
  process.exit();
}

/** Ends the run in order on Ctrl-C. @template T @param {Promise<T>} run @returns {Promise<T>} */
function orInterrupted(run) {
  return new Promise((resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Error(`ended by ${signal}`)));
    run.then(resolve, reject);
  });
}

function read() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      pages: { type: 'string', default: '4' },
      format: { type: 'string', multiple: true, default: Object.keys(LINKS) },
      joins: { type: 'string', default: '3' },
      firefox: { type: 'boolean', default: false },
      // Ten people on this machine, instead of the other measurements.
      ten: { type: 'boolean', default: false },
      program: { type: 'string', default: `${ROOT}target/release/syncwatch` },
      out: { type: 'string', default: `${ROOT}bench/results` },
      // All recordings, for analysis.
      raw: { type: 'string' },
    },
  });
  const formats = values.format.map((format) => {
    if (!(format in LINKS)) throw new Error(`--format is ${Object.keys(LINKS).join(' or ')}, not ${format}`);
    return /** @type {keyof typeof LINKS} */ (format);
  });
  if (!existsSync(values.program)) throw new Error(`there is no ${values.program}: \`make build\` makes it`);
  if (values.firefox && Number(values.pages) <= FIREFOX)
    throw new Error(`--firefox needs --pages ${FIREFOX + 1} or more`);
  return {
    minutes: number('minutes', values.minutes, 0.5, 15),
    pages: number('pages', values.pages, 2, PROFILES.length),
    joins: number('joins', values.joins, 0, 20),
    firefox: values.firefox,
    ten: values.ten,
    formats,
    program: values.program,
    out: values.out,
    raw: values.raw,
  };
}

/** @param {string} name @param {string} text @param {number} least @param {number} most */
function number(name, text, least, most) {
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new Error(`--${name} is a number from ${least} to ${most}, not ${text}`);
  return value;
}

async function busyNow() {
  const before = processorTimes();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const after = processorTimes();
  return (after.busy - before.busy) / (after.all - before.all);
}

function processorTimes() {
  let [busy, all] = [0, 0];
  for (const { times } of os.cpus()) {
    const sum = Object.values(times).reduce((total, ms) => total + ms, 0);
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}
