import { expect, it } from 'vitest';
import { kindWords, stateWords } from './words';

it('says what a task does and how far it is', () => {
  expect(kindWords({ kind: 'segments', first: 10, end: 20 })).toBe('Encoding, segments 10 to 19');
  expect(kindWords({ kind: 'probe' })).toBe('Looking into the file');
  expect(stateWords({ state: 'TASK_STATE_RUNNING', percent: 40, speed: 3.25, attempt: 1 })).toBe(
    '40 % at 3.3× the speed of the film',
  );
  expect(stateWords({ state: 'TASK_STATE_RUNNING', attempt: 2 })).toBe('0 %, attempt 2');
  expect(stateWords({ state: 'TASK_STATE_WAITING', urgent: true })).toBe('A viewer waits for it');
  expect(stateWords({ state: 'TASK_STATE_FAILED', attempt: 3 })).toBe('Failed after attempt 3');
});
