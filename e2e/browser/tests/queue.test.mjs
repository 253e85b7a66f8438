// How a room goes through its list: votes, modes, pasted lists, clearing, notes and folders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';
import { addTestFilm, joinAsGuest, makeRoom, pair, pressOverFilm, pressPlay, untilFilm } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
async function openList(page) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  return page.getByRole('tabpanel', { name: /Up next/ });
}

/** Pastes a text into the field for links. @param {Page} page @param {string} text */
async function pasteLinks(page, text) {
  const field = (await openList(page)).getByRole('textbox', { name: 'Link to a video' });
  await field.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** @param {Page} page @param {string} title @param {string} what */
async function chooseFor(page, title, what) {
  await page.getByRole('button', { name: `Actions for ${title}` }).click();
  await page.getByRole('menuitem', { name: what }).click();
}

/** Adds a test film under this title. @param {Page} page @param {string} title */
async function addNamed(page, title) {
  const panel = await openList(page);
  const rows = panel.getByRole('list', { name: 'Up next' }).getByRole('listitem');
  const count = await rows.count();
  await panel.getByRole('button', { name: 'Use the test film' }).click();
  await rows.nth(count).getByRole('button', { name: 'Actions for Test film' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: /^New title/ }).fill(title);
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: `Actions for ${title}` }).waitFor();
}

/** Waits until the room plays this item. @param {Page} page @param {string} title */
async function untilOn(page, title) {
  await page.getByRole('region', { name: 'Now playing' }).getByText(title, { exact: true }).waitFor();
}

test('people skip a video by votes, and nobody before enough of them want to', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addNamed(host, 'Second');
  await openList(mia);
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);

  await mia.getByRole('button', { name: 'Vote to skip' }).click();
  for (const page of [host, mia]) await page.getByRole('status').getByText('1 of 2 wants to skip').waitFor();
  await mia.getByRole('button', { name: 'Take back' }).click();
  for (const page of [host, mia]) await page.getByText('Seen enough?').waitFor();
  await untilOn(host, 'Test film');

  await mia.getByRole('button', { name: 'Vote to skip' }).click();
  await host.getByRole('button', { name: 'Vote to skip' }).click();
  for (const page of [host, mia]) await untilOn(page, 'Second');
  for (const page of [host, mia]) await page.getByText('Seen enough?').waitFor();
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  assert.deepEqual(faults, []);
});

test('in a room that votes, the video with most votes comes next', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addNamed(host, 'Second');
  await addNamed(host, 'Third');
  await openList(mia);
  assert.ok(await mia.getByRole('radio', { name: 'Votes' }).isDisabled(), 'a guest does not choose the mode');
  await host.getByText('Votes', { exact: true }).click();
  await mia.getByRole('button', { name: 'Vote for Third, 0 votes' }).click();
  await host.getByRole('button', { name: 'Vote for Third, one vote' }).waitFor();
  await host.getByRole('button', { name: 'Next video' }).click();
  for (const page of [host, mia]) await untilOn(page, 'Third');

  // One item again and again, until someone skips it.
  await host.getByRole('button', { name: 'The list' }).click();
  await host.getByRole('menuitemcheckbox', { name: 'Repeat this video' }).click();
  await host.keyboard.press('Escape');
  await mia.getByText('This video plays again until someone skips it.').waitFor();
  assert.deepEqual(faults, []);
});

test('a pasted list of links is added in one go, and each bad one is named', async (t) => {
  const { open, faults } = await people(t);
  const at = await mediaHost(t);
  const page = await open('host');
  await makeRoom(page);
  await addTestFilm(page);
  await pasteLinks(page, `${at}/film.mp4\nnot a link\n${at}/status/404\n${at}/song.mp3 ${at}/film.mp4`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add 3 links' }).click();
  await page.getByRole('dialog', { name: '2 of 3 added' }).waitFor();
  await dialog.getByRole('listitem').nth(1).getByLabel('not added').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('tab', { name: 'Up next 3' }).waitFor();
  assert.deepEqual(faults, []);
});

test('the list is cleared but for what is on, and one press brings it back', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addNamed(host, 'Second');
  await addNamed(host, 'Third');
  await host.getByRole('button', { name: 'The list' }).click();
  const cleared = [host, mia].map((page) => page.getByRole('tab', { name: 'Up next 1' }).waitFor());
  await host.getByRole('menuitem', { name: 'Clear the list' }).click();
  const removed = host.getByRole('status').getByText('2 videos removed');
  await removed.hover();
  await Promise.all(cleared);
  await host.getByRole('button', { name: 'Undo' }).click();
  for (const page of [host, mia]) await page.getByRole('tab', { name: 'Up next 3' }).waitFor();
  assert.deepEqual(faults, []);
});

test('notes and folders are there for everyone', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await addNamed(host, 'Second');
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await openList(mia);

  await chooseFor(host, 'Second', 'Add a note');
  await host.getByLabel('For everyone, about “Second”').fill('gets good at minute ten');
  await host.getByRole('button', { name: 'Save' }).click();
  await mia.getByText('gets good at minute ten').waitFor();

  await host.getByRole('button', { name: 'The list' }).click();
  await host.getByRole('menuitem', { name: 'New folder' }).click();
  await mia.getByText('Folder · empty').waitFor();
  // Below the folder: into it.
  await host.getByRole('button', { name: 'Move Second' }).focus();
  await host.keyboard.press('Space');
  await host.keyboard.press('ArrowDown');
  await host.keyboard.press('Space');
  await mia.getByText('Folder · one video').waitFor();
  await host.getByRole('button', { name: 'Actions for folder New folder' }).click();
  await host.getByRole('menuitem', { name: 'Rename' }).click();
  await host.getByRole('textbox', { name: /^New title/ }).fill('Season 1');
  await host.keyboard.press('Enter');
  await mia.getByText('Season 1').waitFor();
  await host.getByRole('button', { name: 'Actions for folder Season 1' }).click();
  await host.getByRole('menuitem', { name: 'Remove the folder' }).click();
  await mia.getByText('Season 1').waitFor({ state: 'detached' });
  await mia.getByText('Second').first().waitFor();
  assert.deepEqual(faults, []);
});

test('what the room has played is played again from the start', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addNamed(host, 'Second');
  await openList(mia);
  await pressPlay(host);
  await untilFilm(host, 'moves');
  await pressOverFilm(host, 'Next video');
  for (const page of [host, mia]) await untilOn(page, 'Second');
  await chooseFor(host, 'Test film', 'Remove');
  await mia.getByRole('tab', { name: 'Up next 1' }).waitFor();
  await host.getByRole('button', { name: 'The list' }).click();
  await host.getByRole('menuitem', { name: 'Played here' }).click();
  await host.getByRole('button', { name: 'Play Test film again' }).click();
  for (const page of [host, mia]) await untilOn(page, 'Test film');
  await mia.getByRole('tab', { name: 'Up next 2' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a guest is told that saved lists need an account', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await makeRoom(page);
  await addTestFilm(page);
  await openList(page);
  await page.getByRole('button', { name: 'The list' }).click();
  await page.getByRole('menuitem', { name: 'Saved lists' }).click();
  await page.getByText('Saved lists need an account').waitFor();
  assert.deepEqual(faults, []);
});
