import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { openFromMenu, pair, pressOverFilm, pressPlay, untilFilm } from '../lib/room.mjs';

test('a person with a second device that only chats counts once', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  const phone = await mia.context().newPage();
  await phone.goto(link);
  await openFromMenu(phone, 'This device');
  await phone.getByRole('radio', { name: 'Chat only' }).check();
  await phone.keyboard.press('Escape');
  await phone.getByText('This device is for chat only.').waitFor();
  assert.equal(await phone.locator('video').count(), 0);

  await host.getByRole('tab', { name: /People/ }).click();
  const list = host.getByRole('list', { name: 'People in this room' });
  await list.getByRole('img', { name: '2 devices: watching, chat only' }).waitFor();
  assert.equal(await list.getByRole('listitem').count(), 2);
  assert.equal(await list.getByText('Mia', { exact: true }).count(), 1);

  // The film starts although the phone never becomes ready.
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);

  await openFromMenu(phone, 'This device');
  await phone.getByRole('radio', { name: 'Remote control only' }).check();
  await phone.keyboard.press('Escape');
  await phone.getByRole('button', { name: 'Pause' }).click();
  await Promise.all([untilFilm(host, 'stands'), untilFilm(mia, 'stands')]);
  assert.deepEqual(faults, []);
});

test('the panel shows the sync quality of both people', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await pressPlay(host);
  await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  await pressOverFilm(host, /^Sync details/);
  const panel = host.getByRole('region', { name: 'Sync quality' });
  await panel.getByText(/Any two of 2 players/).waitFor({ timeout: 30_000 });
  const rows = panel.getByRole('list', { name: 'Everyone’s sync' }).getByRole('listitem');
  // Which class it is depends on the machine.
  const measured = rows.filter({ hasText: /Class\s*[A-D]\s*Skew\s*[+−]?\d+ ms/ });
  await measured.nth(1).waitFor();
  assert.equal(await rows.count(), 2);
  assert.deepEqual(faults, []);
});
