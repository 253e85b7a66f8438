// A host of films and sound on the loopback interface, with the faults of real hosts. ffmpeg makes the files.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TYPES = { mp4: 'video/mp4', mp3: 'audio/mpeg', m3u8: 'application/vnd.apple.mpegurl' };
const PICTURE = [
  '-f',
  'lavfi',
  '-i',
  'testsrc2=size=320x180:rate=25',
  '-f',
  'lavfi',
  '-i',
  'sine=frequency=440:sample_rate=48000',
  '-t',
  '60',
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-g',
  '25',
  '-c:a',
  'aac',
  '-movflags',
  '+faststart',
];
const SOUND = [
  '-f',
  'lavfi',
  '-i',
  'sine=frequency=440:sample_rate=48000',
  '-t',
  '60',
  '-c:a',
  'libmp3lame',
  '-b:a',
  '64k',
];

/**
 * Starts a host with `film.mp4` and `song.mp3`, a minute long each. Below `/no-ranges/` it sends whole files only, below
 * `/refusing/` it answers 403 to the server's check, and `/status/NNN` answers with that status.
 * @param {import('node:test').TestContext} test
 * @returns {Promise<string>} its address, without a slash at the end
 */
export async function mediaHost(test) {
  const folder = await mkdtemp(join(tmpdir(), 'sw-media-'));
  execFileSync('ffmpeg', ['-v', 'error', ...PICTURE, join(folder, 'film.mp4')]);
  execFileSync('ffmpeg', ['-v', 'error', ...SOUND, join(folder, 'song.mp3')]);
  /** @type {Record<string, Buffer>} */
  const files = {
    'film.mp4': await readFile(join(folder, 'film.mp4')),
    'song.mp3': await readFile(join(folder, 'song.mp3')),
  };
  const live = Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n');
  const server = createServer((request, response) => {
    const parts = new URL(request.url ?? '/', 'http://host').pathname.split('/').filter(Boolean);
    const name = parts.at(-1) ?? '';
    const file = name === 'live.m3u8' ? live : files[name];
    const refuses = parts[0] === 'refusing' && /SyncWatch/.test(request.headers['user-agent'] ?? '');
    if (parts[0] === 'status' || refuses || !file) {
      response.writeHead(refuses ? 403 : Number(parts[0] === 'status' ? parts[1] : 404)).end();
      return;
    }
    const type = TYPES[/** @type {keyof typeof TYPES} */ (name.split('.').at(-1))];
    const common = { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' };
    const range = parts[0] === 'no-ranges' ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) {
      const ranges = parts[0] === 'no-ranges' ? {} : { 'Accept-Ranges': 'bytes' };
      response.writeHead(200, { ...common, ...ranges, 'Content-Length': file.length }).end(file);
      return;
    }
    const first = Number(range[1]);
    const last = Math.min(range[2] ? Number(range[2]) : file.length - 1, file.length - 1);
    const headers = {
      ...common,
      'Content-Range': `bytes ${first}-${last}/${file.length}`,
      'Content-Length': last - first + 1,
    };
    response.writeHead(206, headers).end(file.subarray(first, last + 1));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  test.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the media host has no port');
  return `http://127.0.0.1:${address.port}`;
}
