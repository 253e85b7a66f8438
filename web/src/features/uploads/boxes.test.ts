import { expect, it } from 'vitest';
import { indexAtEnd } from './boxes';

function box(type: string, size: number, written = size): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, written);
  bytes.set(new TextEncoder().encode(type), 4);
  return bytes;
}

function wideBox(type: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = box(type, size, 1);
  new DataView(bytes.buffer).setBigUint64(8, BigInt(size));
  return bytes;
}

const at = (...boxes: Uint8Array<ArrayBuffer>[]) => indexAtEnd(new Blob(boxes));

it('finds an index behind the media', async () => {
  expect(await at(box('ftyp', 24), box('free', 8), box('mdat', 500), box('moov', 90))).toBe(532);
  expect(await at(box('ftyp', 24), wideBox('mdat', 700), box('moov', 90)), 'with a size of 64 bits').toBe(724);
  expect(await at(box('ftyp', 24), box('mdat', 500), box('moov', 90, 0)), 'with one that goes to the end').toBe(524);
});

it.each([
  ['an index in front', [box('ftyp', 24), box('moov', 90), box('mdat', 500)]],
  ['a fragmented file', [box('ftyp', 24), box('moof', 90), box('mdat', 500), box('moov', 9)]],
  ['no index', [box('ftyp', 24), box('mdat', 500)]],
  ['a size that cannot be', [box('ftyp', 24, 4), box('mdat', 500), box('moov', 90)]],
  ['a file that is cut short', [box('ftyp', 24), box('mdat', 500, 5_000)]],
  ['no mp4', [new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3, 4, 5, 6, 7, 8])]],
  ['nothing', []],
])('says no for %s', async (_what, boxes) => {
  expect(await at(...boxes)).toBeNull();
});
