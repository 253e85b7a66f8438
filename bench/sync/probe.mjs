// Runs in each page before the page's scripts: records each frame and each write of rate and position, and reads the frame
// numbers in the picture. It changes one thing: the film is fetched with CORS, because its picture cannot be read otherwise.

/**
 * Times by the page's performance.now(), positions in ms.
 * @typedef {object} Noted
 * @property {[mediaMs: number, displayMs: number, currentMs: number, readMs: number][]} frames
 * @property {[atMs: number, kind: 'rate' | 'seek' | 'play' | 'pause' | 'waiting', value: number, before: number][]} deeds
 * @property {[atMs: number, mediaMs: number, frame: number][]} codes
 */

/** @param {{ bits: number, squarePx: number, heightPx: number }} code */
export function probe(code) {
  const MAX_FRAMES = 100_000;
  const MAX_DEEDS = 10_000;
  const READ_EVERY_MS = 1_000;
  /** @type {Noted} */
  const noted = { frames: [], deeds: [], codes: [] };
  Object.assign(window, { syncBench: noted });
  const prototype = HTMLMediaElement.prototype;
  /** @param {Noted['deeds'][number][1]} kind @param {number} value @param {number} before */
  const note = (kind, value, before) => {
    if (noted.deeds.length < MAX_DEEDS) noted.deeds.push([performance.now(), kind, value, before]);
  };

  /** @param {string} name @param {(element: HTMLMediaElement, value: unknown) => void} before */
  const watch = (name, before) => {
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    Object.defineProperty(prototype, name, {
      ...property,
      set(value) {
        before(this, value);
        property?.set?.call(this, value);
      },
    });
  };
  watch('playbackRate', (element, value) => note('rate', Number(value), element.playbackRate));
  watch('currentTime', (element, value) => note('seek', Number(value) * 1000, element.currentTime * 1000));
  watch('src', (element) => {
    element.crossOrigin = 'anonymous';
  });

  const followed = new WeakSet();
  const { play, pause } = prototype;
  prototype.play = function played() {
    note('play', this.currentTime * 1000, this.currentTime * 1000);
    if (this instanceof HTMLVideoElement) follow(this);
    return play.call(this);
  };
  prototype.pause = function paused() {
    note('pause', this.currentTime * 1000, this.currentTime * 1000);
    return pause.call(this);
  };

  const canvas = new OffscreenCanvas(code.bits * code.squarePx, code.heightPx);
  const pencil = canvas.getContext('2d', { willReadFrequently: true });
  if (!pencil) throw new Error('the browser has no 2D canvas');
  const readNumber = (/** @type {HTMLVideoElement} */ video) => {
    pencil.drawImage(video, 0, 0, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
    const row = pencil.getImageData(0, code.heightPx / 2, canvas.width, 1).data;
    let number = 0;
    for (let bit = 0; bit < code.bits; bit += 1)
      number = number * 2 + Number(row[4 * (bit + 0.5) * code.squarePx] > 128);
    return number;
  };

  const follow = (/** @type {HTMLVideoElement} */ video) => {
    if (followed.has(video)) return;
    followed.add(video);
    video.addEventListener('waiting', () => note('waiting', video.currentTime * 1000, 0));
    let lastReadMs = -Infinity;
    /** @type {VideoFrameRequestCallback} */
    const seen = (_nowMs, { mediaTime, expectedDisplayTime }) => {
      const readMs = performance.now();
      if (noted.frames.length < MAX_FRAMES)
        noted.frames.push([mediaTime * 1000, expectedDisplayTime, video.currentTime * 1000, readMs]);
      if (readMs - lastReadMs >= READ_EVERY_MS) {
        lastReadMs = readMs;
        noted.codes.push([readMs, mediaTime * 1000, readNumber(video)]);
      }
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  };
}
