import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { knock, manage, openPeople, personRow, signUp, untilIn } from '../lib/people.mjs';
import { makeRoom, openFromMenu } from '../lib/room.mjs';
import { saved, setSetting } from '../lib/settings.mjs';

// The workflow "Create a Controlled Room" of document 000, step by step.
test('a controlled room: name, password, approval, limit, permissions, and a join by a normal account', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);

  // Create a room with a clear name and description.
  await openFromMenu(host, 'Room settings');
  await setSetting(host, 'Room name', 'Film club');
  await setSetting(host, 'What it’s about', 'Every Friday one film, then we talk about it.');
  // Set a room password.
  await host.getByRole('radio', { name: 'With a password' }).check();
  await host.getByLabel('Password', { exact: true }).fill('popcorn');
  await host.getByRole('button', { name: 'Set', exact: true }).click();
  await saved(host);
  // Enable `requireApproval`.
  await host.getByRole('switch', { name: 'And after a yes from us' }).check();
  await saved(host);
  // Set `maxMembers`.
  await setSetting(host, 'Most people at once', '2');
  await host.keyboard.press('Escape');

  // Review member and guest default permissions.
  const roles = await manage(host, 'Roles');
  const role = roles.getByRole('group', { name: 'Roles' });
  await role.getByRole('button', { name: 'Guests' }).click();
  await roles.getByRole('group', { name: 'May add videos' }).getByText('No', { exact: true }).click();
  await roles.getByRole('button', { name: 'Back to the default' }).waitFor();
  await role.getByRole('button', { name: 'Members' }).click();
  const chat = roles.getByRole('group', { name: 'May send messages' });
  await chat.getByRole('radio', { name: 'Yes', checked: true }).waitFor({ state: 'attached' });
  await host.keyboard.press('Escape');

  // Join once with a normal account to validate the path.
  const mia = await open('mia');
  const name = `mia-${randomBytes(4).toString('hex')}`;
  await signUp(mia, name);
  await mia.goto(link);
  await mia.getByText('Every Friday one film').waitFor();
  const password = mia.getByLabel('Password of this room');
  await password.fill('peanuts');
  await mia.getByRole('button', { name: 'Join', exact: true }).click();
  await mia.getByRole('alert').getByText('Wrong password').waitFor();
  await password.fill('popcorn');
  await mia.getByRole('button', { name: 'Join', exact: true }).click();
  await mia.getByLabel('Say who you are (optional)').fill('It’s me, Mia');
  await mia.getByRole('button', { name: 'Ask to join' }).click();
  await mia.getByText('Waiting for somebody to let you in').waitFor();
  // Case W4: the request survives a reload.
  await mia.reload();
  await mia.getByText('Waiting for somebody to let you in').waitFor();

  await openPeople(host);
  await host.getByText('It’s me, Mia').waitFor();
  await host.getByRole('button', { name: `Let in: ${name} wants to come in` }).click();
  await untilIn(mia);
  await personRow(host, name).waitFor();

  // Nobody else fits, and the refusal says so.
  const ben = await open('ben');
  await knock(ben, link, 'Ben');
  await ben.getByLabel('Password of this room').fill('popcorn');
  await ben.getByRole('button', { name: 'Join', exact: true }).click();
  await ben.getByRole('button', { name: 'Ask to join' }).click();
  await host.getByRole('button', { name: 'Let in: Ben wants to come in' }).click();
  await ben.getByRole('heading', { name: 'This room is full' }).waitFor();
  assert.deepEqual(faults, []);
});
