// The front page: a link first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { mediaHost } from '../lib/mediaHost.mjs';
import { knock } from '../lib/people.mjs';

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

test('a room is made with the choices of its form, and mistakes are said at their fields', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('host');
  await page.goto('/');
  await page.getByRole('button', { name: 'Create a room' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Film night');
  await page.getByText('Who can join').click();
  await page.getByLabel('People at once, at most').fill('1');
  await page.getByText('What and when').click();
  await page.getByLabel('Description').fill('Slow cinema');
  await page.getByLabel('Labels').fill('80s, Horror, #horror');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('alert').getByText('Choose a number from 2 to 10,000').waitFor();
  await page.getByLabel('People at once, at most').fill('3');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Film night' }).waitFor();
  assert.equal(await page.title(), 'Film night – SyncWatch');
  const code = new URL(page.url()).pathname.split('/').at(-1);
  const { room } = await (await page.request.get(`/api/rooms/${code}`)).json();
  assert.equal(room.maxParticipants, 3);
  assert.equal(room.description, 'Slow cinema');
  assert.deepEqual(room.labels, ['80s', 'horror']);
  assert.deepEqual(faults, []);
});

test('a new room has its password, its rules and its list from the first moment', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  /** @type {string[]} */
  const bodies = [];
  host.on('request', (request) => bodies.push(request.postData() ?? ''));
  await host.goto('/');
  await host.getByRole('button', { name: 'Create a room' }).click();
  const form = host.getByRole('dialog', { name: 'New room' });
  for (const part of ['Who can join', 'Who controls', 'How it plays', 'Chat'])
    await form.locator('summary').getByText(part, { exact: true }).click();
  await form.getByRole('radio', { name: 'Everyone', exact: true }).first().check();
  await form.getByLabel('After a yes from us').check();
  await form.getByLabel('Password', { exact: true }).fill('pop corn');
  await form.getByRole('radio', { name: 'You alone' }).check();
  await form.getByRole('radio', { name: 'A moderator takes over' }).check();
  await form.getByLabel('What plays next').selectOption('By votes');
  await form.getByLabel('People can vote to skip').uncheck();
  await form.getByLabel('How often one person can write').selectOption('Every 30 seconds');
  await form.getByLabel('Links in messages').uncheck();
  await form.getByRole('button', { name: 'Create', exact: true }).click();
  await host.getByRole('tab', { name: /Chat/ }).waitFor();

  const code = new URL(host.url()).pathname.split('/').at(-1);
  const { room } = await (await host.request.get(`/api/rooms/${code}`)).json();
  assert.equal(room.visibility, 'VISIBILITY_PUBLIC');
  assert.deepEqual(room.join, { approval: true, passwordSet: true });
  assert.equal(room.playbackControl, 'PLAYBACK_CONTROL_OWNER_ONLY');
  assert.equal(room.policy.handOver, 'HAND_OVER_MODERATORS');
  assert.equal(room.queue.mode, 'QUEUE_MODE_VOTE');
  assert.equal(room.queue.skipDisabled, true);
  assert.equal(room.chat.slowModeSeconds, 30);
  assert.equal(room.chat.linksForbidden, true);
  assert.deepEqual(
    bodies.filter((body) => body.includes('pop corn')),
    [],
  );

  const mia = await open('mia');
  await knock(mia, host.url(), 'Mia');
  await mia.getByLabel('Password of this room').fill('pop corn');
  await mia.getByRole('button', { name: 'Join', exact: true }).click();
  await mia.getByRole('button', { name: 'Ask to join' }).waitFor();
  assert.deepEqual(faults, []);
});

/** Opens the front page again until it shows this. @param {import('playwright-core').Page} page @param {() => import('playwright-core').Locator} what */
async function untilFrontShows(page, what) {
  for (let looks = 0; looks < 20; looks += 1) {
    await page.goto('/');
    if (
      await what()
        .waitFor({ timeout: 2_000 })
        .then(
          () => true,
          () => false,
        )
    )
      return;
  }
  throw new Error('the front page does not show it');
}

test('a public room is found by its words, with who is there, and kept by who was in it', async (t) => {
  const { open, faults } = await people(t);
  const name = `Film night ${Date.now()}`;
  const host = await open('host');
  await host.goto('/');
  await host.getByRole('button', { name: 'Create a room' }).click();
  await host.getByLabel('Name', { exact: true }).fill(name);
  await host.getByRole('radio', { name: 'Everyone', exact: true }).check();
  await host.getByRole('button', { name: 'Create', exact: true }).click();
  await host.getByRole('heading', { name }).waitFor();

  const visitor = await open('visitor');
  const found = visitor.getByRole('list', { name: 'Open now' }).getByRole('listitem').filter({ hasText: name });
  await untilFrontShows(visitor, () => found.getByText('1 here'));
  await visitor.getByRole('searchbox', { name: 'Search rooms' }).fill('no such words');
  await visitor.getByText('No room fits').waitFor();
  await visitor.getByRole('button', { name: 'Show all rooms' }).click();
  await visitor.getByRole('searchbox', { name: 'Search rooms' }).fill(name);
  await visitor.getByRole('button', { name: 'With people' }).click();
  await found.getByRole('link').click();
  await visitor.getByLabel('Your name').waitFor();

  await host.goto('/');
  const kept = host.getByRole('list', { name: 'Your rooms' }).getByRole('listitem').filter({ hasText: name });
  await kept.getByRole('button', { name: `Favourite: ${name}` }).click();
  await host.getByText('Favourites', { exact: true }).click();
  await kept.getByRole('button', { name: `Favourite: ${name}`, pressed: true }).click();
  await host.getByText('Mark a room with the star').waitFor();
  await host.getByText('Last', { exact: true }).click();
  await host.getByRole('button', { name: 'Forget these' }).click();
  await host.getByText('are kept here for 90 days').waitFor();
  assert.deepEqual(faults, []);
});
