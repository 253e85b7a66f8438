import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { makeRoom, openFromMenu, pair } from '../lib/room.mjs';
import { saved, setSetting } from '../lib/settings.mjs';

test('each change of the settings is saved at once, and another member sees it', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await openFromMenu(host, 'Room settings');
  await setSetting(host, 'Room name', 'Film night');
  await mia.getByRole('heading', { name: 'Film night' }).waitFor();
  await host.getByRole('switch', { name: 'Wait for slow people' }).uncheck();
  await saved(host);
  await host.getByRole('switch', { name: 'Next starts by itself' }).uncheck();
  await saved(host);
  await host.keyboard.press('Escape');

  await openFromMenu(host, 'Room settings');
  assert.equal(await host.getByRole('switch', { name: 'Wait for slow people' }).isChecked(), false);
  assert.equal(await host.getByRole('switch', { name: 'Next starts by itself' }).isChecked(), false);
  await host.keyboard.press('Escape');

  // Members without the permission do not see the settings.
  await mia.getByRole('button', { name: 'More', exact: true }).click();
  await mia.getByRole('menuitem', { name: 'This device' }).waitFor();
  assert.equal(await mia.getByRole('menuitem', { name: 'Room settings' }).count(), 0);
  assert.deepEqual(faults, []);
});

test('every rule that a room can be made with is changed in its settings', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const code = new URL(link).pathname.split('/').at(-1);
  const stored = async () => (await (await host.request.get(`/api/rooms/${code}`)).json()).room;
  await openFromMenu(host, 'Room settings');
  const settings = host.getByRole('dialog', { name: 'Room settings' });
  /** @param {string} label @param {string} option */
  const choose = async (label, option) => {
    await settings.getByLabel(label, { exact: true }).selectOption(option);
    await saved(host);
  };
  await choose('What plays next', 'One of each person in turn');
  await choose('How often one person can write', 'Every minute');
  await choose('How long messages are kept', 'A week');
  await choose('Without people the room ends', 'After a day');
  await settings.getByRole('radio', { name: 'A moderator takes over' }).check();
  await saved(host);
  await setSetting(host, 'Most videos of one person in the list', '1.5', 'whole number');
  await setSetting(host, 'Most videos of one person in the list', '7');
  await setSetting(host, 'Most people at once', '1', 'from 2 to 10,000');
  await setSetting(host, 'Most people at once', '12');
  await settings.getByRole('switch', { name: 'People can vote to skip' }).uncheck();
  await saved(host);

  const room = await stored();
  assert.equal(room.queue.mode, 'QUEUE_MODE_TURNS');
  assert.equal(room.queue.maxItemsPerPerson, 7);
  assert.equal(room.queue.skipDisabled, true);
  assert.equal(room.chat.slowModeSeconds, 60);
  assert.equal(room.chat.retentionDays, 7);
  assert.equal(room.idleHours, 24);
  assert.equal(room.maxParticipants, 12);
  assert.equal(room.policy.handOver, 'HAND_OVER_MODERATORS');
  assert.deepEqual(faults, []);
});
