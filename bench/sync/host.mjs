// The host of the film: serves the files of one folder, with ranges and CORS.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

/** @type {Record<string, string>} */
const TYPES = { '.mp4': 'video/mp4', '.m3u8': 'application/vnd.apple.mpegurl', '.ts': 'video/mp2t' };

/** @param {string} folder */
export async function startHost(folder) {
  const server = http.createServer((request, response) => {
    answer(folder, request, response).catch(() => response.writeHead(404).end());
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {string} folder @param {http.IncomingMessage} request @param {http.ServerResponse} response */
async function answer(folder, request, response) {
  const file = path.join(folder, path.basename(new URL(request.url ?? '/', 'http://host').pathname));
  const { size } = await stat(file);
  const headers = {
    'access-control-allow-origin': '*',
    'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=3600',
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = Math.min(size - 1, range?.[2] ? Number(range[2]) : size - 1);
  if (from > to) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end();
    return;
  }
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'content-length': to - from + 1,
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file, { start: from, end: to })
      .on('error', () => response.destroy())
      .pipe(response);
}
