// The list of what plays next: moved by dragging and by keys, while the film plays on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { addTestFilm, joinAsGuest, makeRoom, pressPlay, untilFilm } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Opens the list and adds test films under these titles. @param {Page} page @param {string[]} titles */
async function addFilms(page, titles) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  const panel = page.getByRole('tabpanel', { name: /Up next/ });
  for (const [place, title] of titles.entries()) {
    await panel.getByRole('button', { name: 'Use the test film' }).click();
    await page.getByRole('tab', { name: `Up next ${place + 2}` }).waitFor();
    await panel.getByRole('button', { name: 'Actions for Test film' }).last().click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: /^New title/ }).fill(title);
    await page.keyboard.press('Enter');
    await panel.getByRole('button', { name: `Actions for ${title}` }).waitFor();
  }
}

/** Waits until the list has this order. @param {Page} page @param {string[]} titles */
async function untilOrder(page, titles) {
  await page.waitForFunction((wanted) => {
    const rows = [...document.querySelectorAll('[data-row]')];
    const shown = rows.map((row) => row.textContent ?? '');
    return shown.length === wanted.length && wanted.every((title, place) => shown[place]?.includes(title));
  }, titles);
}

/** Whether the film of `rememberFilm` is still the one on the page. @param {Page} page */
function isSameFilm(page) {
  return page.evaluate(() => document.querySelector('video')?.dataset.remembered === 'yes');
}

/** @param {Page} page */
function rememberFilm(page) {
  return page.evaluate(() => document.querySelector('video')?.setAttribute('data-remembered', 'yes'));
}

test('items are moved by keys and by dragging, everyone sees it, and the film plays on', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await addFilms(host, ['Second', 'Third']);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await mia.getByRole('tab', { name: /Up next/ }).click();
  await untilOrder(mia, ['Test film', 'Second', 'Third']);
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  await rememberFilm(host);

  const grip = host.getByRole('button', { name: 'Move Third' });
  await grip.focus();
  await host.keyboard.press('Space');
  await host.getByRole('status').getByText('Lifted. Third: place 3 of 3').waitFor({ state: 'attached' });
  await host.keyboard.press('ArrowUp');
  await host.keyboard.press('ArrowUp');
  await host.keyboard.press('Escape');
  await untilOrder(host, ['Test film', 'Second', 'Third']);
  await host.keyboard.press('Space');
  await host.keyboard.press('ArrowUp');
  await host.keyboard.press('Space');
  for (const page of [host, mia]) await untilOrder(page, ['Test film', 'Third', 'Second']);
  assert.ok(await grip.evaluate((element) => element === document.activeElement), 'the focus stays on the grip');

  const [from, to] = [await host.getByRole('button', { name: 'Move Second' }).boundingBox(), await grip.boundingBox()];
  assert.ok(from && to);
  await host.mouse.move(from.x + 4, from.y + from.height / 2);
  await host.mouse.down();
  await host.mouse.move(to.x + 4, to.y + to.height / 2, { steps: 5 });
  await host.mouse.move(to.x + 4, to.y, { steps: 2 });
  await host.mouse.up();
  for (const page of [host, mia]) await untilOrder(page, ['Test film', 'Second', 'Third']);

  await host.getByRole('button', { name: 'Actions for Third' }).click();
  await host.getByRole('menuitem', { name: 'Move to the top' }).click();
  for (const page of [host, mia]) await untilOrder(page, ['Third', 'Test film', 'Second']);
  assert.ok(await isSameFilm(host), 'the film is not loaded again');
  await untilFilm(host, 'moves');
  assert.deepEqual(faults, []);
});
