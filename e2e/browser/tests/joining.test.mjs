import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { knock, manage, openPeople, untilIn } from '../lib/people.mjs';
import { joinAsGuest, makeRoom, openFromMenu } from '../lib/room.mjs';
import { saved, setSetting } from '../lib/settings.mjs';

// Case W4.
test('a declined person reads who decided and when to ask again', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('radio', { name: 'After a yes from us' }).check();
  await saved(host);
  await host.keyboard.press('Escape');

  const mia = await open('mia');
  await knock(mia, link, 'Mia');
  await mia.getByRole('button', { name: 'Ask to join' }).click();
  await mia.getByText('Waiting for somebody to let you in').waitFor();
  await openPeople(host);
  await host.getByRole('button', { name: 'No: Mia wants to come in' }).click();
  await mia.getByRole('heading', { name: 'You weren’t let in' }).waitFor();
  await mia.getByText(/^You can ask again in/).waitFor();
  assert.ok(await mia.getByRole('button', { name: 'Ask again' }).isDisabled());

  // Who takes the request back is gone from the list.
  const ben = await open('ben');
  await knock(ben, link, 'Ben');
  await ben.getByRole('button', { name: 'Ask to join' }).click();
  await host.getByRole('button', { name: 'Let in: Ben wants to come in' }).waitFor();
  await ben.getByRole('button', { name: 'Stop waiting' }).click();
  await ben.getByRole('button', { name: 'Ask to join' }).waitFor();
  await host.getByRole('button', { name: 'Let in: Ben wants to come in' }).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

test('an invite opens a room with a password, once for each use, and shows who used it', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('radio', { name: 'With a password' }).check();
  await host.getByLabel('Password', { exact: true }).fill('popcorn');
  await host.getByRole('button', { name: 'Set', exact: true }).click();
  await saved(host);
  await host.keyboard.press('Escape');
  const invites = await manage(host, 'Invites');
  await invites.getByLabel('Who can use it').selectOption('One person');
  await invites.getByRole('button', { name: 'Make invite' }).click();
  const invite = await invites.getByLabel('Link', { exact: true }).inputValue();
  await invites.getByRole('button', { name: 'QR code' }).click();
  await invites.getByRole('img', { name: /^QR code of the invite/ }).waitFor();

  const stranger = await open('stranger');
  await knock(stranger, link, 'Stranger');
  await stranger.getByLabel('Password of this room').waitFor();

  const mia = await open('mia');
  await knock(mia, invite, 'Mia');
  await untilIn(mia);
  assert.ok(!mia.url().includes('invite'), `the address still has the invite: ${mia.url()}`);
  await invites.getByRole('button', { name: 'Who used it' }).click();
  await invites.getByRole('list', { name: 'Who used it' }).getByText('Mia').waitFor();

  const ben = await open('ben');
  await ben.goto(invite);
  await ben.getByText('This invite was used as often as it can be').waitFor();
  assert.deepEqual(faults, []);
});

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

test('a room that starts later counts down, at the door and inside, and is put into a calendar', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await openFromMenu(host, 'Room settings');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await setSetting(host, 'Starts at', '2026-01-01T20:00', 'This time is over');
  await setSetting(host, 'Starts at', tomorrow);
  await host.keyboard.press('Escape');
  await host.getByText(/^We start /).waitFor();
  const mia = await open('mia');
  await mia.goto(link);
  await mia.getByRole('timer').waitFor();
  for (const page of [host, mia]) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Add to calendar' }).click();
    const file = await readFile(await (await download).path(), 'utf8');
    assert.match(file, /^BEGIN:VCALENDAR\r\n/);
    assert.ok(file.replaceAll('\r\n ', '').includes(`URL:${link}\r\n`), file);
  }
  assert.deepEqual(faults, []);
});
