import { expect, it } from 'vitest';
import type { UploadView } from './state';
import { lineWords, preparingWords, readyWords, saidOf, sendingWords } from './words';

const GIB = 1024 ** 3;
const VIEW: UploadView = {
  key: 'k',
  roomId: 'room_a',
  filename: 'holiday.mov',
  sizeBytes: 4.2 * GIB,
  createdMs: 0,
  step: 'sending',
  uploadId: 'upload_1',
  itemId: 'item_1',
  sentBytes: 3.1 * GIB,
  bytesPerSecond: 6_000_000,
  percent: 0,
  playable: false,
  problem: null,
  note: '',
};
const view = (part: Partial<UploadView>) => ({ ...VIEW, ...part });

it('says how much is sent, how fast, and for how long', () => {
  expect(sendingWords(VIEW)).toBe('3.1 GB of 4.2 GB · 48 Mbit/s · 4 minutes left');
  expect(sendingWords(view({ bytesPerSecond: null })), 'no guess').toBe('3.1 GB of 4.2 GB');
  expect(sendingWords(view({ step: 'paused' }))).toBe('3.1 GB of 4.2 GB · paused');
  expect(sendingWords(view({ step: 'waiting', sentBytes: 0 }))).toBe('Waits for the others');
  expect(sendingWords(view({ step: 'preparing', sentBytes: VIEW.sizeBytes }))).toBe('4.2 GB sent');
});

it('says what the other two steps are at', () => {
  expect([preparingWords(VIEW), readyWords(VIEW)]).toEqual(['', '']);
  const early = view({ percent: 22, playable: true });
  expect([preparingWords(early), readyWords(early)]).toEqual([
    '22 % is prepared',
    'You can start now: it stays ahead of you',
  ]);
  expect(preparingWords(view({ step: 'preparing', playable: true })), 'it is past the look').toBe('0 % is prepared');
  expect(readyWords(view({ step: 'paused', playable: true }))).toBe('What is there plays already');
  expect(readyWords(view({ step: 'ready', playable: true }))).toBe('Everyone can watch it');
  expect(readyWords(view({ step: 'failed', playable: true }))).toBe('');
});

it('says it in one line for the list, and aloud when it changes', () => {
  expect(lineWords(VIEW)).toBe('Sending, 73 %, 4 minutes left');
  expect(lineWords(view({ playable: true }))).toBe('Plays already, sending, 73 %, 4 minutes left');
  expect(lineWords(view({ step: 'preparing', percent: 40 }))).toBe('Preparing, 40 %');
  expect(lineWords(view({ step: 'ready' }))).toBe('');
  expect(lineWords(view({ note: 'No connection. It goes on by itself.' }))).toBe(
    'No connection. It goes on by itself.',
  );
  expect(saidOf(view({ step: 'preparing' }))).toBe('holiday.mov is sent, and is being prepared.');
  expect(saidOf(view({ problem: { reason: 'X', text: 'No.', remedy: 'none' } }))).toBe('holiday.mov: No.');
});
