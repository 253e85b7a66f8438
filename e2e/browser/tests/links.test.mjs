// Links to hosts with faults, to sound, and with start times: what people see before and after they add one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';
import { joinAsGuest, makeRoom, pressPlay, untilFilm, untilFilmAt, untilTogether } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {string} link */
async function paste(page, link) {
  await page.getByRole('main').getByLabel('Link to a video').fill(link);
}

/** @param {Page} page @param {string} text */
async function told(page, text) {
  await page.getByRole('main').getByRole('status').getByText(text).first().waitFor();
}

/** @param {Page} page @param {RegExp} text */
async function refused(page, text) {
  await page.getByRole('main').getByRole('alert').getByText(text).waitFor();
}

/** @param {Page} page */
async function add(page) {
  await page.getByRole('main').getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

test('a pasted link says how it will play, and begins at its start time', async (t) => {
  const { open, faults } = await people(t);
  const host = await mediaHost(t);
  const page = await open('host');
  await makeRoom(page);
  // Cases L1 and L2: a link from a mail, without a scheme.
  await paste(page, `<${host.replace('http://', '')}/films/film.mp4#t=20>.`);
  await told(page, 'Plays for everyone');
  await told(page, 'Starts at 0:20');
  await add(page);
  await untilFilmAt(page, 20);
  await page.getByRole('tab', { name: /Up next/ }).click();
  await page.getByRole('list', { name: 'Up next' }).getByText('starts at 0:20').waitFor();
  await pressPlay(page);
  await untilFilm(page, 'moves');
  assert.ok((await page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)) >= 20);
  assert.deepEqual(faults, []);
});

test('a host without ranges is shown before adding, and jumps are disabled after it', async (t) => {
  // Case L6.
  const { open, faults } = await people(t);
  const host = await mediaHost(t);
  const page = await open('host');
  await makeRoom(page);
  await paste(page, `${host}/no-ranges/film.mp4`);
  await told(page, 'Plays for everyone, without jumps');
  await told(page, 'nobody can jump in it');
  await add(page);
  await untilFilm(page, 'stands');
  assert.ok(await page.getByRole('slider', { name: 'Position, for everyone' }).isDisabled());
  assert.ok(await page.getByRole('button', { name: 'Forward 10 seconds' }).isDisabled());
  await page.getByRole('group', { name: 'Player' }).getByText('nobody can jump in it').waitFor();
  await pressPlay(page);
  await untilFilm(page, 'moves');
  assert.deepEqual(faults, []);
});

test('a link that cannot be played is refused with the reason and a remedy', async (t) => {
  const { open, faults } = await people(t);
  const host = await mediaHost(t);
  const page = await open('host');
  await makeRoom(page);
  const main = page.getByRole('main');
  // Case L4.
  await paste(page, `${host}/live.m3u8`);
  await refused(page, /live stream/);
  await main.getByRole('link', { name: 'Open the site' }).waitFor();
  // Case L7.
  await paste(page, `${host}/gone.mp4`);
  await refused(page, /404/);
  assert.equal(await main.getByRole('button', { name: 'Add anyway' }).count(), 0);
  await paste(page, 'https://www.netflix.com/watch/81234567');
  await refused(page, /Netflix protects its films with DRM/);
  // Case L8: the host answers browsers but not the check. Uses only the keyboard.
  await paste(page, `${host}/refusing/film.mp4`);
  await refused(page, /403/);
  await main.getByRole('button', { name: 'Add anyway' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await pressPlay(page);
  await untilFilm(page, 'moves');
  assert.deepEqual(faults, []);
});

test('a song plays for both at the same place, under a title that people can change', async (t) => {
  // Cases L10 and L11.
  const { open, faults } = await people(t);
  const host = await mediaHost(t);
  const page = await open('host');
  const link = await makeRoom(page);
  const mia = await open('mia', { viewport: { width: 390, height: 844 } });
  await joinAsGuest(mia, link, 'Mia');
  await paste(page, `${host}/song.mp3`);
  await told(page, 'Sound only');
  await add(page);
  await Promise.all([page, mia].map((each) => each.getByTestId('sound-card').waitFor()));
  await pressPlay(page);
  await Promise.all([untilFilm(page, 'moves'), untilFilm(mia, 'moves')]);
  await untilTogether([page, mia], 0.15);

  await page.getByRole('tab', { name: /Up next/ }).click();
  await page.getByRole('button', { name: /^Actions for / }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const field = page.getByRole('textbox', { name: /^New title/ });
  await field.fill('Sine in A');
  await page.keyboard.press('Enter');
  await Promise.all([page, mia].map((each) => each.getByTestId('sound-card').getByText('Sine in A').waitFor()));
  await page.getByRole('button', { name: 'Actions for Sine in A' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Sine in A' }).waitFor();
  assert.deepEqual(faults, []);
});
