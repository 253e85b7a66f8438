import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { manage } from '../lib/people.mjs';
import { joinAsGuest, makeRoom, openFromMenu } from '../lib/room.mjs';

test('a closed room says so, and its owner opens it again', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  const log = await manage(host, 'Log');
  await log.getByText('Mia joined').waitFor();
  await log.getByRole('navigation').getByRole('button', { name: 'The room' }).click();
  await log.getByRole('button', { name: 'Close room …' }).click();
  await log.getByRole('button', { name: 'Close it now' }).click();
  await mia.getByText('The room was closed').waitFor();
  await mia.goto(link);
  await mia.getByRole('heading', { name: 'This room is closed' }).waitFor();

  await host.goto(link);
  await host.getByRole('button', { name: 'Open the room again' }).click();
  await host.getByRole('tab', { name: /Chat/ }).waitFor();
  await mia.goto(link);
  await mia.getByRole('tab', { name: /Chat/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('the owner gets the room back by its recovery link in another browser', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  await makeRoom(host);
  const room = await manage(host, 'The room');
  await room.getByRole('button', { name: 'Make a recovery link' }).click();
  const recovery = await room.getByLabel('Shown only now; a new one replaces it').inputValue();

  const later = await open('later');
  await later.goto(recovery);
  await later.getByLabel('Your name').fill('Host');
  await later.getByRole('button', { name: 'Join', exact: true }).click();
  await later.getByRole('button', { name: 'Take it back' }).click();
  await later.getByRole('tab', { name: /Chat/ }).waitFor();
  assert.ok(!later.url().includes('recover'), `the address still has the secret: ${later.url()}`);
  await openFromMenu(later, 'Room settings');
  await later.getByLabel('Room name').waitFor();
  assert.deepEqual(faults, []);
});

test('a room that starts later counts down, at the door and inside', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await host.getByLabel('Starts at', { exact: true }).fill(tomorrow);
  await host.getByText('Saved, everyone sees it now').waitFor();
  await host.keyboard.press('Escape');
  await host.getByText(/^We start /).waitFor();
  const mia = await open('mia');
  await mia.goto(link);
  await mia.getByRole('timer').waitFor();
  assert.deepEqual(faults, []);
});
