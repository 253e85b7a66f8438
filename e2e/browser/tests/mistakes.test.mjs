import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseUrl, people } from '../lib/browser.mjs';
import { makeRoom } from '../lib/room.mjs';

test('an unknown room code gets a page that says so', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('visitor');
  await page.goto('/r/zzzzzzzz');
  await page.getByRole('heading', { name: 'Room not found' }).waitFor();
  await page.getByRole('button', { name: 'Go to home page' }).click();
  await page.getByRole('button', { name: 'Create a room' }).waitFor();
  assert.deepEqual(faults, []);
});

test('text that is no room code gets an error at its field', async (t) => {
  const { open } = await people(t);
  const page = await open('visitor');
  await page.goto('/');
  await page.getByRole('button', { name: 'Join with a code' }).click();
  await page.getByLabel('Room code or invite link').fill('nope');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('alert').getByText('8 letters and digits').waitFor();
});

test('a link that is no video gets an error at its field, and adds nothing', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await makeRoom(page);
  const main = page.getByRole('main');
  await main.getByLabel('Link to a video').fill('ftp://example.com/film.mp4');
  await main.getByRole('button', { name: 'Add' }).click();
  await main.getByRole('alert').getByText(/http/).waitFor();

  // This server's own start page: reachable, and no video.
  await main.getByLabel('Link to a video').fill(`${baseUrl()}/`);
  await main.getByRole('button', { name: 'Add' }).click();
  await main
    .getByRole('alert')
    .getByText(/web page|private network/)
    .waitFor();
  await page.getByRole('heading', { name: 'What shall we watch?' }).waitFor();
  assert.deepEqual(faults, []);
});

test('an unknown address gets a page that says so', async (t) => {
  const { open } = await people(t);
  const page = await open('visitor');
  await page.goto('/no/such/page');
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
});

test('the API page shows the API under the content security policy', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('developer');
  await page.goto('/api-docs/');
  // A bound for a page that stays empty: a busy machine takes its time to lay out every call.
  await page.getByText('/api/rooms', { exact: true }).first().waitFor({ timeout: 60_000 });
  assert.deepEqual(faults, []);
});
