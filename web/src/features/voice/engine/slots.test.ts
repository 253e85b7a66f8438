import { expect, it } from 'vitest';
import { parseSlots } from './slots';

it('reads who is in which slot and who is there, as JSON of the contract', () => {
  const text = '{"sessionIds":["a","","b",""],"muted":true,"present":{"sessionIds":["a","b"]}}';
  expect(parseSlots(text)).toEqual({ sessionIds: ['a', '', 'b', ''], muted: true, present: new Set(['a', 'b']) });
  expect(parseSlots('{}')).toEqual({ sessionIds: [], muted: false, present: null });
  expect(parseSlots('{"present":{}}')?.present).toEqual(new Set());
});

it('takes nothing else', () => {
  for (const data of [
    null,
    new ArrayBuffer(2),
    '',
    '7',
    '[]',
    'null',
    '{"sessionIds":[1]}',
    '{"present":{"sessionIds":"a"}}',
  ])
    expect(parseSlots(data)).toBeNull();
});
