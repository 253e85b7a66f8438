import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded } from '../notes.mjs';
import { scratch } from './scratch.mjs';

test('the changelog of a release groups its commits', (context) => {
  const copy = scratch(context, ['CHANGELOG.md', 'Cargo.toml', 'scripts']);
  copy.git('tag', 'v0.9.0');
  copy.commit('feat(room-svc): add votes');
  copy.commit('fix(web): keep the place\n\nIt was lost.');
  copy.commit('perf(sync-svc): send less');
  copy.commit('docs: say more');
  copy.commit('feat(proto)!: rename a field');
  copy.commit('fix: refuse it\n\nBREAKING CHANGE: it was accepted.');
  copy.git('tag', 'v1.0.0-rc.1');
  copy.commit('Merge something');
  copy.write(
    'CHANGELOG.md',
    '# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-11-30\n\n### Added\n\n- Votes.\n\n## [0.9.0] - 2026-11-01\n\n- Old.\n',
  );
  copy.commit('build: release 1.0.0');
  copy.git('tag', 'v1.0.0');
  copy.commit('feat: come later');

  const { status, stdout } = copy.run(['scripts/release.sh', 'notes', 'v1.0.0']);
  assert.equal(status, 0);
  const text = stdout.replaceAll(/ \([0-9a-f]{7,}\)/g, '');
  assert.equal(
    text.trim(),
    `### Added

- Votes.

## Commits since v0.9.0

### Added

- **room-svc:** add votes

### Changed

- **Breaking:** refuse it
- **Breaking:** **proto:** rename a field
- **sync-svc:** send less

### Fixed

- **web:** keep the place`,
  );
  assert.match(copy.run(['scripts/release.sh', 'notes', 'v2.0.0']).stderr, /CHANGELOG\.md says nothing of 2\.0\.0/);
});

test('a long list is cut, and says so', () => {
  const text = ['start', ...Array.from({ length: 50 }, (_, index) => `- commit ${index}`)].join('\n');
  assert.equal(bounded(text, 10_000), text);
  const cut = bounded(text, 100);
  assert.ok(cut.length < 140);
  assert.match(cut, /- commit 7\n\n\.\.\. and 42 more commits$/);
});
