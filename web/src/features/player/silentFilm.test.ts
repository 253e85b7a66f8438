import { expect, it } from 'vitest';
import { decodesSound, silenceWords } from './silentFilm';

it('knows from each browser whether it decodes sound', () => {
  expect(decodesSound({ webkitAudioDecodedByteCount: 0 })).toBe(false);
  expect(decodesSound({ webkitAudioDecodedByteCount: 9_000 })).toBe(true);
  expect(decodesSound({ mozHasAudio: false })).toBe(false);
  expect(decodesSound({})).toBeNull();
});

// Case M35.
it('says why there is no sound, and nothing of a silent film', () => {
  expect(silenceWords(['AC-3'])).toBe(
    'This browser can’t play the sound of this video (AC-3). Upload the file instead, which converts it.',
  );
  expect(silenceWords(null)).toContain('or none that this browser can play');
  expect(silenceWords([])).toBeNull();
});
