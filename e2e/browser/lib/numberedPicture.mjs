// Reads what a page really shows of a film of `numberedFilms.mjs`, and hears its tone.
import { sendFile } from './films.mjs';
import { CELLS, RATE, TONE } from './numberedFilms.mjs';
import { makeRoom, untilFilmAt } from './room.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Frames and tones of a page since `record`. `number` null: no row of cells is at the top of the picture.
 * @typedef {{ number: number | null, seconds: number }} Shown
 * @typedef {{ frames: Shown[], tones: number[] }} Recorded
 */

/**
 * Reads from now on every picture that the page shows and the loudest tone that it plays. Call while the film rests: a film of
 * some seconds may be over before a busy machine looks.
 * @param {Page} page
 */
export async function record(page) {
  await page.evaluate((cells) => {
    const video = /** @type {(HTMLVideoElement & { captureStream(): MediaStream }) | null} */ (
      document.querySelector('video')
    );
    if (!video) throw new Error('there is no film');
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [cells * 8, 64];
    const context = canvas.getContext('2d', { willReadFrequently: true });
    window.readNumber = () => {
      context?.drawImage(video, 0, 0, canvas.width, canvas.height);
      const light = Array.from({ length: cells }, (_, index) => {
        const [red = 0, green = 0, blue = 0] = context?.getImageData(index * 8 + 4, 8, 1, 1).data ?? [];
        return (red + green + blue) / 3;
      });
      const [white = 0] = light;
      const black = light.at(-1) ?? 255;
      const bits = light.slice(1, -1).map((one) => (one > (white + black) / 2 ? 1 : 0));
      return white > 140 && black < 80 ? bits.reduce((/** @type {number} */ sum, bit) => sum * 2 + bit, 0) : null;
    };
    window.recorded = { frames: [], tones: [] };
    const look = (/** @type {number} */ _now, /** @type {{ mediaTime: number }} */ { mediaTime }) => {
      window.recorded.frames.push({ number: window.readNumber(), seconds: mediaTime });
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const stream = video.captureStream();
    if (stream.getAudioTracks().length === 0) return;
    const audio = new AudioContext();
    const analyser = new AnalyserNode(audio, { fftSize: 8_192, smoothingTimeConstant: 0 });
    audio.createMediaStreamSource(stream).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    setInterval(() => {
      if (video.muted) return;
      analyser.getFloatFrequencyData(bins);
      const loudest = Math.max(...bins);
      if (loudest > -60) window.recorded.tones.push((bins.indexOf(loudest) * audio.sampleRate) / analyser.fftSize);
    }, 50);
  }, CELLS);
}

/**
 * The picture that rests. `record` was called before.
 * @param {Page} page @returns {Promise<Shown>}
 */
export function restingFrame(page) {
  return page.evaluate(() => ({
    number: window.readNumber(),
    seconds: document.querySelector('video')?.currentTime ?? Number.NaN,
  }));
}

/**
 * Waits until the page has played several right pictures, and a tone of this frequency; null: pictures alone.
 * @param {Page} page @param {{ hertz?: number | null, off?: number }} [wanted] off: frames that a picture may be away
 */
export async function assertPlays(page, { hertz = TONE, off = 1 } = {}) {
  await page.waitForFunction((wanted) => {
    const { frames, tones } = window.recorded;
    return frames.length > 5 && (wanted === null || tones.filter((one) => Math.abs(one - wanted) < 12).length > 2);
  }, hertz);
  const { frames, tones } = await page.evaluate(() => window.recorded);
  for (const frame of frames) assertInPlace(frame, off);
  if (hertz === null && tones.length > 0) throw new Error(`a tone of ${tones[0]} Hz in a film without sound`);
}

/**
 * Throws unless the picture is the one of its time, at most so many frames off.
 * @param {Shown} frame @param {number} [off]
 */
export function assertInPlace({ number, seconds }, off = 1) {
  if (number === null) throw new Error(`at ${seconds.toFixed(3)} s the picture has no row of cells at its top`);
  const wanted = Math.floor(seconds * RATE + 0.01);
  if (Math.abs(number - wanted) > off)
    throw new Error(`at ${seconds.toFixed(3)} s the picture is number ${number}, and not ${wanted}`);
}

/** Sends a film to a room of its own, and waits until it can be played. @param {Page} page @param {string} path */
export async function openUpload(page, path) {
  await makeRoom(page);
  await sendFile(page, path);
  // A bound for a film that never comes: a busy machine takes its time to encode.
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
    timeout: 60_000,
  });
}

/** Moves the film, which rests. @param {Page} page @param {number} seconds */
export async function jumpTo(page, seconds) {
  await page.getByRole('slider', { name: 'Position, for everyone' }).fill(String(seconds * 1000));
  await page.keyboard.press('Shift');
  await untilFilmAt(page, seconds);
}
