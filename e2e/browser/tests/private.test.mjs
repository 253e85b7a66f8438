import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { knock, manage, untilIn } from '../lib/people.mjs';
import { makeRoom, openFromMenu } from '../lib/room.mjs';
import { saved } from '../lib/settings.mjs';

test('a private room is not found by its link, and opens by an invite', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('group', { name: 'Who finds it' }).getByRole('radio', { name: 'Only who is invited' }).check();
  await saved(host);
  await host.getByRole('switch', { name: 'Voice' }).click();
  await saved(host);
  await host.keyboard.press('Escape');
  await host.reload();
  await untilIn(host);

  const stranger = await open('stranger');
  await stranger.goto(link);
  await stranger.getByRole('heading', { name: 'Room not found' }).waitFor();

  const invites = await manage(host, 'Invites');
  await invites.getByRole('button', { name: 'Make invite' }).click();
  const invite = await invites.getByLabel('Link', { exact: true }).inputValue();
  const mia = await open('mia');
  await knock(mia, invite, 'Mia');
  await untilIn(mia);
  await mia.reload();
  await untilIn(mia);
  assert.deepEqual(faults, []);
});
