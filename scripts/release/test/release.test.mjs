// A release from beginning to end: images, files, signature, provenance, verification, publication. Docker, cosign and gh
// are stand-ins; Helm, cargo, npm and the signatures are real.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { billFaults } from '../bill.mjs';
import { signImages, signSums } from '../sign.mjs';
import { sha256, sumLines } from '../sums.mjs';
import { verifyRelease } from '../verify.mjs';
import { dockerStub } from './docker.mjs';
import { scratch } from './scratch.mjs';
import { attestation, sigstore } from './sigstore.mjs';

const REPOSITORY = 'syncwatch/syncwatch';
const VERSION = '7.0.0';
const identity = (version = VERSION, workflow = 'release') =>
  `https://github.com/${REPOSITORY}/.github/workflows/${workflow}.yml@refs/tags/v${version}`;

/** @param {import('node:test').TestContext} context */
async function release(context) {
  const copy = scratch(context);
  copy.stub('gh');
  copy.stub('cosign');
  dockerStub(copy);
  // Signing and verifying happen in this process, too.
  process.env.PATH = `${copy.bin}:${process.env.PATH}`;
  const must = (/** @type {string[]} */ command, env = {}) => {
    const run = copy.run(command, env);
    assert.equal(run.status, 0, run.output);
    return run;
  };
  must(['scripts/release.sh', 'version', VERSION]);
  copy.commit(`build: release ${VERSION}`);
  copy.git('tag', `v${VERSION}`);
  for (const arch of ['amd64', 'arm64']) must(['scripts/release.sh', 'images', 'push', arch]);
  must(['scripts/release.sh', 'images', 'tag', `${VERSION} v${VERSION} latest`]);
  must(['scripts/release.sh', 'assets', 'dist/release']);

  const folder = join(copy.tree, 'dist/release');
  const root = join(copy.folder, 'trusted_root.json');
  const authority = await sigstore(context, root);
  const subjects = sumLines(copy.read('dist/subjects.txt'), 'subjects');
  const commit = copy.git('rev-parse', 'HEAD');
  const run = { repository: REPOSITORY, ref: `refs/tags/v${VERSION}`, commit };
  const attested = async (
    /** @type {Partial<typeof run & { workflow: string, missing: string }>} */ change = {},
    who = identity(),
  ) => {
    const covered = subjects.filter(({ name }) => name !== change.missing);
    const bundle = await attestation(authority.signer(who), covered, { ...run, ...change });
    writeFileSync(join(folder, 'provenance.sigstore.json'), JSON.stringify(bundle));
  };
  const signed = (who = identity(), issuer = /** @type {string | undefined} */ (undefined)) =>
    signSums(folder, authority.signer(who, issuer));
  await attested();
  await signed();
  signImages(folder);
  const wanted = { version: VERSION, repository: REPOSITORY, trustedRoot: root };
  return { copy, must, folder, root, wanted, commit, attested, signed };
}

test('a release', async (context) => {
  const { copy, must, folder, root, wanted, commit, attested, signed } = await release(context);
  const verify = (change = {}) => verifyRelease(folder, { ...wanted, ...change }, () => {});

  await context.test('is verified by one command, and then published', () => {
    const args = ['scripts/release.sh', 'verify', VERSION, '--folder', folder, '--trusted-root', root];
    const { stdout } = must(args);
    assert.match(stdout, new RegExp(`were built on GitHub from the commit ${commit}`));
    assert.match(stdout, /9 images are signed at their digests/);
    assert.match(stdout, new RegExp(`SyncWatch ${VERSION} in .* is genuine\n$`));
    assert.match(copy.called(), /cosign sign --yes ghcr\.io\/syncwatch\/syncwatch\/gateway@sha256:[0-9a-f]{64}\n/);
    assert.match(
      copy.called(),
      new RegExp(`cosign verify --certificate-identity ${identity()} .*/gateway@sha256:[0-9a-f]{64}\n`),
    );

    must(['scripts/release.sh', 'publish', folder, `v${VERSION}`]);
    const call = copy
      .called()
      .split('\n')
      .find((line) => line.startsWith('gh release create'));
    assert.match(
      call ?? '',
      new RegExp(
        `^gh release create v${VERSION} --verify-tag --title SyncWatch ${VERSION} --notes-file \\S+ --latest `,
      ),
    );
    for (const name of readdirSync(folder)) assert.ok(call?.includes(`/${name}`), name);
  });

  await context.test('is verified from where it was published', async () => {
    const server = createServer((request, response) => {
      const name = request.url?.split(`/${REPOSITORY}/releases/download/v${VERSION}/`)[1] ?? '';
      if (!readdirSync(folder).includes(name)) response.writeHead(404).end();
      else response.end(readFileSync(join(folder, name)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const from = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
    // spawnSync would hold the server up.
    const child = spawn('scripts/release.sh', ['verify', VERSION, '--from', from, '--trusted-root', root], {
      cwd: copy.tree,
      env: { ...process.env, PATH: `${copy.bin}:${process.env.PATH}`, TMPDIR: copy.folder },
    });
    const [code] = await once(child, 'exit');
    server.close();
    assert.equal(code, 0);
  });

  await context.test('is signed by the workflow of releases and this tag alone', async () => {
    for (const who of [identity('7.0.1'), identity(VERSION, 'ci'), identity().replace('syncwatch/', 'other/')]) {
      await signed(who);
      await assert.rejects(verify(), /the signature is by .*, not by https:\/\/github\.com\/syncwatch/);
    }
    await signed(identity(), 'https://accounts.example.org');
    await assert.rejects(verify(), /the signature is not valid: .*issuer/);
    await signed();
    await verify();
  });

  await context.test('is refused when a file was changed, added or taken away', async () => {
    const names = readdirSync(folder);
    const backup = join(copy.folder, 'backup');
    cpSync(folder, backup, { recursive: true });
    for (const name of names) {
      const bytes = readFileSync(join(folder, name));
      bytes[Math.floor(bytes.length / 2)] ^= 1;
      writeFileSync(join(folder, name), bytes);
      await assert.rejects(verify(), `${name} was changed and nobody saw it`);
      rmSync(join(folder, name));
      await assert.rejects(verify(), new RegExp(`${name.replaceAll('.', '\\.')} is missing`));
      cpSync(join(backup, name), join(folder, name));
    }
    writeFileSync(join(folder, 'extra.tgz'), '');
    await assert.rejects(verify(), /extra\.tgz does not belong to the release/);
    rmSync(join(folder, 'extra.tgz'));
    // Whoever changes the sums too has to sign them.
    const chart = `syncwatch-${VERSION}.tgz`;
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
    writeFileSync(join(folder, chart), 'other');
    const line = sumLines(sums, 'SHA256SUMS').find(({ name }) => name === chart);
    writeFileSync(join(folder, 'SHA256SUMS'), sums.replace(line?.sum ?? '?', sha256(Buffer.from('other'))));
    await assert.rejects(verify(), /the signature is not valid/);
    cpSync(backup, folder, { recursive: true });
    await verify();
  });

  await context.test('has a provenance that covers all of it', async () => {
    /** @type {[Parameters<typeof attested>[0], RegExp][]} */
    const wrong = [
      [{ ref: 'refs/heads/main' }, /names the ref refs\/heads\/main, not refs\/tags\/v7\.0\.0/],
      [{ repository: 'other/syncwatch' }, /names the repository https:\/\/github\.com\/other/],
      [{ workflow: '.github/workflows/ci.yml' }, /names the path \.github\/workflows\/ci\.yml/],
      [{ missing: 'ghcr.io/syncwatch/syncwatch/gateway' }, /does not cover ghcr\.io\/syncwatch\/syncwatch\/gateway/],
      [{ commit: '0'.repeat(40) }, /the bill of materials is wrong: it is that of the commit/],
    ];
    for (const [change, message] of wrong) {
      await attested(change);
      await assert.rejects(verify(), message);
    }
    await attested({}, identity(VERSION, 'ci'));
    await assert.rejects(verify(), /the signature is by/);
    await attested();
    await verify();
  });

  await context.test('has a complete bill of materials', async () => {
    const text = readFileSync(join(folder, `syncwatch-${VERSION}.cdx.json`), 'utf8');
    assert.deepEqual(await billFaults(text, VERSION, commit), []);
    const bom = JSON.parse(text);
    const names = bom.components.map((/** @type {any} */ component) => component.name);
    for (const name of ['tokio', 'gateway', 'transcode-worker', 'react', 'hls.js', 'syncwatch-web'])
      assert.ok(names.includes(name), name);
    // Tools of tests and builds are not shipped.
    for (const name of ['testkit', 'proptest', 'vitest', 'playwright-core']) assert.ok(!names.includes(name), name);
    const without = (/** @type {string} */ name) => {
      const left = bom.components.filter((/** @type {any} */ component) => component.name !== name);
      return billFaults(JSON.stringify({ ...bom, components: left }), VERSION, commit);
    };
    assert.match((await without('syncwatch-web')).join(), /the web client is missing/);
    assert.match((await without('gateway')).join(), /the program pkg:cargo\/gateway@7\.0\.0 is missing/);
    assert.match((await without('tokio')).join(), /tokio@.*, a part of .*, is missing/);
    assert.match(
      (await billFaults(text.replace('"type": "library"', '"type": "thing"'), VERSION, commit)).join(),
      /not valid CycloneDX/,
    );
    // Equal trees have equal bills.
    assert.equal(must(['scripts/release.sh', 'sbom']).stdout, text);
  });

  await context.test('is compared with programs of a build of one’s own', async () => {
    const programs = join(copy.folder, 'programs');
    cpSync(join(copy.tree, 'dist/digests'), programs, { recursive: true });
    await assert.rejects(verify({ programs }), /has none of the programs in programs-(amd64|arm64)\.sha256/);
    writeFileSync(join(programs, 'gateway'), 'gateway');
    await verify({ programs });
    writeFileSync(join(programs, 'gateway'), 'another');
    await assert.rejects(verify({ programs }), /gateway differs from that of the release/);
  });

  await context.test('that is a candidate becomes a pre-release, and not the latest', () => {
    copy.write(
      'CHANGELOG.md',
      copy.read('CHANGELOG.md').replace('[Unreleased]\n', '[Unreleased]\n\n### Fixed\n\n- A.\n'),
    );
    copy.commit('fix: mend a thing');
    must(['scripts/release.sh', 'version', '7.1.0-rc.1']);
    copy.commit('build: release 7.1.0-rc.1');
    copy.git('tag', 'v7.1.0-rc.1');
    must(['scripts/release.sh', 'publish', folder, 'v7.1.0-rc.1']);
    assert.match(copy.called(), /gh release create v7\.1\.0-rc\.1 .* --prerelease --latest=false /);
  });

  await context.test('is not published without its signature', () => {
    rmSync(join(folder, 'SHA256SUMS.sigstore.json'));
    const run = copy.run(['scripts/release.sh', 'publish', folder, 'v7.1.0-rc.1']);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /SHA256SUMS\.sigstore\.json is missing/);
  });
});
