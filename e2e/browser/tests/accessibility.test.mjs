// Every page as a program reads it, by night and by day: names, roles, labels, contrast.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers } from '../lib/axe.mjs';
import { people } from '../lib/browser.mjs';
import { choose, log, row } from '../lib/chat.mjs';
import { aboutPerson, manage, openPeople, setRole } from '../lib/people.mjs';
import { addTestFilm, hears, joinAsGuest, makeRoom, openFromMenu, say } from '../lib/room.mjs';
import { speaker } from '../lib/speaker.mjs';

/** @typedef {import('playwright-core').Page} Page */

const NIGHT = /** @type {const} */ ({ colorScheme: 'dark', reducedMotion: 'reduce' });
const DAY = /** @type {const} */ ({ colorScheme: 'light', reducedMotion: 'reduce' });

/** @param {Page} page @param {string} what */
async function isUsable(page, what) {
  assert.deepEqual(await barriers(page), [], what);
}

for (const [name, look] of Object.entries({ night: NIGHT, day: DAY })) {
  test(`the pages before a room have no barriers by ${name}`, async (t) => {
    const { open, faults } = await people(t);
    const page = await open('visitor', look);
    await page.goto('/');
    await page.getByRole('button', { name: 'Create a room' }).waitFor();
    await isUsable(page, 'the front page');
    await page.getByRole('button', { name: 'Create a room' }).click();
    const form = page.getByRole('dialog', { name: 'New room' });
    for (const part of await form.locator('summary').all()) await part.click();
    await form.getByLabel('People at once, at most').fill('1');
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await form.getByRole('alert').first().waitFor();
    await isUsable(page, 'the form of a new room, with a mistake');
    for (const [path, heading] of [
      ['/sign-up', 'Sign up'],
      ['/sign-in', 'Sign in'],
      ['/r/zzzzzzzz', 'Room not found'],
    ]) {
      await page.goto(path);
      await page.getByRole('heading', { name: heading }).waitFor();
      await isUsable(page, path);
    }

    const host = await open('host', look);
    const link = await makeRoom(host);
    await isUsable(host, 'the empty room');
    await page.goto(link);
    await page.getByLabel('Your name').waitFor();
    await isUsable(page, 'the door');
    await setRole(host, 'Guests', 'May control playback', 'No');
    await openFromMenu(host, 'Room settings');
    await host.getByRole('radio', { name: 'After a yes from us' }).check();
    await isUsable(host, 'the settings');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await page.getByText('Waiting for somebody to let you in').waitFor();
    await isUsable(page, 'the wait at the door');
    assert.deepEqual(faults, []);
  });

  test(`the room has no barriers by ${name}`, async (t) => {
    const { open, faults } = await people(t);
    const host = await open('host', look);
    const link = await makeRoom(host);
    await addTestFilm(host);
    const ben = await speaker(link, 'Ben');
    const mia = await open('mia', look);
    await joinAsGuest(mia, link, 'Mia');
    const asked = await ben.say('who has popcorn? https://example.org/a-page');
    await ben.say('anyone?', { replyToMessageId: asked });
    await say(host, 'look, @Mia');
    await hears(mia, 'anyone?');
    await row(host, 'anyone?').hover();
    await row(host, 'anyone?').getByRole('button', { name: 'React' }).click();
    await host.getByRole('searchbox', { name: 'Find an emoji' }).fill('fire');
    await isUsable(host, 'the emoji');
    await host.keyboard.press('Enter');
    await row(mia, 'anyone?').getByRole('button', { name: '🔥, 1 person' }).waitFor();
    await choose(host, 'anyone?', 'Pin');
    await log(mia).getByText('(pinned)').waitFor();
    await isUsable(mia, 'the chat');
    await host.getByRole('button', { name: 'Search the chat' }).click();
    await isUsable(host, 'the search');
    await host.getByRole('button', { name: 'Back to the chat' }).click();

    await openPeople(host);
    await host.getByRole('button', { name: 'More about Mia' }).click();
    await isUsable(host, 'people, with the menu of a person');
    await host.keyboard.press('Escape');
    await aboutPerson(host, 'Mia', 'Remove from the room …');
    await isUsable(host, 'removing a person');
    await host.keyboard.press('Escape');
    await setRole(host, 'Guests', 'May control playback', 'No');
    await mia.getByRole('button', { name: 'Play', exact: true, disabled: true }).waitFor();
    await mia.locator('body').press('k');
    await mia.getByRole('button', { name: 'Ask', exact: true }).click();
    await mia.getByText(/^Asked\./).waitFor();
    await isUsable(mia, 'a refusal with its reasons');
    await host.getByRole('button', { name: /^Allow: Mia asks/ }).waitFor();
    await isUsable(host, 'people, with a request');

    await host.getByRole('tab', { name: /Up next/ }).click();
    await isUsable(host, 'up next');
    await host.getByRole('button', { name: 'Invite' }).click();
    await isUsable(host, 'the invitation');
    await host.keyboard.press('Escape');
    for (const dialog of ['This device', 'Keyboard shortcuts']) {
      await openFromMenu(host, dialog);
      await isUsable(host, dialog);
      await host.keyboard.press('Escape');
    }
    for (const which of ['Members', 'Requests', 'Roles', 'Invites', 'Bans', 'Word filters', 'Log', 'The room']) {
      const pages = await manage(host, which);
      await pages.getByRole('status').waitFor({ state: 'detached' });
      await isUsable(host, `the administration: ${which}`);
      await host.keyboard.press('Escape');
    }
    assert.deepEqual(faults, []);
  });
}

test('a button without a name and a text without contrast are found', async (t) => {
  const { open } = await people(t);
  const page = await open('visitor', NIGHT);
  await page.setContent('<main><button></button><p style="background: #fff; color: #ddd">faint</p></main>');
  const found = await barriers(page);
  assert.deepEqual(found.map((one) => one.split(':')[0]).toSorted(), [
    'button-name',
    'color-contrast',
    'document-title',
    'html-has-lang',
  ]);
});
