// `make dev`: SyncWatch in one terminal. Builds and starts it, rebuilds and restarts it when a source file is saved, and
// serves the web client with hot reload in front, on http://localhost:5173. Data stay in data/dev.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '..'));
const SOURCES = /\.(rs|proto|sql|lua|toml)$/;
const FOLDERS = [
  'proto',
  'crates',
  'auth-svc',
  'room-svc',
  'sync-svc',
  'media-svc',
  'media-edge',
  'transcode-worker',
  'voice-svc',
  'gateway',
  'syncwatch',
];
const LISTEN = process.env.SYNCWATCH_GATEWAY__LISTEN ?? '127.0.0.1:8080';
const DEBOUNCE_MS = 200;

/** @type {import('node:child_process').ChildProcess | null} */
let server = null;
let isBuilding = false;
let isStale = false;
let isStopping = false;

/** @param {string} text */
const say = (text) => console.log(`dev: ${text}`);

async function stopServer() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  await once(server, 'exit');
}

/** Builds until the sources stand still, then replaces the running server. A failed build leaves it running. */
async function rebuild() {
  isStale = true;
  if (isBuilding) return;
  isBuilding = true;
  while (isStale && !isStopping) {
    isStale = false;
    say('building');
    const [code] = await once(
      spawn('cargo', ['build', '--quiet', '--workspace', '--bin', 'syncwatch', '--bin', 'transcode-worker'], {
        stdio: 'inherit',
      }),
      'exit',
    );
    if (code !== 0) say('the build failed; the last version keeps running');
    if (code !== 0 || isStale || isStopping) continue;
    await stopServer();
    const args = ['up', '--listen', LISTEN, '--data-dir', 'data/dev'];
    server = spawn('target/debug/syncwatch', args, { stdio: 'inherit' });
  }
  isBuilding = false;
}

/** @type {NodeJS.Timeout | undefined} */
let timer;
/** @type {import('node:fs').WatchListener<string>} */
const changed = (_event, file) => {
  if (file && !SOURCES.test(file)) return;
  clearTimeout(timer);
  timer = setTimeout(rebuild, DEBOUNCE_MS);
};
for (const folder of FOLDERS.filter((folder) => existsSync(folder))) watch(folder, { recursive: true }, changed);
watch('config.default.toml', changed);

await rebuild();
const env = { ...process.env, SYNCWATCH_URL: `http://${LISTEN}` };
const page = spawn('npm', ['--prefix', 'web', 'run', 'dev'], { stdio: 'inherit', env });

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    isStopping = true;
    page.kill('SIGTERM');
    await stopServer();
    process.exit(0);
  });
}
