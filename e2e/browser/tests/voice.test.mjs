// The voice chat, by tones: each person's microphone plays one of their own, and the others have to hear just that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPeople, personRow } from '../lib/people.mjs';
import { joinAsGuest, makeRoom } from '../lib/room.mjs';
import { joinVoice, leaveVoice, TONES, talkers, twoInVoice, untilHears } from '../lib/voice.mjs';

test('two people hear each other, and see who talks', async (t) => {
  const voices = await talkers(t);
  const { host, mia } = await twoInVoice(voices);
  await mia
    .getByRole('listitem', { name: /, talking$/ })
    .first()
    .waitFor();
  await openPeople(host);
  await personRow(host, 'Mia')
    .getByRole('img', { name: /in voice/ })
    .waitFor();
  await leaveVoice(mia);
  await untilHears(host, []);
  await mia.getByRole('button', { name: /^Join voice · / }).waitFor();
  assert.deepEqual(voices.faults(), []);
});

test('five people hear each other, and somebody who leaves takes nobody along', async (t) => {
  const voices = await talkers(t);
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  await joinVoice(host);
  const tones = [TONES.host, TONES.mia, TONES.ben, TONES.cleo, TONES.dan];
  const pages = [host];
  for (const [n, name] of ['Mia', 'Ben', 'Cleo', 'Dan'].entries()) {
    const page = await voices.open(name, tones[n + 1]);
    await joinAsGuest(page, link, name);
    await joinVoice(page);
    pages.push(page);
  }
  for (const [n, page] of pages.entries())
    await untilHears(
      page,
      tones.filter((_, other) => other !== n),
    );
  await leaveVoice(pages[1]);
  for (const [n, page] of pages.entries())
    if (n !== 1)
      await untilHears(
        page,
        tones.filter((_, other) => other !== n && other !== 1),
      );
  assert.deepEqual(voices.faults(), []);
});

test('offers that cross each other end in one connection that works', async (t) => {
  const voices = await talkers(t);
  const { host, mia } = await twoInVoice(voices);
  /** @param {import('playwright-core').Page} page */
  const restart = (page) => page.evaluate(() => /** @type {any} */ (window).connections[0].restartIce());
  for (let n = 0; n < 5; n += 1) await Promise.all([restart(host), restart(mia)]);
  await Promise.all([untilHears(host, [TONES.mia]), untilHears(mia, [TONES.host])]);
  for (const page of [host, mia])
    await page.waitForFunction(() => {
      const [one, ...others] = /** @type {any} */ (window).connections;
      return others.length === 0 && one.signalingState === 'stable';
    });
  assert.deepEqual(voices.faults(), []);
});

// Document 004, 4.1.3.
test('voice comes back when the connection to the room was lost', async (t) => {
  const voices = await talkers(t);
  const { host, mia } = await twoInVoice(voices);
  await mia.locator('body').press('r');
  // The other end forgets the old session, and connects to the new one.
  await host.waitForFunction(() => /** @type {any} */ (window).connections.length === 2);
  await Promise.all([untilHears(host, [TONES.mia]), untilHears(mia, [TONES.host])]);
  await mia.getByRole('region', { name: 'Voice' }).waitFor();
  assert.deepEqual(voices.faults(), []);
});
