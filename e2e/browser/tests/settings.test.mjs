import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { openFromMenu, pair } from '../lib/room.mjs';
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
