import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { addTestFilm, joinAsGuest, makeRoom, openFromMenu, pressPlay, untilFilm } from '../lib/room.mjs';
import { saved } from '../lib/settings.mjs';

test('a start waits for a slow player, everyone sees that, and the slow person can opt out', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('slider', { name: 'Wait at most' }).fill('60');
  await saved(host);
  await host.keyboard.press('Escape');

  const mia = await open('mia');
  let release = () => {};
  const released = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  await mia.route('**/media/**', async (route) => {
    await released;
    await route.continue();
  });
  await joinAsGuest(mia, link, 'Mia');
  await host.getByRole('tab', { name: /People.*2/ }).waitFor();
  await addTestFilm(host);
  await pressPlay(host);

  await host.getByRole('status').getByText('Waiting for Mia').waitFor();
  await mia.getByRole('status').getByText('Waiting for you').waitFor();
  await host.getByText('to load the video').waitFor();
  assert.equal(await host.getByRole('button', { name: 'Don’t wait for me' }).count(), 0);
  await mia.getByRole('button', { name: 'Don’t wait for me' }).click();
  await untilFilm(host, 'moves');

  // The slow player catches up by itself.
  release();
  await untilFilm(mia, 'moves');
  await openFromMenu(mia, 'This device');
  assert.ok(await mia.getByRole('checkbox', { name: 'Don’t wait for me' }).isChecked());
  assert.deepEqual(faults, []);
});

test('joining while the film plays stops nobody', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await pressPlay(host);
  await untilFilm(host, 'moves');
  await host.evaluate(() => {
    const video = document.querySelector('video');
    Object.assign(window, { pauses: 0 });
    video?.addEventListener('pause', () => Object.assign(window, { pauses: window.pauses + 1 }));
  });
  const mia = await open('mia');
  await mia.route('**/media/**', () => undefined);
  await joinAsGuest(mia, link, 'Mia');
  await host.getByRole('tab', { name: /People.*2/ }).waitFor();
  const before = await host.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
  await host.waitForFunction((from) => (document.querySelector('video')?.currentTime ?? 0) > from + 2, before);
  assert.equal(await host.evaluate(() => window.pauses), 0);
  assert.deepEqual(faults, []);
});
