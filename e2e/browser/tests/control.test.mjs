import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { chooseSpeed, filmPosition, pair, pressPlay, untilFilm, untilFilmAt, untilTogether } from '../lib/room.mjs';

test('another person undoes a jump, and jumps start at the room’s position', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await host.locator('body').press('ArrowRight');
  await Promise.all([untilFilmAt(host, 5), untilFilmAt(mia, 5)]);
  // Jumps within three seconds of each other are undone together: back to the start.
  await mia.getByRole('button', { name: /Back to 0:00/ }).click();
  await Promise.all([untilFilmAt(host, 0), untilFilmAt(mia, 0)]);
  await mia.getByRole('button', { name: /Back to/ }).waitFor({ state: 'detached' });

  await mia.locator('body').press('l');
  await Promise.all([untilFilmAt(host, 10), untilFilmAt(mia, 10)]);
  await host.locator('body').press('Control+z');
  await Promise.all([untilFilmAt(host, 0), untilFilmAt(mia, 0)]);

  await host.locator('body').press('u');
  await host.getByText('There’s no jump left to undo').waitFor();
  assert.deepEqual(faults, []);
});

test('a paused film is stepped by frames', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await host.locator('body').press('l');
  await Promise.all([untilFilmAt(host, 10), untilFilmAt(mia, 10)]);
  const before = await filmPosition(host);
  await host.locator('body').press('.');
  await mia.waitForFunction((from) => (document.querySelector('video')?.currentTime ?? 0) > from + 0.005, before);
  const [place] = await untilTogether([host, mia], 0.005);
  assert.ok(place - before < 0.1, `one frame on from ${before.toFixed(3)} s is ${place.toFixed(3)} s`);
  await mia.locator('body').press(',');
  await Promise.all([untilFilmAt(host, before, 0.005), untilFilmAt(mia, before, 0.005)]);
  assert.deepEqual(faults, []);
});

test('a change of speed applies to everyone', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  await chooseSpeed(host, '2');
  const fast = () => (document.querySelector('video')?.playbackRate ?? 0) > 1.8;
  await Promise.all([host.waitForFunction(fast), mia.waitForFunction(fast)]);
  await mia.locator('body').press('<');
  const slower = () => Math.abs((document.querySelector('video')?.playbackRate ?? 0) - 1.75) < 0.1;
  await Promise.all([host.waitForFunction(slower), mia.waitForFunction(slower)]);
  assert.deepEqual(faults, []);
});
