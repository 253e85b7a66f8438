import { expect, it } from 'vitest';
import { DEFAULTS, read } from './voiceSettings';

it('reads what was stored, and gives broken parts their default', () => {
  const kept = { ...DEFAULTS, mode: 'voice_activity', duckDb: 6, people: { user_a: { volume: 0.3, muted: true } } };
  expect(read(JSON.stringify(kept))).toEqual(kept);
  for (const stored of [null, '', '7', '{', '[]']) expect(read(stored)).toEqual(DEFAULTS);
  const broken = {
    mode: 'shout',
    vadThreshold: 7,
    duckDb: 'much',
    noiseSuppression: 1,
    people: { a: 5, b: { volume: -1 } },
  };
  expect(read(JSON.stringify(broken))).toEqual({ ...DEFAULTS, people: { b: { volume: 1, muted: false } } });
});
