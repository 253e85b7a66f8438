// The voice settings: the microphone before one joins, and filters of noise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinAsGuest, makeRoom } from '../lib/room.mjs';
import { joinVoice, sentTracks, TONES, talkers, twoInVoice, untilHears } from '../lib/voice.mjs';

test('one sees before joining that the microphone works, and nobody hears it', async (t) => {
  const voices = await talkers(t);
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  const mia = await voices.open('mia', TONES.mia);
  await mia.addInitScript(() => {
    const captured = /** @type {MediaStreamTrack[]} */ ([]);
    Object.assign(window, { captured });
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await capture(wanted);
      captured.push(...stream.getTracks());
      return stream;
    };
  });
  await joinAsGuest(mia, link, 'Mia');
  const states = () =>
    mia.evaluate(() =>
      /** @type {{ captured: MediaStreamTrack[] }} */ (/** @type {unknown} */ (window)).captured.map(
        ({ readyState }) => readyState,
      ),
    );
  await mia.getByRole('button', { name: 'Voice settings' }).click();
  assert.deepEqual(await states(), []);
  await mia.getByRole('button', { name: 'Test your microphone' }).click();
  await mia.getByText(/Nobody hears you/).waitFor();
  await mia.waitForFunction(() => Number(document.querySelector('[role=meter]')?.getAttribute('aria-valuenow')) > 40);
  assert.deepEqual(await states(), ['live']);
  assert.equal(await mia.evaluate(() => /** @type {any} */ (window).connections.length), 0);
  await mia.keyboard.press('Escape');
  await mia.getByRole('dialog', { name: 'Voice settings' }).waitFor({ state: 'detached' });
  assert.deepEqual(await states(), ['ended']);

  await joinVoice(host);
  await joinVoice(mia);
  await untilHears(host, [TONES.mia]);
  assert.deepEqual(voices.faults(), []);
});

test('strong noise suppression goes on and off while one talks, and push to talk closes what it sends', async (t) => {
  const voices = await talkers(t, { settings: { noiseSuppression: true } });
  const { host, mia } = await twoInVoice(voices);
  await mia.getByRole('button', { name: 'Voice settings' }).click();
  const strong = mia.getByRole('switch', { name: 'Strong noise suppression' });
  await strong.check();
  await mia.waitForFunction(() =>
    /** @type {any} */ (window).connections.some(
      (/** @type {RTCPeerConnection} */ one) => one.getSenders()[0]?.track?.label === 'MediaStreamAudioDestinationNode',
    ),
  );
  // What the filter takes for noise is its own affair; sound goes through it.
  await untilHears(host, [TONES.mia]);
  await mia.getByRole('radio', { name: 'Hold to talk' }).check({ force: true });
  await mia.keyboard.press('Escape');
  await untilHears(host, []);
  assert.deepEqual(await sentTracks(mia), [{ label: 'MediaStreamAudioDestinationNode', enabled: false }]);
  await mia.keyboard.down('v');
  await untilHears(host, [TONES.mia]);
  await mia.keyboard.up('v');
  await mia.getByRole('button', { name: 'Voice settings' }).click();
  await strong.uncheck();
  await mia.keyboard.press('Escape');
  await mia.keyboard.down('v');
  await untilHears(host, [TONES.mia]);
  assert.deepEqual(voices.faults(), []);
});
