import { expect, it } from 'vitest';
import { Activity } from './activity';

/** Feeds a level for some time, and returns whether the microphone is open at its end. */
function feed(activity: Activity, levelDb: number, fromMs: number, toMs: number): boolean {
  let open = false;
  for (let ms = fromMs; ms <= toMs; ms += 25) open = activity.isOpen(levelDb, ms);
  return open;
}

it('opens for a voice and closes after it, not between words', () => {
  const activity = new Activity(0.5);
  expect(feed(activity, -58, 0, 2_000)).toBe(false);
  expect(activity.isOpen(-25, 2_025)).toBe(true);
  expect(feed(activity, -25, 2_050, 3_000)).toBe(true);
  expect(feed(activity, -58, 3_025, 3_250)).toBe(true);
  expect(feed(activity, -58, 3_275, 3_700)).toBe(false);
});

it('learns the noise of a loud room', () => {
  const activity = new Activity(0.5);
  feed(activity, -40, 0, 15_000);
  expect(feed(activity, -40, 15_025, 17_000)).toBe(false);
  expect(activity.isOpen(-20, 17_025)).toBe(true);
});

it('opens earlier the more sensitive it is', () => {
  const [low, high] = [new Activity(0), new Activity(1)];
  for (const activity of [low, high]) feed(activity, -60, 0, 2_000);
  expect(low.isOpen(-48, 2_025)).toBe(false);
  expect(high.isOpen(-48, 2_025)).toBe(true);
});

it('takes silence that has no level', () => {
  expect(new Activity(1).isOpen(-Infinity, 0)).toBe(false);
});
