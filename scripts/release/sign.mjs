// Signs a release, keyless: the identity is that of the workflow, and the signature is in a public log.
//
//   scripts/release.sh sign FOLDER PROVENANCE
//
// PROVENANCE is the bundle of the attestation, which the release carries.
// SHA256SUMS is signed by the library of Sigstore, each image of images.txt at its digest by cosign. A tag is never signed:
// it can be moved.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sign } from 'sigstore';
import { imageLines } from './sums.mjs';
import { isProgram, Refusal, run } from './tree.mjs';

/** @param {string} folder @param {import('sigstore').SignOptions} [options] */
export async function signSums(folder, options) {
  const sums = readFileSync(join(folder, 'SHA256SUMS'));
  const bundle = await sign(sums, options);
  writeFileSync(join(folder, 'SHA256SUMS.sigstore.json'), `${JSON.stringify(bundle)}\n`);
}

/** @param {string} folder */
export function signImages(folder) {
  for (const { image, digest } of imageLines(readFileSync(join(folder, 'images.txt'), 'utf8'))) {
    execFileSync('cosign', ['sign', '--yes', `${image}@sha256:${digest}`], { stdio: 'inherit' });
  }
}

if (isProgram(import.meta.url)) {
  await run(async () => {
    const [folder, provenance] = process.argv.slice(2);
    if (!folder || !provenance) throw new Refusal('usage: scripts/release.sh sign FOLDER PROVENANCE');
    copyFileSync(provenance, join(folder, 'provenance.sigstore.json'));
    await signSums(folder);
    signImages(folder);
  });
}
