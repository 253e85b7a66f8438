import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { aboutPerson, openPeople } from '../lib/people.mjs';
import { openFromMenu, pair } from '../lib/room.mjs';
import { saved } from '../lib/settings.mjs';

/** Longer than an owner may be away before the room goes to someone else. */
const AWAY_MS = 45_000;

test('the room is handed to another member', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  /** @type {string[]} */
  const sockets = [];
  for (const page of [host, mia]) page.on('websocket', (socket) => sockets.push(socket.url()));
  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Hand the room over …');
  // Each is said for a few seconds only.
  const said = [host.getByText('Mia is now the owner').waitFor(), mia.getByText('You’re now the owner').waitFor()];
  await host.getByRole('button', { name: 'Make owner' }).click();
  await Promise.all(said);
  // The permissions follow, over the same WebSockets.
  await openFromMenu(mia, 'Room settings');
  await mia.getByLabel('Room name').waitFor();
  await host.getByRole('button', { name: 'More', exact: true }).click();
  await host.getByRole('menuitem', { name: 'This device' }).waitFor();
  await host.getByRole('menuitem', { name: 'Room settings' }).waitFor({ state: 'detached' });
  assert.deepEqual(sockets, []);
  assert.deepEqual(faults, []);
});

test('an owner who was away too long may take the room back', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  await host.goto('about:blank');
  await mia.getByText('You’re now the owner').waitFor({ timeout: AWAY_MS });
  await host.goto(link);
  await host.getByText('You were away, so Mia became the owner.').waitFor();
  const said = host.getByText('You’re now the owner').waitFor();
  await host.getByRole('button', { name: 'Take it back' }).click();
  await said;
  await host.getByRole('button', { name: 'Take it back' }).waitFor({ state: 'detached' });
  await openFromMenu(host, 'Room settings');
  await host.getByLabel('Room name').waitFor();
  assert.deepEqual(faults, []);
});

test('a room that waits for its owner says so, and goes on when they are back', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia, link } = await pair(open);
  await openFromMenu(host, 'Room settings');
  await host.getByRole('radio', { name: 'The room pauses until the owner is back' }).check();
  await saved(host);
  await host.keyboard.press('Escape');
  await host.goto('about:blank');
  const away = mia.getByRole('status').getByText('The owner is away');
  await away.waitFor({ timeout: AWAY_MS });
  await host.goto(link);
  await away.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
