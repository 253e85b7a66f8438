// Lists of videos that somebody with an account keeps beyond the room.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';
import { signUp } from '../lib/people.mjs';
import { addFilmByLink, joinAsGuest, makeRoom } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Opens the list of videos, and the saved lists. @param {Page} page */
async function openSaved(page) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  await page.getByRole('button', { name: 'The list' }).click();
  await page.getByRole('menuitem', { name: 'Saved lists' }).click();
  return page.getByRole('dialog', { name: 'Saved lists' });
}

/** @param {import('playwright-core').Locator} dialog @param {string} name */
async function save(dialog, name) {
  await dialog.getByLabel('Save this list as').fill(name);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('list', { name: 'Saved lists' }).getByText(name, { exact: true }).waitFor();
}

test('a list is saved with an account, added to another room, replaced, and deleted', async (t) => {
  const { open, faults } = await people(t);
  const at = await mediaHost(t);
  const sam = await open('sam');
  await signUp(sam, `sam-${randomBytes(5).toString('hex')}`);
  await makeRoom(sam);
  await addFilmByLink(sam, `${at}/film.mp4`);
  await sam.getByRole('tab', { name: /Up next/ }).click();
  await sam
    .getByRole('tabpanel', { name: /Up next/ })
    .getByRole('button', { name: 'Use the test film' })
    .click();
  await sam.getByRole('tab', { name: 'Up next 2' }).waitFor();
  const first = await openSaved(sam);
  await first.getByText('No saved lists yet').waitFor();
  await first.getByRole('button', { name: 'Save', exact: true }).click();
  await first.getByRole('alert').getByText('Give it a name').waitFor();
  await save(first, 'Friday');
  await first.getByText(/^2 videos/).waitFor();

  // Another room, in which somebody else watches too.
  const link = await makeRoom(sam);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await mia.getByRole('tab', { name: /Up next/ }).click();
  const second = await openSaved(sam);
  assert.ok(await second.getByLabel('Save this list as').isDisabled(), 'an empty list is not saved');
  await second.getByRole('button', { name: 'Add Friday' }).click();
  for (const page of [sam, mia]) {
    await page.getByRole('tab', { name: 'Up next 2' }).waitFor();
    const items = page.getByRole('list', { name: 'Up next' }).getByRole('listitem');
    await items.nth(0).getByText('film', { exact: false }).first().waitFor();
    await items.nth(1).getByText('Test film', { exact: true }).waitFor();
  }

  // The same name replaces it.
  await sam.getByRole('button', { name: 'Actions for Test film' }).click();
  await sam.getByRole('menuitem', { name: 'Remove' }).click();
  await sam.getByRole('tab', { name: 'Up next 1' }).waitFor();
  const third = await openSaved(sam);
  await third.getByText(/^2 videos/).waitFor();
  await save(third, 'Friday');
  await third.getByText(/^one video/).waitFor();
  assert.equal(await third.getByRole('list', { name: 'Saved lists' }).getByRole('listitem').count(), 1);
  await third.getByRole('button', { name: 'Delete Friday' }).click();
  await third.getByText('No saved lists yet').waitFor();
  assert.deepEqual(faults, []);
});
