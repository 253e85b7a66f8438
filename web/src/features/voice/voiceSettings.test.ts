import { expect, it } from 'vitest';
import { DEFAULTS, duckDepthDb, read } from './voiceSettings';

it('reads what was stored, and gives broken parts their default', () => {
  const kept = {
    ...DEFAULTS,
    mode: 'voice_activity',
    duckDb: 6,
    people: { user_a: { volume: 0.3, muted: true, duckDb: 20 } },
  };
  expect(read(JSON.stringify(kept))).toEqual(kept);
  for (const stored of [null, '', '7', '{', '[]']) expect(read(stored)).toEqual(DEFAULTS);
  const broken = {
    mode: 'shout',
    vadThreshold: 7,
    duckDb: 'much',
    noiseSuppression: 1,
    people: { a: 5, b: { volume: -1, duckDb: 99 } },
  };
  expect(read(JSON.stringify(broken))).toEqual({ ...DEFAULTS, people: { b: { volume: 1, muted: false } } });
});

it('turns the film down as the speaker wants for whom it goes lowest', () => {
  const settings = {
    duckDb: 12,
    people: { a: { volume: 1, muted: false, duckDb: 20 }, b: { volume: 1, muted: false, duckDb: 0 } },
  };
  expect(duckDepthDb(settings, [])).toBe(0);
  expect(duckDepthDb(settings, ['b'])).toBe(0);
  expect(duckDepthDb(settings, ['b', 'c'])).toBe(12);
  expect(duckDepthDb(settings, ['a', 'c'])).toBe(20);
});
