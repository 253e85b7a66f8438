// Serves the files of a folder on the loopback interface, to pages of every origin.
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const TYPES = { m3u8: 'application/vnd.apple.mpegurl', mp4: 'video/mp4', m4s: 'video/iso.segment', vtt: 'text/vtt' };

/**
 * The folder is deleted after the test.
 * @param {import('node:test').TestContext} test @param {string} folder
 * @returns {Promise<{ url: string, asked: string[] }>} its address, and the names of the files that pages asked for
 */
export async function serveFolder(test, folder) {
  /** @type {string[]} */
  const asked = [];
  const server = createServer(async (request, response) => {
    const name = new URL(request.url ?? '/', 'http://host').pathname.slice(1);
    const body = /^[\w.-]+$/.test(name) ? await readFile(join(folder, name)).catch(() => null) : null;
    const type = TYPES[/** @type {keyof typeof TYPES} */ (name.split('.').at(-1))];
    const headers = { 'Content-Type': type ?? 'text/plain', 'Access-Control-Allow-Origin': '*' };
    if (request.method === 'GET' && request.headers['sec-fetch-mode']) asked.push(name);
    response.writeHead(body ? 200 : 404, headers).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  test.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the host has no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}
