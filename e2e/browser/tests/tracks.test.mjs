// Subtitles and sound tracks: one adds them for all, each viewer chooses for themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';
import { pair, pressOverFilm, pressPlay, untilFilm, untilFilmAt } from '../lib/room.mjs';

const SRT = `1
00:00:00,000 --> 00:00:30,000
I thought you had <i>sold</i> the boat.

2
00:00:30,000 --> 00:01:00,000
Who says so?
`;

/** @param {import('playwright-core').Page} page */
async function openTracks(page) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  await page.getByRole('button', { name: 'Actions for Test film' }).click();
  await page.getByRole('menuitem', { name: 'Subtitles and sound' }).click();
  return page.getByRole('dialog', { name: 'Subtitles and sound' });
}

test('subtitles of a file are shown to who chooses them, later by a delay of their own', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  const dialog = await openTracks(host);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('alert').getByText('Choose a file, or paste a link').waitFor();
  await dialog.getByLabel('File (VTT, SRT, ASS)').setInputFiles({
    name: 'boat.srt',
    mimeType: 'application/x-subrip',
    buffer: Buffer.from(SRT),
  });
  await dialog.getByLabel('Name', { exact: true }).fill('English');
  await dialog.getByLabel('Language', { exact: true }).fill('en');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('status').getByText('English was added').waitFor();
  await host.keyboard.press('Escape');

  assert.equal(await mia.getByTestId('subtitles').count(), 0);
  await mia.getByRole('button', { name: 'Captions, for you' }).click();
  await mia.getByText('English', { exact: true }).click();
  await mia.getByTestId('subtitles').getByText('I thought you had sold the boat.').waitFor();
  assert.equal(await host.getByTestId('subtitles').count(), 0);

  // What is said at 0:30 comes 5 seconds later for Mia.
  await mia.getByRole('slider', { name: 'Captions come' }).fill('5000');
  await mia.keyboard.press('Escape');
  await host.getByRole('slider', { name: 'Position, for everyone' }).fill('33000');
  await host.keyboard.press('Shift');
  await untilFilmAt(mia, 33);
  await mia.getByTestId('subtitles').getByText('I thought you had sold the boat.').waitFor();
  await pressOverFilm(mia, 'Captions, for you');
  await mia.getByRole('button', { name: 'Reset' }).click();
  await mia.getByTestId('subtitles').getByText('Who says so?').waitFor();

  // The choice is kept.
  await mia.reload();
  await mia.getByTestId('subtitles').getByText('Who says so?').waitFor();

  // Case M25: who chose what is removed is told.
  const again = await openTracks(host);
  await again.getByRole('button', { name: 'Remove English' }).click();
  await mia.getByText('The captions “English” that you chose are not there any more.').first().waitFor();
  assert.equal(await mia.getByTestId('subtitles').count(), 0);
  assert.deepEqual(faults, []);
});

test('a sound track plays in the place of the film’s sound for who chooses it', async (t) => {
  const { open, faults } = await people(t);
  const at = await mediaHost(t);
  const { host, mia } = await pair(open);
  const dialog = await openTracks(host);
  await dialog.getByText('Sound track', { exact: true }).click();
  await dialog.getByLabel('Link to a sound file').fill(`${at}/song.mp3`);
  await dialog.getByLabel('Name', { exact: true }).fill('Commentary');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('status').getByText('Commentary was added').waitFor();
  await host.keyboard.press('Escape');

  await mia.getByRole('button', { name: 'Playback options' }).click();
  await mia.getByText('Commentary', { exact: true }).click();
  await mia.keyboard.press('Escape');
  await mia.waitForFunction(() => document.querySelector('video')?.muted === true);
  assert.equal(await host.evaluate(() => document.querySelector('video')?.muted), false);
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  await pressOverFilm(mia, 'Playback options');
  await mia.getByText('The sound of the film', { exact: true }).click();
  await mia.waitForFunction(() => document.querySelector('video')?.muted === false);
  assert.deepEqual(faults, []);
});
