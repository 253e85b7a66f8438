// tus-js-client, the client with which every server is judged, against ours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import tus from 'tus-js-client';
import { baseUrl } from '../lib/browser.mjs';

const MIB = 1024 * 1024;
const endpoint = `${baseUrl()}/media/uploads`;

const folder = mkdtempSync(join(tmpdir(), 'sw-tus-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'film.mp4');
const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '2'];
execFileSync('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', path]);
const real = readFileSync(path);

/** A film of this size: a real one, since it is examined while it is sent, and a box that players skip. @param {number} size */
function film(size) {
  const rest = Buffer.alloc(size - real.length);
  for (let at = 0, block = 0; at < rest.length; at += 32, block += 1) {
    createHash('sha256').update(String(block)).digest().copy(rest, at);
  }
  rest.writeUInt32BE(rest.length);
  rest.write('free', 4, 'latin1');
  return Buffer.concat([real, rest]);
}

/** The token of a new guest. */
async function guest() {
  const answer = await fetch(`${baseUrl()}/api/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Tus' }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).session.accessToken;
}

/** @param {string} token @param {string} id */
async function upload(token, id) {
  const answer = await fetch(`${baseUrl()}/api/uploads/${id}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()).upload;
}

/**
 * Sends a file, and resolves with the upload when it is complete.
 * @param {ConstructorParameters<typeof tus.Upload>[0]} file
 * @param {string} token
 * @param {Partial<import('tus-js-client').UploadOptions>} options
 */
function send(file, token, options = {}) {
  return new Promise((resolve, reject) => {
    const sending = new tus.Upload(file, {
      endpoint,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { filename: 'Film é.mp4', filetype: 'video/mp4' },
      retryDelays: [0, 50, 100],
      onSuccess: () => resolve(sending),
      onError: reject,
      ...options,
    });
    sending.start();
  });
}

/** @param {string | null} url */
const idOf = (url) => String(url).split('/').at(-1) ?? '';

test('a file in one request, in chunks, with its first bytes, and in parallel', async () => {
  const token = await guest();
  const bytes = film(20 * MIB + 3);
  /** @type {Partial<import('tus-js-client').UploadOptions>[]} */
  const ways = [{}, { chunkSize: 3 * MIB }, { uploadDataDuringCreation: true, chunkSize: 5 * MIB }];
  for (const way of ways) {
    const sent = await send(bytes, token, way);
    const { sizeBytes, receivedBytes, filename } = await upload(token, idOf(sent.url));
    assert.deepEqual([sizeBytes, receivedBytes, filename], [String(bytes.length), String(bytes.length), 'Film é.mp4']);
    await sent.abort(true);
  }
  const parallel = await send(bytes, await guest(), { parallelUploads: 3 });
  assert.ok(parallel.url);
});

test('a stream of unknown length, in chunks', async () => {
  const token = await guest();
  const chunkSize = 3 * MIB;
  // Its last chunk is shorter: tus-js-client 4.3 waits for ever, without a request, for the end of a stream that is a multiple of
  // chunks, and of one in object mode.
  const bytes = film(4 * chunkSize + 5);
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  };
  const stream = Readable.from(pieces(), { objectMode: false });
  const sent = await send(stream, token, { uploadLengthDeferred: true, chunkSize });
  const { sizeBytes, receivedBytes } = await upload(token, idOf(sent.url));
  assert.deepEqual([sizeBytes, receivedBytes], [String(bytes.length), String(bytes.length)]);
});

test('an upload that is aborted goes on where it was, and can be terminated', async () => {
  const token = await guest();
  const bytes = film(12 * MIB);
  const url = await new Promise((resolve, reject) => {
    const sending = new tus.Upload(bytes, {
      endpoint,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { filename: 'film.mp4', filetype: 'video/mp4' },
      chunkSize: MIB,
      onChunkComplete: (_, accepted) => {
        if (accepted >= 5 * MIB) {
          void sending.abort().then(() => resolve(sending.url));
        }
      },
      onError: reject,
    });
    sending.start();
  });
  /** @type {number[]} */
  const seen = [];
  const sent = await send(bytes, token, {
    uploadUrl: url,
    onProgress: (at) => {
      seen.push(at);
    },
  });
  assert.ok(Math.min(...seen) >= 5 * MIB, 'nothing is sent twice');
  assert.equal((await upload(token, idOf(sent.url))).receivedBytes, String(bytes.length));
  await tus.Upload.terminate(String(sent.url), { headers: { Authorization: `Bearer ${token}` } });
  const gone = await fetch(`${baseUrl()}/api/uploads/${idOf(sent.url)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(gone.status, 404);
});

test('a refusal reaches the person with its reason', async () => {
  const token = await guest();
  const zip = Buffer.from('PK\x03\x04 this is no film');
  const refused = await send(zip, token, { retryDelays: [] }).then(
    () => assert.fail('a zip was taken'),
    (error) => error,
  );
  assert.equal(refused.originalResponse.getStatus(), 415);
  assert.match(refused.originalResponse.getBody(), /MIME_MISMATCH/);
});
