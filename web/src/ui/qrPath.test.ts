import { expect, it } from 'vitest';
import { qrPath } from './qrPath';

it('draws a code with its quiet zone', () => {
  const { size, d } = qrPath('https://sync.example/r/6y9vdy75');
  // Version 3 has 29 modules, and 4 on each side are quiet.
  expect(size).toBe(37);
  // The upper edge of the finder pattern at the top left: 7 dark modules.
  expect(d.startsWith('M4 4h7v1h-7z')).toBe(true);
  expect(d).not.toMatch(/M[0-3] /);
});
