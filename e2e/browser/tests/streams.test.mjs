// Quality, sound and subtitles of a stream: each viewer chooses for themselves, and the room does not notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import {
  addFilmByLink,
  joinAsGuest,
  makeRoom,
  pressOverFilm,
  pressPlay,
  untilFilm,
  untilFilmAt,
  untilTogether,
} from '../lib/room.mjs';
import { streamHost } from '../lib/streamHost.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Waits until the picture has a height. @param {Page} page @param {number} height */
async function untilHeight(page, height) {
  await page.waitForFunction((wanted) => document.querySelector('video')?.videoHeight === wanted, height);
}

/** Waits until a player has asked for a file with such a name. @param {string[]} asked @param {RegExp} name */
async function untilAsked(asked, name) {
  const deadline = Date.now() + 20_000;
  while (!asked.some((one) => name.test(one))) {
    if (Date.now() > deadline) throw new Error(`nobody asks for ${name}: ${asked}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param {Page} page @param {number} ms */
async function jumpTo(page, ms) {
  await page.getByRole('slider', { name: 'Position, for everyone' }).fill(String(ms));
  await page.keyboard.press('Shift');
}

test('a viewer chooses the quality and the sound of a stream for themselves', async (t) => {
  const { open, faults } = await people(t);
  const { url, asked } = await streamHost(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addFilmByLink(host, `${url}/master.m3u8`);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await untilFilmAt(mia, 0);

  await pressOverFilm(mia, 'Playback options');
  await mia.getByLabel('Quality, for you').selectOption('180p');
  await mia.getByRole('radio', { name: 'English' }).check({ force: true });
  await mia.keyboard.press('Escape');
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  await jumpTo(host, 30_000);
  await untilHeight(mia, 180);
  await untilTogether([host, mia], 0.5);
  // Her sound is English, and his is still the default.
  await untilAsked(asked, /^en-1[4-7]\.m4s$/);
  await untilAsked(asked, /^de-1[45]\.m4s$/);

  // Case M36: the choice is kept, and no sample of the other language is heard at the start.
  asked.length = 0;
  await host.close();
  await mia.reload();
  await untilFilm(mia, 'moves');
  assert.ok(asked.some((name) => name.startsWith('en-')));
  assert.deepEqual(
    asked.filter((name) => /^de-\d/.test(name)),
    [],
  );
  await pressOverFilm(mia, 'Playback options');
  assert.equal(await mia.getByLabel('Quality, for you').inputValue(), '180');
  assert.ok(await mia.getByRole('radio', { name: 'English' }).isChecked());
  assert.deepEqual(faults, []);
});

test('subtitles of a stream are drawn like all others, as text', async (t) => {
  const { open, faults } = await people(t);
  const { url } = await streamHost(t);
  const page = await open('host');
  await makeRoom(page);
  /** @type {string[]} */
  const strange = [];
  page.on('request', (request) => request.url().includes('x.test') && strange.push(request.url()));
  await addFilmByLink(page, `${url}/master.m3u8`);
  assert.equal(await page.getByTestId('subtitles').count(), 0);
  await pressOverFilm(page, 'Captions, for you');
  await page.getByRole('radio', { name: 'English' }).check({ force: true });
  await page.keyboard.press('Escape');
  await page.getByTestId('subtitles').getByText('I thought you had sold the boat.').waitFor();
  await jumpTo(page, 25_000);
  // Case M22.
  await page.getByTestId('subtitles').getByText('Who says so?', { exact: true }).waitFor();
  assert.deepEqual(strange, []);

  // Case M38: native full screen, as on an iPhone, shows the captions of the browser, and they are gone afterwards.
  const modes = () =>
    page.evaluate(() =>
      [...(document.querySelector('video')?.textTracks ?? [])]
        .filter(({ label }) => label === 'SyncWatch')
        .map(({ mode }) => mode),
    );
  await page.evaluate(() => document.querySelector('video')?.dispatchEvent(new Event('webkitbeginfullscreen')));
  assert.deepEqual(await modes(), ['showing']);
  await page.evaluate(() => document.querySelector('video')?.dispatchEvent(new Event('webkitendfullscreen')));
  assert.deepEqual(await modes(), ['disabled']);
  await pressOverFilm(page, 'Captions, for you');
  await page.getByText('Off', { exact: true }).click();
  await page.getByTestId('subtitles').waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
