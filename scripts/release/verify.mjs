// Verifies a release: who signed it, where and from which commit it was built, what it consists of.
//
//   scripts/release.sh verify 1.2.0                         downloads the release and verifies it
//   scripts/release.sh verify 1.2.0 --folder DIR            verifies files that are here already
//     --repository OWNER/NAME     of a fork; syncwatch/syncwatch by default
//     --programs DIR              also compares programs that you have built (scripts/release.sh reproducible)
//     --trusted-root FILE         the keys of Sigstore, where their update service cannot be reached
//     --from URL                  where to download from; https://github.com by default
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { billFaults } from './bill.mjs';
import { ISSUER, verifyBundle } from './keyless.mjs';
import { imageLines, sha256, sumLines } from './sums.mjs';
import { isProgram, parseVersion, Refusal, run } from './tree.mjs';

const MOST_BYTES = 64 * 1024 * 1024;
const SIGNATURES = ['SHA256SUMS.sigstore.json', 'provenance.sigstore.json'];
const WORKFLOW = '.github/workflows/release.yml';

/** @typedef {{ version: string, repository: string, trustedRoot?: string, programs?: string }} Wanted */

/** Every file is one that SHA256SUMS names, with that sum. @param {string} folder @param {{ sum: string, name: string }[]} sums */
function verifySums(folder, sums) {
  const present = readdirSync(folder).filter((name) => name !== 'SHA256SUMS' && !SIGNATURES.includes(name));
  for (const name of present) {
    if (!sums.some((line) => line.name === name))
      throw new Refusal(`${name} does not belong to the release: SHA256SUMS does not name it`);
  }
  for (const { name, sum } of sums) {
    if (!present.includes(name)) throw new Refusal(`${name} is missing`);
    if (sha256(readFileSync(join(folder, name))) !== sum)
      throw new Refusal(`${name} was changed: its sum is not that of SHA256SUMS`);
  }
}

/**
 * The statement says that the workflow of this repository built these subjects from this tag.
 * @param {any} statement in-toto, with SLSA provenance
 * @param {Wanted} wanted @param {{ sum: string, name: string }[]} subjects @returns {string} the commit
 */
export function verifyProvenance(statement, { version, repository }, subjects) {
  if (statement.predicateType !== 'https://slsa.dev/provenance/v1') {
    throw new Refusal(`the provenance is of the type ${statement.predicateType}`);
  }
  const { buildDefinition, runDetails } = statement.predicate ?? {};
  const workflow = buildDefinition?.externalParameters?.workflow ?? {};
  const source = `https://github.com/${repository}`;
  const expected = { repository: source, path: WORKFLOW, ref: `refs/tags/v${version}` };
  for (const [field, value] of Object.entries(expected)) {
    if (workflow[field] !== value)
      throw new Refusal(`the provenance names the ${field} ${workflow[field]}, not ${value}`);
  }
  const builder = `${source}/${WORKFLOW}@refs/tags/v${version}`;
  if (runDetails?.builder?.id !== builder)
    throw new Refusal(`it was built by ${runDetails?.builder?.id}, not ${builder}`);
  for (const { name, sum } of subjects) {
    const found = statement.subject?.some(
      (/** @type {any} */ subject) => subject.name === name && subject.digest?.sha256 === sum,
    );
    if (!found) throw new Refusal(`the provenance does not cover ${name}`);
  }
  const revision = buildDefinition.resolvedDependencies?.[0]?.digest?.gitCommit;
  if (!/^[0-9a-f]{40}$/.test(revision ?? '')) throw new Refusal('the provenance names no commit');
  return revision;
}

/** Signatures beside the images in the registry. @param {string} identity @param {{ image: string, digest: string }[]} images */
function verifyImages(identity, images) {
  if (spawnSync('cosign', ['version']).error) {
    return `${images.length} images: their digests are in the signed list. Without cosign nobody looked for the signatures in the registry`;
  }
  for (const { image, digest } of images) {
    const args = [
      'verify',
      '--certificate-identity',
      identity,
      '--certificate-oidc-issuer',
      ISSUER,
      `${image}@sha256:${digest}`,
    ];
    const { status, stderr } = spawnSync('cosign', args, { encoding: 'utf8' });
    if (status !== 0) throw new Refusal(`${image}: cosign does not accept the signature: ${stderr.trim()}`);
  }
  return `${images.length} images are signed at their digests`;
}

/** Programs of one's own build. @param {string} folder of the release @param {string} programs */
function verifyPrograms(folder, programs) {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const file = `programs-${arch}.sha256`;
  const lines = sumLines(readFileSync(join(folder, file), 'utf8'), file);
  const built = lines.filter(({ name }) => readdirSync(programs).includes(name));
  if (built.length === 0) throw new Refusal(`${programs} has none of the programs in ${file}`);
  for (const { name, sum } of built) {
    if (sha256(readFileSync(join(programs, name))) !== sum)
      throw new Refusal(`${name} differs from that of the release`);
  }
  return `${built.map(({ name }) => name).join(', ')}: your build is equal`;
}

/**
 * Verifies the files of a release, in the order in which each step relies on the one before.
 * @param {string} folder @param {Wanted} wanted @param {(line: string) => void} say
 */
export async function verifyRelease(folder, wanted, say) {
  const { version, repository, trustedRoot, programs } = wanted;
  const identity = `https://github.com/${repository}/${WORKFLOW}@refs/tags/v${version}`;
  const file = (/** @type {string} */ name) => {
    if (!readdirSync(folder).includes(name)) throw new Refusal(`${name} is missing`);
    return readFileSync(join(folder, name));
  };
  const sumsFile = file('SHA256SUMS');
  const signer = { identity, trustedRoot };
  await verifyBundle(file('SHA256SUMS.sigstore.json'), signer, sumsFile);
  say(`SHA256SUMS is signed by ${identity}`);

  const sums = sumLines(sumsFile.toString(), 'SHA256SUMS');
  verifySums(folder, sums);
  say(`${sums.length} files have the signed sums`);

  const images = imageLines(file('images.txt').toString());
  const statement = await verifyBundle(file('provenance.sigstore.json'), signer);
  const subjects = [...sums, ...images.map(({ image, digest }) => ({ name: image, sum: digest }))];
  const revision = verifyProvenance(statement, wanted, subjects);
  say(`files and images were built on GitHub from the commit ${revision}`);

  const [fault] = await billFaults(file(`syncwatch-${version}.cdx.json`).toString(), version, revision);
  if (fault) throw new Refusal(`the bill of materials is wrong: ${fault}`);
  say('the bill of materials is complete');

  say(verifyImages(identity, images));
  if (programs) say(verifyPrograms(folder, programs));
}

/** @param {string} url @returns {Promise<Buffer>} */
async function download(url) {
  const response = await fetch(url).catch((error) => {
    throw new Refusal(`${url} cannot be reached: ${error.cause?.message ?? error.message}`);
  });
  if (!response.ok) throw new Refusal(`${url} answers ${response.status}`);
  if (Number(response.headers.get('content-length') ?? 0) > MOST_BYTES) throw new Refusal(`${url} is too large`);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (bytes.length > MOST_BYTES) throw new Refusal(`${url} is too large`);
  return bytes;
}

/** @param {string} from @param {Wanted} wanted @returns {Promise<string>} the folder */
async function downloadRelease(from, { version, repository }) {
  const folder = mkdtempSync(join(tmpdir(), `syncwatch-${version}-`));
  const base = `${from}/${repository}/releases/download/v${version}`;
  const save = async (/** @type {string} */ name) => {
    const bytes = await download(`${base}/${name}`);
    writeFileSync(join(folder, name), bytes);
    return bytes;
  };
  const sums = sumLines((await save('SHA256SUMS')).toString(), 'SHA256SUMS');
  for (const name of [...SIGNATURES, ...sums.map((line) => line.name)]) await save(name);
  return folder;
}

if (isProgram(import.meta.url)) {
  await run(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        folder: { type: 'string' },
        repository: { type: 'string', default: 'syncwatch/syncwatch' },
        programs: { type: 'string' },
        'trusted-root': { type: 'string' },
        from: { type: 'string', default: 'https://github.com' },
      },
    });
    const [version = ''] = positionals;
    parseVersion(version);
    const wanted = {
      version,
      repository: values.repository,
      trustedRoot: values['trusted-root'],
      programs: values.programs,
    };
    const folder = values.folder ?? (await downloadRelease(values.from, wanted));
    await verifyRelease(folder, wanted, (line) => console.log(`verify: ${line}`));
    console.log(`verify: SyncWatch ${version} in ${folder} is genuine`);
  });
}
