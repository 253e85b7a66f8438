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
 * The status of a call of this person to the server, with a fresh token of their session.
 * @param {Page} page @param {string} path
 */
export function statusOfPost(page, path) {
  return page.evaluate(async (to) => {
    const json = { 'content-type': 'application/json' };
    const refreshed = await fetch('/api/auth/refresh', {
      method: 'POST',
      headers: { ...json, 'x-syncwatch-tokens': 'cookie' },
      body: '{}',
    });
    const { session } = await refreshed.json();
    const headers = { ...json, authorization: `Bearer ${session.accessToken}` };
    return (await fetch(to, { method: 'POST', headers, body: '{}' })).status;
  }, path);
}
