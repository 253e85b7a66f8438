// Files of one's own: sent from a browser, watched by the room, kept in a library.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { barriers } from '../lib/axe.mjs';
import { people } from '../lib/browser.mjs';
import { card, chooseFiles, films, offered, pickerGives, sendFile, slowLine } from '../lib/films.mjs';
import { signUp } from '../lib/people.mjs';
import {
  joinAsGuest,
  makeRoom,
  openFromMenu,
  pressOverFilm,
  pressPlay,
  untilFilm,
  untilTogether,
} from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

const SLOW = 400_000;

/** Two people in a room without a film. @param {(name: string) => Promise<Page>} open */
async function emptyPair(open) {
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  return { host, mia, link };
}

/** Waits until the item can be played, and plays it. @param {Page[]} pages the first one may control the room */
async function watch(...pages) {
  const [host] = pages;
  await Promise.all(
    pages.map((page) =>
      // A bound for a film that never comes: a busy machine takes its time to encode.
      page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
        timeout: 60_000,
      }),
    ),
  );
  if (host) await pressPlay(host);
  await Promise.all(pages.map((page) => untilFilm(page, 'moves')));
}

/** Counts the uploads that this browser keeps. @param {Page} page */
function kept(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('syncwatch-uploads', 1);
        opening.addEventListener('success', () => {
          const count = opening.result.transaction('uploads').objectStore('uploads').count();
          count.addEventListener('success', () => resolve(count.result));
        });
      }),
  );
}

test('a film that plays as it is is sent, and both watch it', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const { host, mia } = await emptyPair(open);
  const dialog = await chooseFiles(host, [plain('holiday.mp4')]);
  await dialog.getByText('Plays at once.', { exact: true }).last().waitFor();
  await dialog.getByText(/0:20 · 640 × 360/).waitFor();
  await host.keyboard.press('Escape');
  await sendFile(host, plain('holiday.mp4'));
  // It is on the list at once, for both.
  for (const page of [host, mia]) {
    await page.getByRole('tab', { name: /Up next/ }).click();
    await page.getByRole('list', { name: 'Up next' }).getByText('holiday', { exact: true }).waitFor();
  }
  await watch(host, mia);
  await untilTogether([host, mia], 0.3);
  const own = await card(host, 'holiday.mp4');
  await own.getByText('Everyone can watch it').waitFor({ timeout: 60_000 });
  assert.equal(await kept(host), 0, 'nothing is left to resume');
  assert.deepEqual(faults, []);
});

test('a film that no browser plays is converted, which is said before it is sent', async (t) => {
  const { open, faults } = await people(t);
  const { old } = await films(t);
  const { host, mia } = await emptyPair(open);
  const dialog = await chooseFiles(host, [old('old.mkv')]);
  await dialog
    .getByText(/It is converted first|The server checks it/)
    .last()
    .waitFor();
  await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
  await watch(host, mia);
  assert.deepEqual(faults, []);
});

test('the room watches a film whose index is at its end while it is still being sent', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const { host, mia } = await emptyPair(open);
  const path = plain('camera.mp4', { seconds: 60, kbit: 2_400, indexLast: true });
  await slowLine(host, { up: 800_000 });
  await sendFile(host, path);
  await watch(host, mia);
  await (await card(host, 'camera.mp4')).getByText(/of \d+ MB/).waitFor();
  await (await card(host, 'camera.mp4')).getByText('You can start now').waitFor();
  await slowLine(host, {});
  assert.deepEqual(faults, []);
});

test('an upload pauses, goes on, and survives a reload without a question', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const host = await open('host');
  await makeRoom(host);
  const content = await readFile(plain('long.mp4', { seconds: 40, kbit: 1_200 }));
  await pickerGives(host, 'long.mp4', content);
  await slowLine(host, { up: SLOW });
  await host.getByRole('main').getByRole('button', { name: 'Upload a file' }).click();
  await (await offered(host)).getByRole('button', { name: 'Upload', exact: true }).click();
  const own = await card(host, 'long.mp4');
  const sent = own.getByRole('progressbar', { name: 'Sending' });
  /** @param {number} percent */
  const untilSent = async (percent) => {
    for (;;) if (Number(await sent.getAttribute('aria-valuenow')) >= percent) return;
  };
  await untilSent(10);
  await own.getByRole('button', { name: 'Pause long.mp4' }).click();
  await own.getByText(/paused$/).waitFor();
  await own.getByRole('button', { name: 'Resume long.mp4' }).click();
  await untilSent(25);

  await host.reload();
  const again = await card(host, 'long.mp4');
  const bar = again.getByRole('progressbar', { name: 'Sending' });
  await bar.waitFor();
  assert.ok(Number(await bar.getAttribute('aria-valuenow')) >= 15, 'it does not begin again');
  await again.getByText(/sent$/).waitFor({ timeout: 60_000 });
  await watch(host);
  assert.deepEqual(faults, []);
});

test('after a reload the same file is chosen again, and another one is not taken for it', async (t) => {
  const { open, faults } = await people(t);
  const { plain, folder } = await films(t);
  const host = await open('host');
  await makeRoom(host);
  const path = plain('again.mp4', { seconds: 40, kbit: 1_200 });
  await slowLine(host, { up: SLOW });
  await sendFile(host, path);
  const own = await card(host, 'again.mp4');
  await own.getByText(/MB of/).waitFor();
  host.on('dialog', (dialog) => void dialog.accept());
  await host.reload();
  const lost = await card(host, 'again.mp4');
  await lost.getByText('The browser can’t read this file any more').first().waitFor();
  await slowLine(host, {});
  const input = lost.getByLabel('again.mp4 again');
  await input.setInputFiles(plain('other.mp4'));
  await lost.getByText('That is another file').first().waitFor();
  await input.setInputFiles(`${folder}/again.mp4`);
  await lost.getByText(/sent$/).waitFor({ timeout: 60_000 });
  assert.deepEqual(faults, []);
});

test('a film in two languages with styled subtitles: each chooses for themselves', async (t) => {
  const { open, faults } = await people(t);
  const { bilingual } = await films(t);
  const { host, mia } = await emptyPair(open);
  await sendFile(host, await bilingual('two.mkv'));
  await watch(host, mia);
  await pressOverFilm(mia, 'Playback options');
  await mia.getByRole('radio', { name: 'English', exact: true }).check({ force: true });
  await mia.keyboard.press('Escape');
  /** @type {string[]} */
  const asked = [];
  mia.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await pressOverFilm(mia, 'Captions, for you');
  await mia.getByRole('radio', { name: 'Signs' }).check({ force: true });
  await mia.keyboard.press('Escape');
  await mia.getByTestId('drawn-subtitles').locator('canvas').waitFor({ state: 'attached' });
  await mia.waitForFunction(() =>
    [...document.querySelectorAll('canvas')].some(
      ({ className, width }) => className.includes('object-contain') && width > 300,
    ),
  );
  assert.ok(asked.some((path) => path.endsWith('.ass')));
  await untilTogether([host, mia], 0.5);
  assert.equal(await host.getByTestId('drawn-subtitles').count(), 0);
  // Pictures on the seek bar.
  await mia.mouse.move(400, 400);
  await mia.getByRole('slider', { name: 'Position, for everyone' }).hover();
  await mia.getByTestId('storyboard').waitFor({ timeout: 30_000 });
  assert.deepEqual(faults, []);
});

test('each refusal is said in its own words before anything is sent', async (t) => {
  const { open, faults } = await people(t);
  const { plain, other } = await films(t);
  const host = await open('host');
  await makeRoom(host);
  const empty = await chooseFiles(host, [await other('empty.mp4', '')]);
  await empty.getByText('This file is empty. Choose another one.').last().waitFor();
  assert.equal(await empty.getByRole('button', { name: 'Upload', exact: true }).count(), 0);
  await host.keyboard.press('Escape');

  const film = plain('film.mp4');
  /** @param {object} limits @param {string | RegExp} words */
  const refused = async (limits, words) => {
    await host.route('**/api/upload-limits', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), ...limits } });
    });
    const dialog = await chooseFiles(host, [film]);
    await dialog.getByText(words).last().waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Upload', exact: true }).count(), 0);
    await host.keyboard.press('Escape');
    await host.unroute('**/api/upload-limits');
  };
  await refused({ maxSizeBytes: '1024' }, /This file is too large \(.* of 1 KB\)\. Choose a smaller one\./);
  await refused({ maxDurationS: '5' }, /This film is too long \(20 seconds\), and 5 seconds is the most/);
  await refused({ quotaBytes: '2048', usedBytes: '2000' }, /Your storage has no room for this file/);
  await refused({ enabled: false }, 'This installation takes no uploads');

  // The browser cannot read this file, so the server decides, and its refusal says why.
  await sendFile(host, await other('zip.mp4', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(50_000, 7)])));
  const own = await card(host, 'zip.mp4');
  await own
    .getByText(/isn’t what its name says|can’t be watched here|damaged/)
    .first()
    .waitFor();
  await own.getByRole('button', { name: 'Hide zip.mp4' }).click();
  await own.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

test('files that are dropped anywhere on the room are offered, and nothing is sent without a yes', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const host = await open('host');
  await makeRoom(host);
  const content = (await readFile(plain('dropped.mp4'))).toString('base64');
  const transfer = await host.evaluateHandle((text) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], 'dropped.mp4', { type: 'video/mp4' }));
    return data;
  }, content);
  await host.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await host.getByText('Drop files to add them to the list').waitFor();
  await host.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  const dialog = await offered(host);
  await dialog.getByText('Plays at once.', { exact: true }).last().waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await host.getByRole('tab', { name: /Up next/ }).click();
  await host.getByText('Nothing here yet').waitFor();
  assert.deepEqual(faults, []);
});

test('an upload that is cancelled leaves the list and the storage', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const { host, mia } = await emptyPair(open);
  await slowLine(host, { up: SLOW });
  await sendFile(host, plain('wrong.mp4', { seconds: 40, kbit: 1_200 }));
  const own = await card(host, 'wrong.mp4');
  await mia.getByRole('tab', { name: /Up next/ }).click();
  await mia.getByRole('list', { name: 'Up next' }).getByText('wrong', { exact: true }).waitFor();
  await own.getByRole('button', { name: 'Cancel wrong.mp4' }).click();
  await mia.getByRole('list', { name: 'Up next' }).getByText('wrong', { exact: true }).waitFor({ state: 'detached' });
  await openFromMenu(host, 'Your uploads');
  await host.getByText('Nothing here yet').waitFor();
  assert.deepEqual(faults, []);
});

test('the library renames, adds to a room and deletes, and says how much is used', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const page = await open('host', { reducedMotion: 'reduce' });
  await signUp(page, `library${Date.now()}`);
  await makeRoom(page);
  await page.goto('/');
  await page.getByRole('link', { name: 'Your uploads' }).click();
  await page.getByRole('heading', { name: 'Your uploads' }).waitFor();
  await page.getByText('Nothing here yet').waitFor();
  assert.deepEqual(await barriers(page), [], 'the empty library');
  await sendFile(page, plain('mine.mp4'));
  const list = page.getByRole('list', { name: 'Your uploads' });
  await list.getByText('mine', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole('meter', { name: 'Storage used' }).waitFor();
  assert.deepEqual(await barriers(page), [], 'the library with a film');

  /** @param {string} title @param {string} what */
  const choose = async (title, what) => {
    await list.getByRole('button', { name: `Actions for ${title}` }).click();
    await page.getByRole('menuitem', { name: what, exact: true }).click();
  };
  await choose('mine', 'Rename');
  await page.getByLabel('Title', { exact: true }).fill('Our holiday');
  await page.getByRole('button', { name: 'Save' }).click();
  await list.getByText('Our holiday', { exact: true }).waitFor();

  await choose('Our holiday', 'Add to a room');
  const rooms = page.getByRole('dialog', { name: 'Add “Our holiday” to a room' });
  await rooms
    .getByRole('button', { name: /^Add to / })
    .first()
    .click();
  await rooms.getByRole('link', { name: 'Added. Open the room' }).click();
  await page.getByRole('tab', { name: /Up next.*1/ }).waitFor();

  await openFromMenu(page, 'Your uploads');
  await choose('Our holiday', 'Delete');
  const dialog = page.getByRole('dialog', { name: 'Delete this upload?' });
  assert.deepEqual(await barriers(page), [], 'the question before a deletion');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing here yet').waitFor();
  assert.deepEqual(faults, []);
});

// Case M2.
test('signing out forgets what this browser was sending', async (t) => {
  const { open, faults } = await people(t);
  const { plain } = await films(t);
  const page = await open('host');
  await signUp(page, `leaves${Date.now()}`);
  await page.goto('/uploads');
  await slowLine(page, { up: SLOW });
  await sendFile(page, plain('secret.mp4', { seconds: 40, kbit: 1_200 }));
  await page.getByText('secret.mp4', { exact: true }).waitFor();
  assert.equal(await kept(page), 1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Sign in to see your uploads').waitFor();
  assert.equal(await kept(page), 0);
  assert.equal(await page.getByText('secret.mp4').count(), 0);
  assert.deepEqual(faults, []);
});

for (const [name, colorScheme] of /** @type {const} */ ([
  ['night', 'dark'],
  ['day', 'light'],
])) {
  test(`uploads have no barriers by ${name}, on a phone too`, async (t) => {
    const { open, faults } = await people(t);
    const { plain } = await films(t);
    const page = await open('host', { colorScheme, reducedMotion: 'reduce', viewport: { width: 390, height: 844 } });
    await makeRoom(page);
    await slowLine(page, { up: SLOW });
    const dialog = await chooseFiles(page, [plain('film.mp4', { seconds: 40, kbit: 1_200 })]);
    assert.deepEqual(await barriers(page), [], 'the question before sending');
    await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
    await card(page, 'film.mp4');
    await page.getByRole('progressbar', { name: 'Sending' }).waitFor();
    assert.deepEqual(await barriers(page), [], 'an upload that runs');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(wide, 0, 'nothing is wider than the phone');
    // The browser asks before a page is left that would lose its file.
    page.on('dialog', (question) => void question.accept());
    await page.goto('/admin/uploads');
    await page.getByText('Only an administrator can do this.').waitFor();
    assert.deepEqual(await barriers(page), [], 'the administrators’ page for others');
    assert.deepEqual(faults, []);
  });
}
