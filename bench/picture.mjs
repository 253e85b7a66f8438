// Sends a film while a page in Chromium waits for it in its room. Prints as JSON how long the first picture took from the answer to
// the request with the last byte, and each seek to a part that is not encoded until its picture, in milliseconds.
//
// node bench/picture.mjs FILM SECONDS REPEATS SEEKS; BASE_URL: the system, METRICS_URL: its metrics, STORE: the folder of its objects.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { people } from '../e2e/browser/lib/browser.mjs';
import { makeRoom, pressPlay, showControls, untilFilm } from '../e2e/browser/lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ atMs: number, mediaS: number }} Picture a picture that was presented, by the clock of the machine */
/** @typedef {{ url: string, headers: Record<string, string> }} Upload */

const [path = '', ...numbers] = process.argv.slice(2);
const [seconds = 0, repeats = 0, seeks = 0] = numbers.map(Number);
const base = process.env['BASE_URL'] ?? '';
/** Pictures from this much before the place until this much behind it are of it: the room may have gone on. */
const BEFORE_S = 1;
const BEHIND_S = 30;
const WITHIN_MS = 60_000;
/** The film plays so long before a seek, and after it. */
const PLAY_MS = 2_000;
/** The first two segments last 2 seconds, the others 6. */
const segmentAt = (/** @type {number} */ atS) => (atS < 4 ? Math.floor(atS / 2) : 2 + Math.floor((atS - 4) / 6));

const film = await readFile(path);
/** @type {(() => Promise<void>)[]} */
const endings = [];
const { open } = await people({ name: 'picture', after: (end) => endings.push(end) });
/** @type {{ firstPictureMs: number[], seekMs: number[] }} */
const measured = { firstPictureMs: [], seekMs: [] };
try {
  // The first one fills the caches of the browser.
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const { firstPictureMs, seekMs } = await once();
    process.stderr.write(
      `${repeat}: ${Math.round(firstPictureMs)} ms, seeks ${seekMs.map(Math.round).join(', ')} ms\n`,
    );
    if (repeat === 0) continue;
    measured.firstPictureMs.push(firstPictureMs);
    measured.seekMs.push(...seekMs);
  }
  process.stdout.write(JSON.stringify(measured));
} finally {
  for (const end of endings) await end();
}

async function once() {
  const page = await open('host');
  await page.addInitScript(notePictures);
  const authorized = page.waitForRequest((request) => 'authorization' in request.headers());
  const [link, request] = await Promise.all([makeRoom(page), authorized]);
  const headers = { authorization: request.headers()['authorization'] ?? '' };
  /** Path of the film's objects in the store. @type {string | undefined} */
  let objects;
  page.on('request', (sent) => {
    objects ??= /\/media\/(hls)\/[^/]+\/([^/]+\/\d+)\//.exec(sent.url())?.slice(1).join('/');
  });
  const upload = await begin(headers);
  const room = new URL(link).pathname.split('/').at(-1);
  const item = { uploadId: upload.url.split('/').at(-1) };
  await json('POST', `/api/rooms/${room}/playlist`, headers, item);
  await page.getByRole('heading', { name: 'isn’t ready yet' }).waitFor();
  const sentMs = await append(upload);
  const first = await picture(page, () => true);
  const seekMs = [];
  if (seeks > 0) {
    await pressPlay(page);
    await untilFilm(page, 'moves');
  }
  for (let number = 0; number < seeks; number += 1) {
    await page.waitForTimeout(PLAY_MS);
    // Backwards, since the film is encoded forwards. Not where a segment begins.
    const toS = Math.floor(seconds * (0.75 - number * 0.25)) + 2.5;
    const segments = ['v0', 'v1', 'v2', 'v3'].map(
      (name) => `${process.env['STORE']}/${objects}/${name}/${segmentAt(toS)}.m4s`,
    );
    if (!objects || segments.some((segment) => existsSync(segment))) throw new Error(`${toS} s is encoded already`);
    await showControls(page);
    const slider = page.getByRole('slider', { name: 'Position, for everyone' });
    await slider.focus();
    const askedMs = Date.now();
    await slider.fill(String(Math.round(toS * 10) * 100));
    await slider.press('Shift');
    const isThere = (/** @type {number} */ atS) => atS > toS - BEFORE_S && atS < toS + BEHIND_S;
    const shown = await picture(page, ({ atMs, mediaS }) => atMs > askedMs && isThere(mediaS));
    seekMs.push(shown.atMs - askedMs);
  }
  await page.close();
  const gone = await fetch(upload.url, { method: 'DELETE', headers: upload.headers });
  if (!gone.ok) throw new Error(`the upload is not deleted: ${gone.status}`);
  await untilIdle();
  return { firstPictureMs: first.atMs - sentMs, seekMs };
}

/** Runs in the page: notes each picture of every film that the page shows. */
function notePictures() {
  /** @type {Picture[]} */
  const pictures = [];
  Object.assign(window, { pictures });
  const known = new WeakSet();
  const look = () => {
    for (const video of document.querySelectorAll('video')) {
      if (known.has(video)) continue;
      known.add(video);
      /** @type {VideoFrameRequestCallback} */
      const note = (_now, { mediaTime }) => {
        pictures.push({ atMs: Date.now(), mediaS: mediaTime });
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

/** The first picture of its kind. @param {Page} page @param {(picture: Picture) => boolean} isWanted */
async function picture(page, isWanted) {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    /** @type {Picture[]} */
    const pictures = await page.evaluate(() => /** @type {any} */ (window).pictures);
    const found = pictures.find(isWanted);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no picture within ${WITHIN_MS / 1_000} s`);
    await page.waitForTimeout(20);
  }
}

/** @param {Record<string, string>} person @returns {Promise<Upload>} */
async function begin(person) {
  const headers = { ...person, 'tus-resumable': '1.0.0' };
  const metadata = `filename ${btoa('film.mp4')},filetype ${btoa('video/mp4')}`;
  const answer = await fetch(`${base}/media/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(film.length), 'upload-metadata': metadata },
  });
  if (answer.status !== 201) throw new Error(`the upload does not begin: ${answer.status} ${await answer.text()}`);
  return { url: new URL(answer.headers.get('location') ?? '', base).href, headers };
}

/** Sends the film. Returns when the answer came. @param {Upload} upload */
async function append({ url, headers }) {
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: film,
  });
  const atMs = Date.now();
  if (answer.status !== 204) throw new Error(`the film is not taken: ${answer.status} ${await answer.text()}`);
  return atMs;
}

/** Waits until no encoder runs, so that the next film has the machine for itself. */
async function untilIdle() {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const metrics = await (await fetch(process.env['METRICS_URL'] ?? '')).text();
    const active = /^syncwatch_transcoding_active (\d+)/m.exec(metrics)?.[1];
    if (active === '0') return;
    if (Date.now() > deadline) throw new Error('the encoders do not end');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @param {string} method @param {string} to @param {Record<string, string>} headers @param {object} body */
async function json(method, to, headers, body) {
  const answer = await fetch(`${base}${to}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
