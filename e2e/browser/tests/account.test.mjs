import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { signUp } from '../lib/people.mjs';

/** @param {import('playwright-core').Page} page @param {string} name @param {string} password */
async function fillIn(page, name, password) {
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

test('someone signs up, out and in again, and the server never sees the password', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('sam');
  const name = `sam-${randomBytes(5).toString('hex')}`;
  const password = `correct horse ${randomBytes(5).toString('hex')}`;
  /** @type {string[]} */
  const bodies = [];
  page.on('request', (request) => bodies.push(request.postData() ?? ''));

  await page.goto('/sign-up');
  await fillIn(page, name, password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();

  await page.reload();
  await page.getByText(name).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await fillIn(page, name, `${password}x`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Wrong name or password').waitFor();

  await fillIn(page, name, password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();

  await page.goto('/sign-up');
  await fillIn(page, name, password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('alert').getByText('looks like it, is taken').waitFor();

  assert.ok(bodies.some((body) => body.includes('registrationRecord')));
  assert.deepEqual(
    bodies.filter((body) => body.includes(password)),
    [],
  );
  assert.deepEqual(faults, []);
});

test('a weak password is refused before anything is sent', async (t) => {
  const { open } = await people(t);
  const page = await open('sam');
  /** @type {string[]} */
  const calls = [];
  page.on('request', (request) => {
    if (request.url().includes('/opaque/')) calls.push(request.url());
  });
  await page.goto('/sign-up');
  await fillIn(page, 'sam', 'short');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('alert').getByText('at least 8').waitFor();
  assert.deepEqual(calls, []);
});

test('an administrator finds the uploads of everyone, and nobody else does', async (t) => {
  const { open, faults } = await people(t);
  const page = await open('ada');
  await signUp(page, `ada${randomBytes(5).toString('hex')}`);
  await page.getByRole('link', { name: 'Your uploads' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Uploads of everyone' }).count(), 0);
  await page.route('**/api/auth/refresh', async (route) => {
    const answer = await route.fetch();
    const { session } = await answer.json();
    session.identity.kind = 'SUBJECT_KIND_ADMIN';
    await route.fulfill({ response: answer, json: { session } });
  });
  await page.reload();
  await page.getByRole('link', { name: 'Uploads of everyone' }).click();
  await page.getByRole('heading', { name: 'Uploads of everyone' }).waitFor();
  // Her token still says what she is.
  await page.getByText('Only an administrator can do this.').waitFor();
  assert.deepEqual(faults, []);
});
