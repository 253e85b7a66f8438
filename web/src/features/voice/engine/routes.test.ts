import { expect, it } from 'vitest';
import type { Hearing } from './mesh';
import { wayOf } from './routes';

const SILENT: Hearing = { isThere: true, carries: false, speaks: false };
const TALKING: Hearing = { isThere: true, carries: true, speaks: true };
/** Talks, but no packet has come yet. */
const AWAITED: Hearing = { isThere: true, carries: false, speaks: true };
const GONE: Hearing = { isThere: false, carries: false, speaks: false };

it('stays where it is until the other way is there', () => {
  expect(wayOf('mesh', 'sfu', { mesh: TALKING, sfu: undefined })).toBe('mesh');
  expect(wayOf('sfu', 'mesh', { mesh: GONE, sfu: TALKING })).toBe('sfu');
  expect(wayOf('sfu', 'sfu', { mesh: undefined, sfu: undefined })).toBe('sfu');
});

it('changes in a pause, or when the new way carries the voice', () => {
  expect(wayOf('mesh', 'sfu', { mesh: SILENT, sfu: SILENT })).toBe('sfu');
  expect(wayOf('mesh', 'sfu', { mesh: TALKING, sfu: AWAITED })).toBe('mesh');
  expect(wayOf('mesh', 'sfu', { mesh: TALKING, sfu: TALKING })).toBe('sfu');
  expect(wayOf('sfu', 'mesh', { mesh: TALKING, sfu: TALKING })).toBe('mesh');
});

it('uses the way that is left when the other one is gone', () => {
  expect(wayOf('sfu', 'sfu', { mesh: TALKING, sfu: undefined })).toBe('mesh');
  expect(wayOf('mesh', 'mesh', { mesh: GONE, sfu: SILENT })).toBe('sfu');
  expect(wayOf('sfu', 'sfu', { mesh: TALKING, sfu: SILENT })).toBe('sfu');
});
