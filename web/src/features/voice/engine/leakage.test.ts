import { expect, it } from 'vitest';
import { Leakage } from './leakage';

const TICK_MS = 25;

/** Loudness that changes as that of speech and music does, in dB. */
function program(seed: number): (ms: number) => number {
  return (ms) => {
    const part = Math.sin((Math.floor(Math.max(0, ms) / 120) + 1) * 12.9898 * seed) * 43_758.5453;
    return -50 + 40 * (part - Math.floor(part));
  };
}

/** Whether half a minute of these levels counts as a leak. */
function leaks(film: (ms: number) => number, microphone: (ms: number) => number, forMs = 35_000): boolean {
  const leakage = new Leakage();
  let is = false;
  for (let ms = 0; ms < forMs; ms += TICK_MS) is = leakage.add(film(ms), microphone(ms), ms);
  return is;
}

/** The louder one of two sounds, on a floor of noise. */
const mixed = (...levels: number[]) => 10 * Math.log10(levels.reduce((sum, db) => sum + 10 ** (db / 10), 1e-6));

it('finds the film in the microphone, at any delay of a room or of Bluetooth', () => {
  const film = program(1);
  for (const delayMs of [0, 20, 180, 350])
    for (const lossDb of [10, 25]) {
      const isFound = leaks(film, (ms) => mixed(film(ms - delayMs) - lossDb));
      expect(isFound, `${delayMs} ms, ${lossDb} dB`).toBe(true);
    }
});

it('finds nothing where the canceller or headphones keep the film out', () => {
  const film = program(2);
  expect(leaks(film, () => -60)).toBe(false);
  expect(leaks(film, (ms) => mixed(film(ms - 40) - 50))).toBe(false);
});

it('takes no talk, no other sound and no steady noise for the film', () => {
  for (let seed = 3; seed < 23; seed += 1) {
    const [film, other] = [program(seed), program(100 + seed)];
    expect(leaks(film, other), `${seed}`).toBe(false);
  }
  const steady = program(9);
  expect(leaks(program(3), (ms) => -40 + (steady(ms * 5) + 50) / 40)).toBe(false);
});

it('says nothing of a film without pauses, or of a few seconds', () => {
  expect(
    leaks(
      () => -20,
      () => -40,
    ),
  ).toBe(false);
  const film = program(4);
  expect(leaks(film, (ms) => film(ms) - 10, 12_000)).toBe(false);
});

it('bears the missed ticks of a busy page, and compares nothing across a gap', () => {
  const film = program(5);
  const measured = (isMissed: (ms: number) => boolean) => {
    const leakage = new Leakage();
    let is = false;
    for (let ms = 0; ms < 60_000; ms += TICK_MS) if (!isMissed(ms)) is = leakage.add(film(ms), film(ms) - 10, ms);
    return is;
  };
  expect(measured((ms) => ms % 1_000 < 300)).toBe(true);
  expect(measured((ms) => ms % 3_000 < 500)).toBe(false);
});
