// Film and voice: the film is turned down while somebody talks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTestFilm, joinAsGuest, makeRoom, pressPlay, untilFilm } from '../lib/room.mjs';
import { joinVoice, TONES, talkers, untilHears } from '../lib/voice.mjs';

/** The loudness of the film over some seconds, in dB, with the time in ms. @param {import('playwright-core').Page} page @param {number} forMs */
function loudness(page, forMs) {
  return page.evaluate(async (duration) => {
    const film = document.querySelector('video');
    if (!film) throw new Error('there is no film');
    /** @type {{ ms: number, db: number }[]} */
    const points = [];
    const begin = performance.now();
    await new Promise((resolve) => {
      film.addEventListener('volumechange', () =>
        points.push({ ms: performance.now() - begin, db: 20 * Math.log10(film.volume) }),
      );
      setTimeout(resolve, duration);
    });
    return points;
  }, forMs);
}

test('the film is turned down under voices by what this person chose, and comes back', async (t) => {
  const voices = await talkers(t, { settings: { mode: 'push_to_talk', duckDb: 12 } });
  const host = await voices.open('host', TONES.host, 1_000);
  const link = await makeRoom(host);
  await addTestFilm(host);
  const mia = await voices.open('mia', TONES.mia, 1_000);
  await joinAsGuest(mia, link, 'Mia');
  await pressPlay(host);
  await untilFilm(host, 'moves');
  await joinVoice(host);
  await joinVoice(mia);
  const curve = loudness(host, 12_000);
  await mia.keyboard.down('v');
  await untilHears(host, [TONES.mia]);
  await mia.keyboard.up('v');
  await host.waitForFunction(() => document.querySelector('video')?.volume === 1);
  const points = await curve;
  const lowest = Math.min(...points.map(({ db }) => db));
  assert.ok(Math.abs(lowest + 12) < 0.01, `the film goes down by ${lowest} dB`);
  const down = points.findIndex(({ db }) => db < -11.99);
  const up = points.findLastIndex(({ db }) => db < -11.99);
  // Down in one go and up in one go: no pumping.
  assert.ok(points.slice(0, down).every(({ db }, n) => n === 0 || db <= points[n - 1].db));
  assert.ok(points.slice(up).every(({ db }, n) => n === 0 || db >= points[up + n - 1].db));
  t.diagnostic(
    `attack ${Math.round(points[down].ms - points[0].ms)} ms, release ${Math.round(points[points.length - 1].ms - points[up + 1].ms)} ms`,
  );

  // Off: voices leave the film alone.
  await host.getByRole('button', { name: 'Voice settings' }).click();
  await host.getByRole('slider', { name: 'Film while others talk' }).fill('0');
  await host.keyboard.press('Escape');
  await mia.keyboard.down('v');
  await untilHears(host, [TONES.mia]);
  assert.equal(await host.evaluate(() => document.querySelector('video')?.volume), 1);

  // For one person alone.
  await host.getByRole('button', { name: 'Voice of Mia' }).click();
  await host.getByRole('combobox', { name: 'Film while they talk' }).selectOption('18');
  await host.waitForFunction(() => Math.abs(20 * Math.log10(document.querySelector('video')?.volume ?? 1) + 18) < 0.01);
  await mia.keyboard.up('v');
  await host.waitForFunction(() => document.querySelector('video')?.volume === 1);
  assert.deepEqual(voices.faults(), []);
});

// Case W23.
test('without a microphone a person listens, is told why, and can try again', async (t) => {
  const voices = await talkers(t);
  const host = await voices.open('host', TONES.host);
  const link = await makeRoom(host);
  const mia = await voices.open('mia', TONES.mia);
  await mia.addInitScript(() => {
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let failures = 1;
    navigator.mediaDevices.getUserMedia = (wanted) => {
      failures -= 1;
      return failures < 0 ? capture(wanted) : Promise.reject(new DOMException('in use', 'NotReadableError'));
    };
  });
  await joinAsGuest(mia, link, 'Mia');
  await joinVoice(host);
  await joinVoice(mia);
  await mia.getByText(/Another program uses the microphone/).waitFor();
  await untilHears(mia, [TONES.host]);
  await host.getByRole('listitem', { name: 'Mia, only listens' }).waitFor();
  await mia.getByRole('button', { name: 'Mute microphone' }).click();
  await mia.getByRole('button', { name: 'Unmute microphone' }).click();
  await untilHears(host, [TONES.mia]);
  assert.deepEqual(voices.faults(), []);
});

/** A microphone in a room whose loudspeakers play the film: it hears the film `delayMs` later and 15 dB lower. @param {number} delayMs */
function hearsFilm(delayMs) {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const delay = new DelayNode(context, { delayTime: delayMs / 1000, maxDelayTime: 1 });
    delay.connect(new GainNode(context, { gain: 10 ** (-15 / 20) })).connect(destination);
    const film = /** @type {any} */ (document.querySelector('video'));
    // Chromium gives one copy of an element's sound at a time.
    const stream = film.captureStream();
    film.captureStream = () => stream.clone();
    const source = context.createMediaStreamSource(stream);
    source.connect(delay);
    // What nothing refers to would be collected, and fall silent.
    Object.assign(window, { simulated: [context, source] });
    return destination.stream;
  };
}

test('somebody whose microphone hears the film is asked once to use headphones', async (t) => {
  const voices = await talkers(t, { settings: { mode: 'push_to_talk' } });
  const host = await voices.open('host', TONES.host);
  await host.addInitScript(hearsFilm, 120);
  const link = await makeRoom(host);
  await addTestFilm(host);
  const mia = await voices.open('mia', TONES.mia);
  await joinAsGuest(mia, link, 'Mia');
  await pressPlay(host);
  await untilFilm(host, 'moves');
  await joinVoice(host);
  const begin = Date.now();
  await host
    .getByRole('status')
    .getByText(/picks up the film/)
    .waitFor({ timeout: 60_000 });
  t.diagnostic(`asked after ${Math.round((Date.now() - begin) / 1000)} s`);
  // The film goes on through its element: its sound and its canceller are untouched.
  assert.equal(await host.evaluate(() => document.querySelector('video')?.muted), false);
  await host.getByRole('button', { name: 'Don’t ask again' }).click();
  await host.getByText(/picks up the film/).waitFor({ state: 'detached' });
  assert.equal(
    await host.evaluate(() => JSON.parse(localStorage.getItem('syncwatch.voice') ?? '{}').asksHeadphones),
    false,
  );
  assert.deepEqual(voices.faults(), []);
});
