// A short sound, made by the browser: no file, and quiet enough to be heard beside a film.

const VOLUME = 0.06;
const LENGTH_S = 0.22;
const EVERY_MS = 3_000;
let playedMs = -Infinity;

/** `isForMe`: two tones instead of one. Browsers are silent until the first tap on the page. */
export function chime(isForMe: boolean): void {
  const nowMs = performance.now();
  if (nowMs - playedMs < EVERY_MS || typeof AudioContext !== 'function') return;
  playedMs = nowMs;
  const context = new AudioContext();
  const tones = isForMe ? [660, 880] : [660];
  tones.forEach((frequency, index) => tone(context, frequency, context.currentTime + index * 0.12));
  setTimeout(() => void context.close(), 1_000);
}

function tone(context: AudioContext, frequency: number, at: number): void {
  const source = context.createOscillator();
  const level = context.createGain();
  source.frequency.value = frequency;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(VOLUME, at + 0.01);
  level.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH_S);
  source.connect(level).connect(context.destination);
  source.start(at);
  source.stop(at + LENGTH_S);
}
