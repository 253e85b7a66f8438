// The front page: a link first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';

test('a pasted link makes a room that plays it, and the link of a room opens that room', async (t) => {
  const { open, faults } = await people(t);
  const host = await mediaHost(t);
  const page = await open('host');
  await page.goto('/');
  await page.getByRole('textbox', { name: 'Link to a video' }).fill(`${host}/song.mp3`);
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByTestId('sound-card').waitFor();

  const mia = await open('mia');
  await mia.goto('/');
  await mia.getByRole('textbox', { name: 'Link to a video' }).fill(page.url());
  await mia.keyboard.press('Enter');
  await mia.getByLabel('Your name').waitFor();
  assert.equal(mia.url(), page.url());
  assert.deepEqual(faults, []);
});

test('a link that nobody can play is refused at the field, and leaves no room behind', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await page.goto('/');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('alert').getByText('Paste a link to a video first').waitFor();
  await page.getByRole('textbox', { name: 'Link to a video' }).fill('ftp://example.com/film.mp4');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('alert').getByText(/http/).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  assert.deepEqual(faults, []);
});

test('a room is named when it is made', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await page.goto('/');
  await page.getByRole('button', { name: 'Create a room' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Film night');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Film night' }).waitFor();
  assert.equal(await page.title(), 'Film night – SyncWatch');
  assert.deepEqual(faults, []);
});
