// Actions of hosts and moderators.
import { openFromMenu } from './room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
export async function openPeople(page) {
  await page.getByRole('tab', { name: /People/ }).click();
  await page.getByRole('list', { name: 'People in this room' }).waitFor();
}

/** @param {Page} page @param {string} name */
export function personRow(page, name) {
  return page.getByRole('list', { name: 'People in this room' }).getByRole('listitem', { name, exact: true });
}

/** Chooses an entry of a person's menu. The panel of people is open. @param {Page} page @param {string} name @param {string} entry */
export async function aboutPerson(page, name, entry) {
  await page.getByRole('button', { name: `More about ${name}` }).click();
  await page.getByRole(/^May /.test(entry) ? 'menuitemcheckbox' : 'menuitem', { name: entry }).click();
}

/** Opens one of the pages by which a room is run. @param {Page} page @param {string} which */
export async function manage(page, which) {
  await openFromMenu(page, 'Manage the room');
  const dialog = page.getByRole('dialog', { name: 'Manage the room' });
  await dialog.getByRole('navigation').getByRole('button', { name: which }).click();
  return dialog;
}

/** Answers whether a role of the room has a permission. @param {Page} page @param {string} role @param {string} sentence @param {'Yes' | 'No'} answer */
export async function setRole(page, role, sentence, answer) {
  const dialog = await manage(page, 'Roles');
  await dialog.getByRole('group', { name: 'Roles' }).getByRole('button', { name: role, exact: true }).click();
  const group = dialog.getByRole('group', { name: sentence });
  await group.getByText(answer, { exact: true }).click();
  await group.getByRole('radio', { name: answer, checked: true }).waitFor({ state: 'attached' });
  await page.keyboard.press('Escape');
}

/**
 * The status of a call of this person to the server, with a fresh token of their session. It takes the lock of the client's
 * own refresh: a refresh token that is used twice ends the session.
 * @param {Page} page @param {'POST' | 'PATCH'} method @param {string} path @param {object} [body]
 */
export function statusOfCall(page, method, path, body = {}) {
  return page.evaluate(
    async ([verb, to, text]) => {
      const json = { 'content-type': 'application/json' };
      const { session } = await navigator.locks.request('syncwatch.refresh', async () => {
        const refreshed = await fetch('/api/auth/refresh', {
          method: 'POST',
          headers: { ...json, 'x-syncwatch-tokens': 'cookie' },
          body: '{}',
        });
        return refreshed.json();
      });
      const headers = { ...json, authorization: `Bearer ${session.accessToken}` };
      return (await fetch(to, { method: verb, headers, body: text })).status;
    },
    [method, path, JSON.stringify(body)],
  );
}

/** @param {Page} page @param {string} path */
export function statusOfPost(page, path) {
  return statusOfCall(page, 'POST', path);
}

/** Opens a link of a room and gives a name, without waiting to be in. @param {Page} page @param {string} link @param {string} name */
export async function knock(page, link, name) {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
}

/** @param {Page} page */
export async function untilIn(page) {
  await page.getByRole('tab', { name: /Chat/ }).waitFor();
}

/** Makes an account; its page is signed in then. @param {Page} page @param {string} username */
export async function signUp(page, username) {
  await page.goto('/sign-up');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** The browser forgets who was signed in, as by "clear cookies"; its own id stays. @param {Page} page */
export async function forgetSession(page) {
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.removeItem('syncwatch.session'));
}
