// Push to talk, mutes, permissions and removal decide who is heard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutPerson, openPeople, personRow, statusOfCall } from '../lib/people.mjs';
import { joinAsGuest, makeRoom } from '../lib/room.mjs';
import { heard, joinVoice, TONES, talkers, twoInVoice, untilHears } from '../lib/voice.mjs';

test('with push to talk a person is heard while the key is held, or after two presses', async (t) => {
  const voices = await talkers(t, { settings: { mode: 'push_to_talk' } });
  // Without pauses: what is silent is silent because of the key.
  const host = await voices.open('host', TONES.host, 1_000);
  const link = await makeRoom(host);
  const mia = await voices.open('mia', TONES.mia, 1_000);
  await joinAsGuest(mia, link, 'Mia');
  await joinVoice(host);
  await joinVoice(mia);
  const talking = mia.getByRole('button', { name: /^Talking/ });
  await mia.keyboard.down('v');
  await talking.waitFor();
  await untilHears(host, [TONES.mia]);
  await mia.keyboard.up('v');
  await untilHears(host, []);
  // Case W22: a release counts wherever the focus is, and losing the page closes.
  await mia.keyboard.down('v');
  // Long enough that the next press is no second one.
  await untilHears(host, [TONES.mia]);
  await mia.getByRole('textbox', { name: 'Message' }).focus();
  await mia.keyboard.up('v');
  await talking.waitFor({ state: 'detached' });
  assert.equal(await mia.getByRole('textbox', { name: 'Message' }).inputValue(), '');
  await mia.keyboard.press('Escape');
  await mia.keyboard.down('v');
  await talking.waitFor();
  await mia.evaluate(() => window.dispatchEvent(new Event('blur')));
  await talking.waitFor({ state: 'detached' });
  await mia.keyboard.up('v');
  await untilHears(host, []);

  await mia.keyboard.press('v');
  await mia.keyboard.press('v');
  await untilHears(host, [TONES.mia]);
  await mia.keyboard.press('v');
  await untilHears(host, []);
  await mia.getByRole('button', { name: /^Hold to talk/ }).dispatchEvent('pointerdown', { button: 0, pointerId: 1 });
  await untilHears(host, [TONES.mia]);
  assert.deepEqual(
    voices.faults().filter((fault) => !fault.includes('setPointerCapture')),
    [],
  );
});

test('who mutes themselves is silent and seen so, and who is muted by a moderator cannot undo it', async (t) => {
  const voices = await talkers(t);
  const { host, mia } = await twoInVoice(voices);
  await mia.getByRole('button', { name: 'Mute microphone' }).click();
  await untilHears(host, []);
  await host.getByRole('listitem', { name: 'Mia, muted' }).waitFor();
  await mia.getByRole('button', { name: 'Unmute microphone' }).click();
  await untilHears(host, [TONES.mia]);

  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Mute in voice');
  await mia
    .getByText(/muted you\.$/)
    .first()
    .waitFor();
  await untilHears(host, []);
  await personRow(host, 'Mia')
    .getByRole('img', { name: /muted by/ })
    .waitFor();
  // A changed client that goes on sending: nobody plays it.
  await mia.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const { connections } = /** @type {{ connections: RTCPeerConnection[] }} */ (/** @type {unknown} */ (window));
    for (const one of connections) await one.getSenders()[0]?.replaceTrack(stream.getAudioTracks()[0]);
  });
  assert.deepEqual(await heard(host, 2_000), []);
  await aboutPerson(host, 'Mia', 'Let them talk again');
  await untilHears(host, [TONES.mia]);
  assert.deepEqual(voices.faults(), []);
});

test('who may no longer talk, or is removed from the room, is out of voice at once', async (t) => {
  const voices = await talkers(t);
  const { host, mia, link } = await twoInVoice(voices);
  const room = `/api/rooms/${new URL(link).pathname.split('/').at(-1)}`;
  await host.evaluate(() => {
    const at = { asked: 0, silent: 0 };
    Object.assign(window, { at });
    const send = window.fetch;
    window.fetch = (input, how) => {
      if (String(input).includes('/roles/')) at.asked = performance.now();
      return send(input, how);
    };
    new MutationObserver(() => {
      if (document.querySelectorAll('audio').length === 0) at.silent ||= performance.now();
    }).observe(document.body, { childList: true });
  });
  const guests = (/** @type {string[]} */ removed) =>
    statusOfCall(host, 'PATCH', `${room}/roles/guest`, { removed, updateMask: 'removed' });
  assert.equal(await guests(['PERMISSION_USE_VOICE']), 200);
  await mia.getByText('You may no longer talk in this room.').waitFor();
  for (const page of [host, mia]) assert.deepEqual(await heard(page), []);
  const took = await host.evaluate(() => {
    const { at } = /** @type {{ at: { asked: number, silent: number } }} */ (/** @type {unknown} */ (window));
    return at.silent - at.asked;
  });
  t.diagnostic(`from the call that takes the permission to silence: ${Math.round(took)} ms`);

  assert.equal(await guests([]), 200);
  await joinVoice(mia);
  await untilHears(host, [TONES.mia]);
  await openPeople(host);
  await aboutPerson(host, 'Mia', 'Remove from the room …');
  await host.getByRole('button', { name: 'Remove', exact: true }).click();
  await untilHears(host, []);
  assert.equal(await mia.evaluate(() => document.querySelectorAll('audio').length), 0);
  assert.deepEqual(voices.faults(), []);
});
