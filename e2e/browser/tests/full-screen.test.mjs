// Case M39: in full screen everything that belongs to the room is drawn, and the keyboard reaches it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { aboutPerson, knock, openPeople } from '../lib/people.mjs';
import { openFromMenu, pair } from '../lib/room.mjs';
import { saved } from '../lib/settings.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */

/** @param {Page} page @param {boolean} full */
async function untilFull(page, full) {
  await page.waitForFunction((wanted) => (document.fullscreenElement !== null) === wanted, full);
}

/** Waits until the middle of an element is what is drawn there. @param {Locator} locator */
async function untilInFront(locator) {
  await locator.waitFor();
  await locator.page().waitForFunction(
    (element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const there = document.elementFromPoint(left + width / 2, top + height / 2);
      return there !== null && element.contains(there);
    },
    await locator.elementHandle(),
  );
}

/** @param {Locator} locator */
function hasFocus(locator) {
  return locator.evaluate((element) => element.contains(document.activeElement));
}

test('menus, dialogs, toasts and requests are in front in full screen, and the keyboard reaches them', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('radio', { name: 'After a yes from us' }).check();
  await saved(host);
  await host.keyboard.press('Escape');
  await mia.locator('body').press('f');
  await untilFull(mia, true);

  const options = mia.getByRole('button', { name: 'Playback options' });
  await options.press('Enter');
  await untilInFront(mia.getByRole('dialog', { name: 'Playback options' }));
  assert.ok(await hasFocus(mia.getByRole('dialog', { name: 'Playback options' })));
  await options.press('Enter');

  await mia.getByRole('button', { name: 'More' }).press('Enter');
  const menu = mia.getByRole('menu', { name: 'More' });
  await mia.keyboard.press('ArrowDown');
  await untilInFront(menu);
  assert.ok(await hasFocus(menu.getByRole('menuitem').nth(1)));
  await mia.getByRole('button', { name: 'More' }).press('Enter');

  await mia.locator('body').press('?');
  const help = mia.getByRole('dialog', { name: /shortcuts/i });
  await untilInFront(help);
  await mia.keyboard.press('Tab');
  assert.ok(await hasFocus(help));
  await help.getByRole('button', { name: 'Close' }).press('Enter');
  await help.waitFor({ state: 'detached' });

  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Make moderator');
  await untilInFront(mia.getByText('You’re a moderator now', { exact: true }));
  await mia.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await mia.getByText('You’re a moderator now', { exact: true }).waitFor({ state: 'detached' });

  const ben = await open('ben');
  await knock(ben, link, 'Ben');
  await ben.getByRole('button', { name: 'Ask to join' }).click();
  const request = mia.getByText('Ben wants to come in').first();
  await untilInFront(request);
  await mia.getByRole('button', { name: 'Let in' }).first().press('Enter');
  await ben.getByRole('tab', { name: /Chat/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('what is open when full screen begins or ends stays in front, and keeps the focus', async (t) => {
  const { open, faults } = await people(t);
  const { host } = await pair(open);
  await host.getByRole('button', { name: 'Playback options' }).press('Enter');
  const options = host.getByRole('dialog', { name: 'Playback options' });
  await options.getByRole('button', { name: 'Forward one frame' }).press('f');
  await untilFull(host, true);
  await untilInFront(options);
  assert.ok(await hasFocus(options.getByRole('button', { name: 'Forward one frame' })));
  await host.keyboard.press('f');
  await untilFull(host, false);
  await untilInFront(options);
  await host.getByRole('button', { name: 'Playback options' }).press('Enter');

  await host.locator('body').press('?');
  const help = host.getByRole('dialog', { name: /shortcuts/i });
  const close = help.getByRole('button', { name: 'Close' });
  await close.focus();
  // As by a key of the keyboard or of a remote control that the page does not see.
  await host.evaluate(() => document.querySelector('.over-video')?.requestFullscreen());
  await untilFull(host, true);
  await untilInFront(help);
  assert.ok(await hasFocus(close));
  await host.evaluate(() => document.exitFullscreen());
  await untilFull(host, false);
  await untilInFront(help);
  await close.press('Enter');
  await help.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
