// Voice through the media server: more people than a mesh has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinAsGuest, makeRoom } from '../lib/room.mjs';
import {
  joinVoice,
  leaveVoice,
  longestDoubleMs,
  longestGapMs,
  recordVoices,
  TONES,
  talkers,
  untilHears,
} from '../lib/voice.mjs';

/** @typedef {import('playwright-core').Page} Page */

const NAMES = /** @type {const} */ (['Mia', 'Ben', 'Cleo', 'Dan', 'Eva']);

/** How many connections of a page are open: to others, and to the media server. @param {Page} page */
function connections(page) {
  return page.evaluate(() => {
    const { connections: all } = /** @type {{ connections: RTCPeerConnection[] }} */ (/** @type {unknown} */ (window));
    const open = all.filter((one) => one.connectionState === 'connected');
    const server = open.filter((one) => one.getTransceivers().length > 1);
    return { mesh: open.length - server.length, sfu: server.length };
  });
}

/** @param {Page} page @param {{ mesh: number, sfu: number }} wanted */
async function untilConnected(page, wanted) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = await connections(page);
    if (now.mesh === wanted.mesh && now.sfu === wanted.sfu) return;
    if (Date.now() > deadline)
      throw new Error(`after 20 s the connections are ${JSON.stringify(now)} instead of ${JSON.stringify(wanted)}`);
  }
}

test('six people hear who talks through the media server, and go back to a mesh when three are left', async (t) => {
  const voices = await talkers(t, { settings: { joinMuted: true } });
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  await joinVoice(host);
  /** @type {Record<string, Page>} */
  const pages = { host };
  for (const name of NAMES) {
    const key = name.toLowerCase();
    const page = await voices.open(name, TONES[/** @type {keyof typeof TONES} */ (key)]);
    await joinAsGuest(page, link, name);
    await joinVoice(page);
    pages[key] = page;
  }
  for (const page of Object.values(pages)) await untilConnected(page, { mesh: 0, sfu: 1 });
  const { mia, ben, cleo, dan, eva } = pages;
  for (const page of [host, mia, eva]) await page.getByRole('button', { name: 'Unmute microphone' }).click();
  for (const [key, page] of Object.entries(pages)) {
    const others = Object.entries({ host: TONES.host, mia: TONES.mia, eva: TONES.eva });
    await untilHears(
      page,
      others.filter(([other]) => other !== key).map(([, hz]) => hz),
    );
  }
  await ben.getByRole('listitem', { name: 'Mia, talking' }).waitFor();

  // Loudness and a mute for oneself follow the person, whichever slot they are in.
  await ben.getByRole('button', { name: 'Voice of Mia' }).click();
  await ben.getByText(/through the server/).waitFor();
  await ben.getByRole('switch', { name: 'Mute for you' }).check();
  await ben.keyboard.press('Escape');
  await untilHears(ben, [TONES.host, TONES.eva]);
  await untilHears(cleo, [TONES.host, TONES.mia, TONES.eva]);

  for (const page of [cleo, dan, ben]) await leaveVoice(page);
  for (const page of [host, mia, eva]) await untilConnected(page, { mesh: 2, sfu: 0 });
  await untilHears(host, [TONES.mia, TONES.eva]);
  await untilHears(eva, [TONES.host, TONES.mia]);
  assert.deepEqual(voices.faults(), []);
});

test('the change from the mesh to the media server and back is not heard, and a lost server is replaced', async (t) => {
  const voices = await talkers(t, { records: true, settings: { joinMuted: true, mode: 'push_to_talk' } });
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  await joinVoice(host);
  // Without pauses: each one that is heard is of the change. Voice activity would take a steady tone for noise.
  const mia = await voices.open('mia', TONES.mia, 1_000);
  await joinAsGuest(mia, link, 'Mia');
  await joinVoice(mia);
  await mia.keyboard.press('v');
  await mia.keyboard.press('v');
  await untilHears(host, [TONES.mia]);
  /** @type {Page[]} */
  const others = [];
  for (const name of NAMES.slice(1)) {
    const page = await voices.open(name, 0);
    await joinAsGuest(page, link, name);
    others.push(page);
  }
  for (const page of others.slice(0, 3)) await joinVoice(page);
  await untilConnected(host, { mesh: 4, sfu: 0 });

  const there = await recordVoices(host);
  await joinVoice(others[3]);
  await untilConnected(host, { mesh: 0, sfu: 1 });
  await untilHears(host, [TONES.mia]);
  const toServer = await there.stop();

  // As when its host is killed: neither messages nor packets come any more, and nothing says so.
  const again = await recordVoices(host);
  await host.evaluate(() => {
    const { connections: all } = /** @type {{ connections: RTCPeerConnection[] }} */ (/** @type {unknown} */ (window));
    for (const one of all) if (one.connectionState === 'connected') one.close();
  });
  await untilConnected(host, { mesh: 0, sfu: 1 });
  await untilHears(host, [TONES.mia]);
  const toNext = await again.stop();

  const back = await recordVoices(host);
  for (const page of others.slice(0, 3)) await leaveVoice(page);
  await untilConnected(host, { mesh: 2, sfu: 0 });
  await untilHears(host, [TONES.mia]);
  const toMesh = await back.stop();
  for (const [what, levels] of /** @type {const} */ ([
    ['to the media server', toServer],
    ['to another connection', toNext],
    ['to the mesh', toMesh],
  ]))
    t.diagnostic(`${what}: ${longestGapMs(levels)} ms of silence, ${longestDoubleMs(levels)} ms doubled`);
  // What is measured depends on the machine; a change that waits for a timeout is longer than this on any.
  for (const levels of [toServer, toMesh]) assert.ok(longestGapMs(levels) < 500);
  assert.deepEqual(voices.faults(), []);
});
