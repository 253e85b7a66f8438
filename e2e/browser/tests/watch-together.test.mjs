import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from '../lib/browser.mjs';
import {
  addTestFilm,
  filmPosition,
  hears,
  joinAsGuest,
  makeRoom,
  pressOverFilm,
  pressPlay,
  say,
  untilFilm,
  untilTogether,
} from '../lib/room.mjs';
import { notedFrames, noteFrames, pairwiseSkew, quantile, untilNoted } from '../lib/skew.mjs';

test('two people watch together', async (t) => {
  const { open, faults } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  await addTestFilm(host);
  await pressPlay(host);
  await untilFilm(host, 'moves');

  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await untilFilm(mia, 'moves');

  await t.test('are on the same frame', async () => {
    // Both films move from here on. After 90 frames the corrections of the first seconds are over.
    await Promise.all([noteFrames(host), noteFrames(mia)]);
    await Promise.all([untilNoted(host, 90), untilNoted(mia, 90)]);
    // On a busy machine they take longer, so several stretches of the film may be needed.
    let middle = Number.NaN;
    for (let stretch = 0; stretch < 8 && !(middle <= 100); stretch += 1) {
      await Promise.all([noteFrames(host), noteFrames(mia)]);
      await Promise.all([untilNoted(host, 150), untilNoted(mia, 150)]);
      const skews = pairwiseSkew(await notedFrames(host), await notedFrames(mia));
      middle = skews.length > 20 ? quantile(skews, 0.5) : Number.NaN;
      t.diagnostic(`pairwise skew: p50 ${middle.toFixed(1)} ms, p95 ${quantile(skews, 0.95).toFixed(1)} ms`);
    }
    assert.ok(middle <= 100, `the median skew is ${middle.toFixed(1)} ms`);
  });

  await t.test('see each other in the list', async () => {
    await host.getByRole('tab', { name: /People/ }).click();
    const list = host.getByRole('list', { name: 'People in this room' });
    await list.getByText('Mia').waitFor();
    assert.equal(await list.getByRole('listitem').count(), 2);
    await host.getByRole('tab', { name: /Chat/ }).click();
  });

  await t.test('chat both ways', async () => {
    await say(host, 'Hello Mia');
    await hears(mia, 'Hello Mia');
    await say(mia, 'Hello host');
    await hears(host, 'Hello host');
  });

  await t.test('pause together', async () => {
    await pressOverFilm(mia, 'Pause');
    await Promise.all([untilFilm(host, 'stands'), untilFilm(mia, 'stands')]);
    await untilTogether([host, mia], 0.02);
  });

  await t.test('seek together', async () => {
    const before = await filmPosition(host);
    await host.locator('body').press('l');
    await host.waitForFunction(
      (from) => Math.abs((document.querySelector('video')?.currentTime ?? 0) - from) > 5,
      before,
    );
    const [place] = await untilTogether([host, mia], 0.02);
    assert.ok(
      Math.abs(place - before - 10) < 0.5,
      `ten seconds on from ${before.toFixed(2)} s they stand at ${place.toFixed(2)} s`,
    );
  });

  await t.test('play together again', async () => {
    await host.locator('body').press('k');
    await Promise.all([untilFilm(host, 'moves'), untilFilm(mia, 'moves')]);
  });

  await t.test('seek while it plays, and wait for each other', async () => {
    const before = await filmPosition(host);
    await mia.locator('body').press('l');
    const arrived = (/** @type {number[]} */ [from]) => {
      const video = document.querySelector('video');
      return video !== null && !video.paused && !video.seeking && video.currentTime > from + 9;
    };
    await Promise.all([host, mia].map((page) => page.waitForFunction(arrived, [before])));
    await untilTogether([host, mia], 0.3);
  });

  await t.test('come back after a reload', async () => {
    await mia.reload();
    await untilFilm(mia, 'moves');
    await hears(mia, 'Hello host');
    await mia.getByRole('tab', { name: /People/ }).click();
    await mia
      .getByRole('list', { name: 'People in this room' })
      .getByRole('listitem')
      .filter({ hasText: 'Mia' })
      .getByText('you')
      .waitFor();
    await untilTogether([host, mia], 0.3);
  });

  assert.deepEqual(faults, []);
});

test('a message typed offline is sent once, when online again', async (t) => {
  const { open } = await people(t);
  const host = await open('host');
  const link = await makeRoom(host);
  const mia = await open('mia');
  await joinAsGuest(mia, link, 'Mia');
  await say(host, 'before');
  await hears(mia, 'before');

  /** @type {import('playwright-core').WebSocketRoute[]} */
  const sockets = [];
  await mia.routeWebSocket(/\/ws\/rooms\//, (socket) => {
    sockets.push(socket);
    socket.connectToServer();
  });
  // Only sockets opened from now on can be cut, so reload the page.
  await mia.reload();
  await hears(mia, 'before');
  await mia.context().setOffline(true);
  for (const socket of sockets) await socket.close();
  await mia.getByRole('status').getByText('messages are sent then').waitFor();
  await say(mia, 'said in a tunnel');
  await say(host, 'said meanwhile');
  await mia.context().setOffline(false);
  await hears(host, 'said in a tunnel');
  await hears(mia, 'said meanwhile');
  assert.equal(await host.getByRole('log', { name: 'Chat' }).getByText('said in a tunnel').count(), 1);
});
