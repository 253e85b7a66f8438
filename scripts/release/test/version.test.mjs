import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changelogFaults } from '../check.mjs';
import { compareVersions, parseVersion } from '../tree.mjs';
import { leastVersion } from '../version.mjs';
import { scratch } from './scratch.mjs';

const PATHS = [
  'Cargo.toml',
  'Cargo.lock',
  'CHANGELOG.md',
  'README.md',
  '.gitignore',
  'helm',
  'deploy',
  'docs',
  'scripts',
  'web/package*.json',
  'e2e/browser/package*.json',
];
const RELEASE = 'scripts/release.sh';

test('versions are ordered, candidates before their version', () => {
  const sorted = ['0.9.9', '0.10.0', '1.0.0-rc.1', '1.0.0-rc.2', '1.0.0', '1.0.1'];
  for (const [index, version] of sorted.entries()) {
    for (const [other, text] of sorted.entries())
      assert.equal(Math.sign(compareVersions(version, text)), Math.sign(index - other));
  }
  for (const wrong of ['1.0', 'v1.0.0', '01.0.0', '1.0.0-beta', '1.0.0-rc', '1.0.0 ', '']) {
    assert.throws(() => parseVersion(wrong), /is no version: write 1\.2\.3/);
  }
});

test('a break needs MAJOR, a feature MINOR, a fix PATCH', () => {
  const commit = (/** @type {string} */ type, breaking = false) => ({
    type,
    breaking,
    hash: 'a',
    scope: '',
    subject: 's',
  });
  assert.equal(leastVersion('1.2.3', [commit('fix'), commit('docs')]).version, '1.2.4');
  assert.equal(leastVersion('1.2.3', [commit('fix'), commit('feat')]).version, '1.3.0');
  assert.equal(leastVersion('1.2.3', [commit('feat'), commit('fix', true)]).version, '2.0.0');
  assert.equal(leastVersion('0.2.3', [commit('fix', true)]).version, '0.3.0');
});

test('a new version is everywhere, and nothing else changes', (context) => {
  const copy = scratch(context, PATHS);
  const old = /** @type {RegExpExecArray} */ (/^version = "(.*)"/m.exec(copy.read('Cargo.toml')))[1];
  const run = copy.run([RELEASE, 'version', '3.4.5'], { SOURCE_DATE_EPOCH: '1800000000' });
  assert.equal(run.status, 0, run.output);

  assert.match(copy.read('Cargo.toml'), /\[workspace\.package\]\nversion = "3\.4\.5"/);
  assert.match(copy.read('Cargo.lock'), /name = "syncwatch"\nversion = "3\.4\.5"/);
  assert.equal(JSON.parse(copy.read('web/package-lock.json')).packages[''].version, '3.4.5');
  assert.match(copy.read('CHANGELOG.md'), /## \[Unreleased\]\n\n## \[3\.4\.5\] - 2027-01-15\n\n### Added/);
  // Charts, image tags and scripts: none names the version before.
  const escaped = old.replaceAll('.', '\\.');
  assert.throws(() =>
    copy.git(
      'grep',
      '--extended-regexp',
      `(syncwatch[/a-z-]*:|VERSION:?[-=]|[vV]ersion: "?)${escaped}([^0-9]|$)`,
      '--',
      'helm',
      'deploy',
      'docs',
    ),
  );
  // As many lines go as come, but for the new heading of the changelog.
  for (const line of copy.git('diff', '--numstat').split('\n')) {
    const [added, removed, file] = line.split('\t');
    assert.equal(Number(added) - Number(removed), file === 'CHANGELOG.md' ? 2 : 0, line);
  }

  copy.commit('build: release 3.4.5');
  copy.git('tag', 'v3.4.5');
  assert.match(copy.run([RELEASE, 'check', 'v3.4.5']).stdout, /v3\.4\.5 fits the tree/);
  assert.match(
    copy.run([RELEASE, 'check', 'v3.4.6']).stderr,
    /the tree has 3\.4\.5: run scripts\/release\.sh version 3\.4\.6 first/,
  );
  assert.match(copy.run([RELEASE, 'version', '3.4.5']).stderr, /3\.4\.5 is not above 3\.4\.5/);

  copy.write(
    'CHANGELOG.md',
    copy.read('CHANGELOG.md').replace('[Unreleased]\n', '[Unreleased]\n\n### Added\n\n- A.\n'),
  );
  copy.commit('feat(web): add a thing');
  const low = copy.run([RELEASE, 'version', '3.4.6']);
  assert.equal(low.status, 1);
  assert.match(low.stderr, /3\.4\.6 is too low after v3\.4\.5: the least is 3\.5\.0, because of "feat: add a thing/);
  // A candidate has no heading of its own.
  const candidate = copy.run([RELEASE, 'version', '3.5.0-rc.1']);
  assert.equal(candidate.status, 0, candidate.output);
  assert.doesNotMatch(copy.read('CHANGELOG.md'), /\[3\.5\.0/);
});

test('a dirty tree, a lower version, a wrong form and an empty changelog are refused', (context) => {
  const copy = scratch(context, PATHS);
  const refusal = (/** @type {string} */ version) => {
    const { status, stderr } = copy.run([RELEASE, 'version', version]);
    assert.equal(status, 1);
    assert.equal(copy.git('diff', '--stat', 'HEAD', '--', 'Cargo.toml'), '');
    return stderr;
  };
  assert.match(refusal('0.0.1'), /^release: 0\.0\.1 is not above/);
  assert.match(refusal('one'), /"one" is no version/);
  copy.write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n');
  copy.commit('docs: empty the changelog');
  copy.git('tag', 'v9.0.0-rc.1');
  assert.match(refusal('9.0.0-rc.1'), /the tag v9\.0\.0-rc\.1 exists/);
  copy.write('new', '');
  assert.match(refusal('9.0.0'), /the tree has changes: commit or stash them first/);
});

test('the changelog keeps to its form', (context) => {
  const copy = scratch(context, ['CHANGELOG.md']);
  assert.deepEqual(changelogFaults(copy.read('CHANGELOG.md')), []);
  assert.match(changelogFaults('## 1.0.0\n')[0], /neither/);
  assert.match(changelogFaults('## [Unreleased]\n### News\n')[0], /none of Added, Changed/);
});
