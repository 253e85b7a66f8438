import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { openFromMenu, pair } from '../lib/room.mjs';

test('another member sees a change of the settings', async (t) => {
  const { open, faults } = await people(t);
  const { host, mia } = await pair(open);
  await openFromMenu(host, 'Room settings');
  await host.getByLabel('Room name').fill('Film night');
  await host.getByRole('radio', { name: 'Play is pressed' }).check();
  await host.getByRole('checkbox', { name: 'Stop at the end of each video' }).check();
  await host.getByRole('button', { name: 'Save' }).click();
  await mia.getByRole('heading', { name: 'Film night' }).waitFor();

  await openFromMenu(host, 'Room settings');
  assert.ok(await host.getByRole('radio', { name: 'Play is pressed' }).isChecked());
  assert.ok(await host.getByRole('checkbox', { name: 'Stop at the end of each video' }).isChecked());
  await host.keyboard.press('Escape');

  // Members without the permission do not see the settings.
  await mia.getByRole('button', { name: 'More' }).click();
  await mia.getByRole('menuitem', { name: 'This device' }).waitFor();
  assert.equal(await mia.getByRole('menuitem', { name: 'Room settings' }).count(), 0);
  assert.deepEqual(faults, []);
});
