// The room at every size: the film keeps its place and its size whatever is opened beside or over it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { addTestFilm, makeRoom, openFromMenu, say, showControls } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
function filmBox(page) {
  return page.locator('video').boundingBox();
}

/** @param {Page} page @param {string} name */
async function inView(page, name) {
  const box = await page.getByRole('button', { name, exact: true }).boundingBox();
  const size = page.viewportSize();
  assert.ok(box && size, `${name} is on the page`);
  assert.ok(box.y >= 0 && box.y + box.height <= size.height && box.x + box.width <= size.width, `${name} is in view`);
}

test('the film keeps its box while tabs, menus, dialogs and messages come and go', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await makeRoom(page);
  await addTestFilm(page);
  const box = await filmBox(page);
  for (const tab of [/Up next/, /People/, /Chat/]) {
    await page.getByRole('tab', { name: tab }).click();
    assert.deepEqual(await filmBox(page), box);
  }
  await say(page, 'hello');
  await page.getByRole('button', { name: 'Sync details' }).click();
  await page.getByRole('region', { name: 'Sync quality' }).waitFor();
  assert.deepEqual(await filmBox(page), box);
  await page.getByRole('button', { name: 'Sync details' }).click();
  await openFromMenu(page, 'Keyboard shortcuts');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  assert.deepEqual(await filmBox(page), box);
  await page.keyboard.press('Escape');

  // The panel is hidden on request, and comes back as it was.
  await page.locator('body').press('t');
  await page.getByRole('tab', { name: /Chat/ }).waitFor({ state: 'detached' });
  assert.ok(((await filmBox(page))?.width ?? 0) > (box?.width ?? 0));
  await page.getByRole('button', { name: 'Show the side panel' }).click();
  await page.getByRole('log', { name: 'Chat' }).getByText('hello', { exact: true }).waitFor();
  assert.deepEqual(await filmBox(page), box);
  assert.deepEqual(faults, []);
});

test('a phone shows film, bars and chat upright and on its side, and nothing scrolls', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host', { viewport: { width: 390, height: 844 } });
  await makeRoom(page);
  await addTestFilm(page);
  await say(page, 'from a phone');
  for (const size of [
    { width: 390, height: 844 },
    { width: 844, height: 390 },
  ]) {
    await page.setViewportSize(size);
    await showControls(page);
    await inView(page, 'Play');
    await inView(page, 'Full screen');
    await inView(page, 'Invite');
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    const scrolls = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    assert.ok(scrolls <= 0, `the page scrolls by ${scrolls} px at ${size.width} x ${size.height}`);
  }
  // On its side the chat floats over the film; the switch opens the whole panel.
  await page.getByRole('tab', { name: /Up next/ }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Show the side panel' }).click();
  await page.getByRole('tab', { name: /Up next/ }).click();
  await page.getByRole('list', { name: 'Up next' }).waitFor();
  assert.deepEqual(faults, []);
});
