// Case R7: browsers play sound only after a tap, so a new page plays muted, and in sync.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people, untouched } from '../lib/browser.mjs';
import { addTestFilm, joinAsGuest, makeRoom, pressPlay, untilFilm, untilTogether } from '../lib/room.mjs';

const MUTED_AND_MOVING = `(() => {
  const video = document.querySelector('video');
  return video !== null && !video.paused && video.muted && video.currentTime > 0;
})()`;
const PLACE_OF_BUTTON = `[...document.querySelectorAll('button')].find((button) => button.textContent.includes('Tap for sound'))?.getBoundingClientRect().toJSON()`;

/** Two people watch; one of them returns in a new tab without a tap. @param {import('node:test').TestContext} t */
async function comeBack(t) {
  const { open, faults } = await people(t, { needsTap: true });
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await pressPlay(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await untilFilm(mia, 'moves');
  // Joining was a tap, so this page has sound.
  assert.equal(await mia.evaluate(() => document.querySelector('video')?.muted), false);
  const tab = await mia.context().newPage();
  await mia.close();
  await untouched(tab, link, MUTED_AND_MOVING);
  return { host, tab, faults };
}

test('a page without a tap plays at once, muted, and one tap unmutes it', async (t) => {
  const { host, tab, faults } = await comeBack(t);
  const place = await untouched(tab, null, PLACE_OF_BUTTON);
  await untilTogether([host, tab], 0.3);
  await tab.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
  await tab.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'detached' });
  assert.equal(await tab.evaluate(() => document.querySelector('video')?.muted), false);
  // The tap paused nobody.
  await Promise.all([untilFilm(host, 'moves'), untilFilm(tab, 'moves')]);
  await untilTogether([host, tab], 0.3);
  assert.deepEqual(faults, []);
});

test('a click on the film unmutes it, and pauses nobody', async (t) => {
  const { host, tab, faults } = await comeBack(t);
  const film = await untouched(tab, null, `document.querySelector('video').getBoundingClientRect().toJSON()`);
  await tab.mouse.click(film.x + film.width / 2, film.y + film.height / 2);
  await tab.waitForFunction(() => document.querySelector('video')?.muted === false);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(tab, 'moves')]);
  await tab.getByRole('button', { name: 'Mute' }).waitFor();
  assert.deepEqual(faults, []);
});
