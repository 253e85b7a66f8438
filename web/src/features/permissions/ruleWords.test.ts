import { expect, it } from 'vitest';
import { ruleWords } from './ruleWords';

it('says that the room has switched its voice chat off', () => {
  expect(ruleWords({ kind: 'KIND_VOICE_OFF' }, 'talk by voice', 0)).toBe(
    'The voice chat of this room is switched off, for the owner too.',
  );
});
