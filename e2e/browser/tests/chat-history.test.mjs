// What is read of the chat later, after a cut, and in a long evening: cases W15, W17.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import { log, readAll, rowCount } from '../lib/chat.mjs';
import { line } from '../lib/line.mjs';
import { hears, joinAsGuest, makeRoom, say } from '../lib/room.mjs';
import { speaker } from '../lib/speaker.mjs';

/** @typedef {import('playwright-core').Page} Page */

test('who was away catches up exactly, however much was said, edited and deleted', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  const { cut, mend } = await line(mia);
  await joinAsGuest(mia, link, 'Mia');
  const ben = await speaker(link, 'Ben');
  const early = await ben.say('before');
  const gone = await ben.say('regretted');
  await hears(mia, 'regretted');
  await cut();
  await mia.getByRole('status').getByText('You’re offline').waitFor();
  // More than a page of changes.
  await ben.sayMany(230, (n) => `missed ${n}`);
  await ben.call('PATCH', `/chat/${early}`, { text: 'before, edited' });
  await ben.call('DELETE', `/chat/${gone}`);
  await mend();
  await hears(mia, 'missed 229');
  const read = await readAll(mia);
  const missed = read.filter((text) => text.startsWith('missed'));
  assert.deepEqual(
    missed,
    Array.from({ length: 230 }, (_, n) => `missed ${n}`),
  );
  assert.ok(read.some((text) => text.startsWith('before, edited')));
  assert.ok(!read.some((text) => text.includes('regretted')));

  // Someone who comes late reads the same.
  const late = await open('late');
  await joinAsGuest(late, link, 'Late');
  await hears(late, 'missed 229');
  assert.deepEqual(
    (await readAll(late)).filter((text) => text.startsWith('missed')),
    missed,
  );
  assert.deepEqual(faults, []);
});

test('a message whose answer was lost appears once (W17)', async (t) => {
  const { open } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  let isLost = false;
  await mia.routeWebSocket(/\/ws\/rooms\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const frame = JSON.parse(String(message));
      // The server has stored it; the line is cut before anybody here learns of it.
      if (!isLost && frame.resource?.resource === 'RESOURCE_CHAT' && frame.resource.change) {
        isLost = true;
        void socket.close();
        return;
      }
      if (isLost || !frame.ack?.body) socket.send(message);
    });
  });
  await joinAsGuest(mia, link, 'Mia');
  await say(mia, 'only once');
  await hears(host, 'only once');
  await hears(mia, 'only once');
  await say(mia, 'and after it');
  await hears(host, 'and after it');
  await hears(mia, 'and after it');
  for (const page of [host, mia]) assert.equal(await log(page).getByText('only once', { exact: true }).count(), 1);
});

test('a long history has few rows in the document, and the line being read stays (W15)', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const ben = await speaker(link, 'Ben');
  await Promise.all(
    Array.from({ length: 8 }, async (_, part) => {
      const one = await speaker(link, `Ben ${part}`);
      await one.sayMany(125, (n) => `line ${part}-${n} ${'and more '.repeat(n % 12)}`);
    }),
  );
  await ben.say('the newest');
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await hears(mia, 'the newest');
  assert.ok((await rowCount(mia)) < 120, `${await rowCount(mia)} rows at the end`);
  const read = await readAll(mia);
  assert.equal(read.filter((text) => text.startsWith('line')).length, 1_000);
  assert.ok((await rowCount(mia)) < 120, `${await rowCount(mia)} rows at the beginning`);

  await log(mia).evaluate((element) => {
    element.scrollTop = 9_000;
  });
  const reading = await firstVisible(mia);
  await ben.sayMany(20, (n) => `late ${n} ${'x '.repeat(n * 9)}`);
  await mia.getByRole('button', { name: /20 new messages/ }).waitFor();
  const after = await placeOf(mia, reading.key);
  assert.ok(Math.abs(after - reading.top) <= 1, `the line moved from ${reading.top} to ${after}`);

  // Sending leads to the end.
  await say(mia, 'here I am');
  await hears(mia, 'here I am');
  await mia.getByRole('button', { name: /new messages/ }).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

/** The first row whose beginning is in view. @param {Page} page @returns {Promise<{ key: string, top: number }>} */
function firstVisible(page) {
  return log(page).evaluate(async (element) => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise((next) => requestAnimationFrame(() => next(0)));
    const { top } = element.getBoundingClientRect();
    const rows = [...element.querySelectorAll('[data-key]')].map((one) => ({
      key: /** @type {HTMLElement} */ (one).dataset['key'] ?? '',
      top: one.getBoundingClientRect().top - top,
    }));
    const found = rows.find((one) => one.top >= 0);
    if (!found) throw new Error('no row is in view');
    return found;
  });
}

/** @param {Page} page @param {string} key */
function placeOf(page, key) {
  return log(page).evaluate((element, sought) => {
    const found = element.querySelector(`[data-key="${sought}"]`);
    return (found?.getBoundingClientRect().top ?? Number.NaN) - element.getBoundingClientRect().top;
  }, key);
}
