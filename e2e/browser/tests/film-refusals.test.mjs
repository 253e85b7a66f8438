// Files that are no film: each is refused with its reason on the page, and reads nothing that it names.
import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { card, chooseFiles, sendFile } from '../lib/films.mjs';
import { numberedFilms } from '../lib/numberedFilms.mjs';
import { makeRoom } from '../lib/room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Sends a file to a room of its own, and waits for the reason on its card. @param {Page} page @param {string} path @param {string} words */
async function refused(page, path, words) {
  await makeRoom(page);
  await sendFile(page, path);
  const name = path.split('/').at(-1) ?? '';
  await (await card(page, name)).getByText(words).first().waitFor();
}

const DAMAGED =
  'This file is damaged or cut short, so no film can be read from it. Check that it plays on your device, or choose another one.';
const OTHER = 'This file isn’t what its name says. Check that it plays on your device, or choose another one.';

test('an mp4 whose end is missing', async (t) => {
  const { open, faults } = await people(t);
  const { film } = await numberedFilms(t);
  const page = await open('host');
  const path = film('cut.mp4');
  await truncate(path, Math.floor((await readFile(path)).length / 2));
  await makeRoom(page);
  const dialog = await chooseFiles(page, [path]);
  await dialog.getByText(DAMAGED).last().waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Upload', exact: true }).count(), 0);
  await page.keyboard.press('Escape');
  assert.deepEqual(faults, []);
});

test('a zip that is named as a film', async (t) => {
  const { open, faults } = await people(t);
  const { write } = await numberedFilms(t);
  const page = await open('host');
  const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(50_000, 7)]);
  await refused(page, await write('zip.mp4', zip), OTHER);
  assert.deepEqual(faults, []);
});

test('a playlist that names a file of the server or an address inside', async (t) => {
  const { open, faults } = await people(t);
  const { write } = await numberedFilms(t);
  let asked = 0;
  const inside = createServer((_request, response) => {
    asked += 1;
    response.end();
  });
  await new Promise((resolve) => inside.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => inside.close());
  const address = inside.address();
  assert.ok(address && typeof address === 'object');
  const page = await open('host');
  const names = ['file:///etc/passwd', `http://127.0.0.1:${address.port}/secret.ts`];
  for (const [index, named] of names.entries()) {
    const hls = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${named}\n#EXT-X-ENDLIST\n`;
    await refused(page, await write(`list${index}.mp4`, hls), OTHER);
    await refused(page, await write(`concat${index}.mkv`, `ffconcat version 1.0\nfile '${named}'\n`), OTHER);
  }
  assert.equal(asked, 0);
  assert.deepEqual(faults, []);
});

test('a film that claims 30 hours, before it is sent and after', async (t) => {
  const { open, faults } = await people(t);
  const { encode } = await numberedFilms(t);
  const day = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=1/21600', '-t', '108000', '-c:v', 'libx264'];
  const path = encode('day.mp4', day);
  const page = await open('host');
  await makeRoom(page);
  const dialog = await chooseFiles(page, [path]);
  await dialog
    .getByText('This film is too long (30 hours), and 3 hours is the most. Choose a shorter one.')
    .last()
    .waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Upload', exact: true }).count(), 0);
  await page.keyboard.press('Escape');
  // A page that does not know the limits sends it, and the server says why not.
  await page.route('**/api/upload-limits', (route) => route.abort());
  await refused(page, path, 'This film is too long');
  assert.deepEqual(faults, []);
});
