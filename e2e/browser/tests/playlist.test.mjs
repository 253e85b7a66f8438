import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { openFromMenu, pair, pressPlay, untilFilm, untilFilmAt } from '../lib/room.mjs';
import { saved } from '../lib/settings.mjs';

/** Adds a second film. @param {import('playwright-core').Page} page */
async function addAnother(page) {
  await page.getByRole('tab', { name: /Up next/ }).click();
  await page
    .getByRole('tabpanel', { name: /Up next/ })
    .getByRole('button', { name: 'Use the test film' })
    .click();
  await page.getByRole('tab', { name: /Up next.*2/ }).waitFor();
}

/** @param {import('playwright-core').Page} page @returns {Promise<number>} in seconds */
function length(page) {
  return page.evaluate(() => document.querySelector('video')?.duration ?? Number.NaN);
}

/** Seeks to a position with the seek bar. @param {import('playwright-core').Page} page @param {number} seconds */
async function jumpTo(page, seconds) {
  await page.getByRole('slider', { name: 'Position, for everyone' }).fill(String(seconds * 1000));
  await page.keyboard.press('Shift');
}

test('the next item starts by itself for both people', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addAnother(host);
  const end = await length(host);
  await jumpTo(host, end - 8);
  await Promise.all([untilFilmAt(host, end - 8), untilFilmAt(mia, end - 8)]);
  await pressPlay(host);
  await Promise.all(
    [host, mia].map((page) =>
      page.waitForFunction(
        () => (document.querySelector('video')?.currentTime ?? 99) < 30 && !document.querySelector('video')?.paused,
      ),
    ),
  );
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  const entries = host.getByRole('list', { name: 'Up next' }).getByRole('listitem');
  await entries.nth(1).getByRole('button', { name: /^now / }).waitFor();
  assert.deepEqual(faults, []);
});

test('a room that stops at the end of each video stays there', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await addAnother(host);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('switch', { name: 'Next starts by itself' }).uncheck();
  await saved(host);
  await host.keyboard.press('Escape');
  const end = await length(host);
  await jumpTo(host, end - 3);
  await Promise.all([untilFilmAt(host, end - 3), untilFilmAt(mia, end - 3)]);
  await pressPlay(host);
  await host.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await Promise.all([untilFilmAt(host, end, 0.2), untilFilmAt(mia, end, 0.2)]);
  const entries = host.getByRole('list', { name: 'Up next' }).getByRole('listitem');
  await entries.nth(0).getByRole('button', { name: /^now / }).waitFor();

  // The server starts the item again: the client only says play.
  await pressPlay(host);
  const restarted = () => {
    const video = document.querySelector('video');
    return video !== null && !video.paused && video.currentTime < 30;
  };
  await Promise.all([host, mia].map((page) => page.waitForFunction(restarted)));
  assert.deepEqual(faults, []);
});
