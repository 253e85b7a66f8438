import { expect, it } from 'vitest';
import { modeOfTab, read, withOffset } from './device';

it('reads the stored settings', () => {
  const kept = { mode: 'chat', excused: true, audioOffsetsMs: { Headphones: 180, '': -20 } };
  expect(read(JSON.stringify(kept))).toEqual(kept);
});

it('uses the defaults for invalid stored settings', () => {
  for (const stored of [
    null,
    '',
    'x',
    '7',
    'null',
    '[]',
    '{"mode":"fly","excused":"yes","audioOffsetsMs":{"a":"b","c":null}}',
  ]) {
    expect(read(stored)).toEqual({ mode: 'watch', excused: false, audioOffsetsMs: {} });
  }
  expect(read('{"audioOffsetsMs":{"a":9000}}').audioOffsetsMs).toEqual({ a: 500 });
});

it('lets a tab have its own mode', () => {
  expect(modeOfTab('remote')).toEqual({ mode: 'remote' });
  expect(modeOfTab('x')).toEqual({});
  expect(modeOfTab(null)).toEqual({});
});

it('keeps an offset for each output, of sixteen at most', () => {
  let offsets: Record<string, number> = {};
  for (let i = 0; i < 20; i += 1) offsets = withOffset(offsets, `output ${i}`, i + 1);
  expect(Object.keys(offsets)).toHaveLength(16);
  expect(offsets['output 19']).toBe(20);
  expect(offsets['output 0']).toBeUndefined();
  expect(withOffset(offsets, 'output 19', 0)).not.toHaveProperty('output 19');
  expect(withOffset({}, 'a', -9_000)).toEqual({ a: -500 });
});
