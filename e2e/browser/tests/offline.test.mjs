// Case R6: without a connection the page says that it shows the last known state, and rejects every command visibly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { line } from '../lib/line.mjs';
import {
  addTestFilm,
  chooseSpeed,
  hears,
  joinAsGuest,
  makeRoom,
  openFromMenu,
  pressOverFilm,
  pressPlay,
  say,
  untilFilm,
} from '../lib/room.mjs';

/** Two people whose film plays; the connection of the second one can be cut. @param {import('node:test').TestContext} t */
async function watching(t) {
  const { open } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  const mia = await open('mia');
  const { cut, mend } = await line(mia);
  await joinAsGuest(mia, link, 'Mia');
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  return { host, mia, cut, mend };
}

test('a lost connection is shown, and every command is rejected', async (t) => {
  const { host, mia, cut, mend } = await watching(t);
  await mia.getByTestId('sync').getByText('In sync').waitFor({ state: 'attached' });
  await cut();
  await mia.getByTestId('sync').getByText('Reconnecting…').waitFor({ state: 'attached' });
  assert.doesNotMatch(await mia.getByTestId('sync').innerText(), /\d/);
  await mia.getByRole('status').getByText('This is the room’s last known state').waitFor();
  await mia.getByRole('tab', { name: /People/ }).click();
  await mia.getByRole('list', { name: 'People in this room' }).getByText('Reconnecting…').waitFor();
  await mia.getByRole('tab', { name: /Chat/ }).click();

  const refused = (/** @type {string} */ what) =>
    mia.getByRole('status').getByText(`so ${what} didn’t reach the room`).waitFor();
  await pressOverFilm(mia, 'Pause');
  await refused('Pause');
  await mia.locator('body').press('ArrowRight');
  await refused('the jump');
  await chooseSpeed(mia, '2');
  await refused('the new speed');
  // The others did not notice it.
  assert.equal(await host.evaluate(() => document.querySelector('video')?.paused), false);

  await mend();
  await mia.getByTestId('sync').getByText('In sync').waitFor({ state: 'attached' });
  await mia.getByRole('status').getByText('This is the room’s last known state').waitFor({ state: 'detached' });
  await pressOverFilm(mia, 'Pause');
  await untilFilm(host, 'stands');
});

test('a message waits for the connection, and changes of the room are rejected', async (t) => {
  const { open } = await people(t);
  const host = await open('host');
  const { cut, mend } = await line(host);
  const link = await makeRoom(host);
  await addTestFilm(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await cut();
  await host.getByRole('status').getByText('You’re offline').waitFor();

  await say(host, 'said in a tunnel');
  await host.getByText('Will be sent when you’re back online').waitFor();
  await openFromMenu(host, 'Room settings');
  await host.getByLabel('Room name').fill('Another name');
  await host.keyboard.press('Tab');
  await host.getByRole('alert').getByText('Can’t reach the server').waitFor();
  await host.keyboard.press('Escape');
  await host.getByRole('tab', { name: /Up next/ }).click();
  await host
    .getByRole('tabpanel', { name: /Up next/ })
    .getByRole('button', { name: 'Use the test film' })
    .click();
  await host.getByRole('alert').getByText('Can’t reach the server').waitFor();

  await mend();
  await hears(mia, 'said in a tunnel');
  assert.equal(await mia.getByRole('heading', { name: 'Another name' }).count(), 0);
});
