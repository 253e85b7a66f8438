import { expect, it } from 'vitest';
import { follow, type Sound } from './soundTrack';

const film = { currentTime: 20, paused: false, seeking: false, playbackRate: 1 };
const sound = (currentTime: number, paused = false): Sound => ({
  currentTime,
  paused,
  seeking: false,
  playbackRate: 1,
  duration: 100,
  play() {
    this.paused = false;
    return Promise.resolve();
  },
  pause() {
    this.paused = true;
  },
});

it('starts where the film is, later by the delay', async () => {
  const track = sound(0, true);
  await follow(track, film, 500);
  expect(track).toMatchObject({ currentTime: 19.5, paused: false, playbackRate: 1 });
});

it('catches up where it is near, and rests where it is right', async () => {
  const late = sound(19.9);
  await follow(late, film, 0);
  expect(late.currentTime).toBe(19.9);
  expect(late.playbackRate).toBeGreaterThan(1);
  const early = sound(20.1);
  await follow(early, film, 0);
  expect(early.playbackRate).toBeLessThan(1);
  const right = sound(20.01);
  await follow(right, { ...film, playbackRate: 2 }, 0);
  expect(right.playbackRate).toBe(2);
});

it('stops with the film, without one, and beyond its own ends', async () => {
  for (const [lead, delayMs] of [
    [{ ...film, paused: true }, 0],
    [{ ...film, seeking: true }, 0],
    [null, 0],
    [{ ...film, currentTime: 3 }, 5_000],
    [{ ...film, currentTime: 120 }, 0],
  ] as const) {
    const track = sound(20);
    await follow(track, lead, delayMs);
    expect(track.paused).toBe(true);
  }
});
