// Case M37: streams whose end is odd. Everyone moves to the next item, once. (On an idle machine 30 to 60 ms lie between.)
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { serveFolder } from '../lib/folderHost.mjs';
import { numbered, numberedFilms, tone } from '../lib/numberedFilms.mjs';
import { addFilmByLink, joinAsGuest, makeRoom, pressPlay, untilFilmAt } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {Awaited<ReturnType<typeof numberedFilms>>} Films */

const HLS = ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-sc_threshold', '0'];

/** One rendition with segments of 2 s. @param {Films} films @param {string} name @param {string[]} source */
function rendition({ encode }, name, source) {
  const segments = ['-hls_fmp4_init_filename', `${name}-init.mp4`, '-hls_segment_filename', `${name}-%d.m4s`];
  return encode(`${name}.m3u8`, [...source, ...HLS, ...segments]);
}

/** @param {Films} films @param {number} seconds */
function picture(films, seconds) {
  return rendition(films, 'picture', ['-f', 'lavfi', '-i', numbered(), '-t', `${seconds}`, ...X264]);
}

/** A stream whose sound is a rendition of its own. @param {Films} films @param {number} seconds @param {number} soundSeconds */
async function apart(films, seconds, soundSeconds) {
  picture(films, seconds);
  rendition(films, 'sound', ['-f', 'lavfi', '-i', tone(), '-t', `${soundSeconds}`, '-c:a', 'aac', '-ac', '2']);
  await films.write(
    'odd.m3u8',
    [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,URI="sound.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=320x180,CODECS="avc1.64001e,mp4a.40.2",AUDIO="a"',
      'picture.m3u8',
      '',
    ].join('\n'),
  );
}

/** @param {Films} films @param {number} seconds */
function whole(films, seconds) {
  const source = ['-f', 'lavfi', '-i', numbered(), '-f', 'lavfi', '-i', tone(), '-t', `${seconds}`, ...X264];
  return rendition(films, 'odd', [...source, '-c:a', 'aac', '-ac', '2']);
}

/** `seconds`: how long there is something to see. @type {{ name: string, seconds: number, make: (films: Films) => Promise<unknown> }[]} */
const ENDINGS = [
  { name: 'a last segment of 100 ms', seconds: 6.1, make: async (films) => whole(films, 6.1) },
  { name: 'sound that is 2 s longer than the picture', seconds: 6, make: (films) => apart(films, 6, 8) },
  { name: 'sound that is 2 s shorter than the picture', seconds: 8, make: (films) => apart(films, 8, 6) },
  {
    name: 'a playlist that claims 0.3 s more than there is',
    seconds: 6,
    async make(films) {
      const playlist = whole(films, 6);
      const text = await readFile(playlist, 'utf8');
      await writeFile(
        playlist,
        text.replace(/#EXTINF:([\d.]+),(?![\s\S]*#EXTINF)/, (_, last) => `#EXTINF:${+last + 0.3},`),
      );
    },
  },
];

/** Adds links behind what is on. @param {Page} page @param {string[]} links */
async function addBehind(page, links) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  const panel = page.getByRole('tabpanel', { name: /Up next/ });
  for (const [place, link] of links.entries()) {
    await panel.getByRole('textbox', { name: 'Link to a video' }).fill(link);
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('tab', { name: `Up next ${place + 2}` }).waitFor();
  }
}

/** Notes each film that the page shows, and how far it was seen. @param {Page} page */
async function noteFilms(page) {
  await page.evaluate(() => {
    window.films = [];
    /** @type {HTMLVideoElement | undefined} */
    let front;
    const look = () => {
      // The element in front is the last one. Either another takes its place, or it begins anew with the next film.
      const video = [...document.querySelectorAll('video')].at(-1);
      const seconds = video?.currentTime ?? 0;
      const film = window.films.at(-1);
      if (!film || video !== front || seconds < film.seconds - 1) {
        front = video;
        window.films.push({ seconds });
      } else {
        film.seconds = Math.max(film.seconds, seconds);
      }
      requestAnimationFrame(look);
    };
    look();
  });
}

for (const { name, seconds, make } of ENDINGS)
  test(`after ${name} everyone sees the next film, and no other`, async (t) => {
    const { open, faults } = await people(t);
    const films = await numberedFilms(t);
    await make(films);
    films.film('second.mp4', { seconds: 20 });
    films.film('third.mp4', { seconds: 20 });
    const { url } = await serveFolder(t, films.folder);
    const host = await open('host');
    const link = await makeRoom(host);
    await addFilmByLink(host, `${url}/odd.m3u8`);
    await addBehind(host, [`${url}/second.mp4`, `${url}/third.mp4`]);
    const mia = await open('mia');
    await joinAsGuest(mia, link, 'Mia');
    await untilFilmAt(mia, 0);
    await Promise.all([noteFilms(host), noteFilms(mia)]);
    await pressPlay(host);
    for (const page of [host, mia]) {
      await page.waitForFunction(() => (window.films.at(1)?.seconds ?? 0) > 1.5);
      const [odd, second, ...more] = await page.evaluate(() => window.films);
      assert.deepEqual(more, [], 'no film is begun twice');
      await page.getByRole('heading', { level: 1 }).locator('xpath=..').getByText('second', { exact: true }).waitFor();
      assert.ok(second && odd && odd.seconds > seconds - 0.6, `it went on at ${odd?.seconds} s`);
      assert.equal(await page.getByRole('status', { name: 'Loading' }).count(), 0);
    }
    assert.deepEqual(faults, []);
  });
