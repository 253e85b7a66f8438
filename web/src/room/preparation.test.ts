import { expect, it } from 'vitest';
import type { ItemJson } from '../api/gen/syncwatch/room/v1/playlist_pb';
import { isPlayableUpload, preparationOf } from './preparation';

const item = (state: string, more: object = {}): ItemJson =>
  Object.assign({ id: 'item_1' }, { preparation: { state: `PREPARATION_STATE_${state}`, ...more } as object });

it('says how far an upload is', () => {
  expect(preparationOf(item('SENDING', { percent: 32 }))?.text).toBe('Still being sent, 32 %');
  expect(preparationOf(item('SENDING', { percent: 32, playable: true }))?.text).toBe('Plays already, 32 % sent');
  expect(preparationOf(item('PROCESSING', { percent: 5 }))?.text).toBe('Preparing, 5 %');
  expect(preparationOf(item('PENDING'))?.text).toBe('Preparing, 0 %');
  expect(preparationOf(item('FAILED', { failureMessage: 'it is damaged' }))).toEqual({
    text: 'It is damaged.',
    failed: true,
  });
});

it('has nothing to say about links and about what is ready', () => {
  expect(preparationOf({ id: 'item_1' })).toBeNull();
  expect(preparationOf(undefined)).toBeNull();
  expect(preparationOf(item('READY'))).toBeNull();
});

it('knows what can be played', () => {
  expect(isPlayableUpload(item('READY'))).toBe(true);
  expect(isPlayableUpload(item('SENDING', { playable: true }))).toBe(true);
  expect(isPlayableUpload(item('PROCESSING'))).toBe(false);
});
