// Sums: SHA256SUMS, images.txt, programs-ARCH.sha256.
import { createHash } from 'node:crypto';
import { Refusal } from './tree.mjs';

/** @param {Buffer} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A file in the form of sha256sum. Refuses names that lead out of a folder. @param {string} text @param {string} name of the file, for messages */
export function sumLines(text, name) {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const match = /^([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._/-]*)$/.exec(line);
      if (!match || match[2].includes('..')) throw new Refusal(`${name}: "${line}" is no line of sha256sum`);
      return { sum: match[1], name: match[2] };
    });
}

/** The lines of images.txt. @param {string} text */
export function imageLines(text) {
  return sumLines(text, 'images.txt').map(({ sum, name }) => ({ image: name, digest: sum }));
}
