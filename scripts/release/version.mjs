// Sets the version of all that is released together: crates, charts, npm packages, image tags, CHANGELOG.md.
//
//   scripts/release.sh version 1.2.0
//
// It commits nothing: read the diff first.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  changelogSection,
  commits,
  compareVersions,
  git,
  isProgram,
  lastRelease,
  parseVersion,
  Refusal,
  run,
  workspaceVersion,
} from './tree.mjs';

/** The version of an image or chart in a file, with what stands before it. @param {string} version */
const imageTag = (version) => {
  const escaped = version.replaceAll('.', '\\.');
  return new RegExp(
    `(\\bsyncwatch(?:/[a-z-]+)?:(?:\\$\\{SYNCWATCH_VERSION:-)?|SYNCWATCH_VERSION(?::-|=))${escaped}(?![\\w.-])`,
    'g',
  );
};

/**
 * The least version that may follow, by the commits since the last release: a break needs MAJOR, a feature MINOR. Before
 * 1.0.0 a break needs MINOR.
 * @param {string} last @param {import('./tree.mjs').Commit[]} since
 */
export function leastVersion(last, since) {
  const { major, minor, patch } = parseVersion(last);
  const broken = since.find(({ breaking }) => breaking);
  const feature = since.find(({ type }) => type === 'feat');
  if (broken && major > 0) return { version: `${major + 1}.0.0`, because: broken };
  if (broken || feature) return { version: `${major}.${minor + 1}.0`, because: broken ?? feature };
  return { version: `${major}.${minor}.${patch + 1}`, because: since[0] };
}

/** @param {string} root @param {string} next */
function refuseUnfit(root, next) {
  const current = workspaceVersion(root);
  parseVersion(next);
  if (git(root, 'status', '--porcelain') !== '') throw new Refusal('the tree has changes: commit or stash them first');
  const last = lastRelease(root, 'HEAD');
  // The first release may have the version that the tree has already.
  const lowest = compareVersions(next, current);
  if (lowest < 0 || (lowest === 0 && last !== null))
    throw new Refusal(`${next} is not above ${current}, the present version`);
  if (git(root, 'tag', '--list', `v${next}`) !== '') throw new Refusal(`the tag v${next} exists`);
  if (last === null) return;
  const { version, because } = leastVersion(last.slice(1), commits(root, last, 'HEAD'));
  const [base] = next.split('-');
  if (because && compareVersions(base, version) < 0) {
    const why = `${because.type}${because.breaking ? '!' : ''}: ${because.subject} (${because.hash})`;
    throw new Refusal(`${next} is too low after ${last}: the least is ${version}, because of "${why}"`);
  }
}

/** @param {string} text @param {string} next @param {string} day */
export function changelogWithRelease(text, next, day) {
  const open = changelogSection(text, 'Unreleased');
  if (open === null) throw new Refusal('CHANGELOG.md has no heading "## [Unreleased]"');
  if (open === '') throw new Refusal('CHANGELOG.md has nothing below [Unreleased]: write what changes for people');
  return text.replace(/^## \[Unreleased\].*$/m, `## [Unreleased]\n\n## [${next}] - ${day}`);
}

/** @param {string} root @param {string} file @param {(text: string) => string} change */
function edit(root, file, change) {
  const text = readFileSync(join(root, file), 'utf8');
  const changed = change(text);
  if (changed !== text) writeFileSync(join(root, file), changed);
}

/** Writes the version into the tree. @param {string} root @param {string} next @param {string} day */
export function setVersion(root, next, day) {
  const current = workspaceVersion(root);
  const files = git(root, 'ls-files').split('\n');
  edit(root, 'Cargo.toml', (text) => text.replace(/^(\[workspace\.package\]\nversion = )"[^"]+"/m, `$1"${next}"`));
  // Members of the workspace are the packages without a source.
  edit(root, 'Cargo.lock', (text) =>
    text
      .split(/(?=^\[\[package\]\]$)/m)
      .map((entry) =>
        /^source = /m.test(entry) ? entry : entry.replace(`\nversion = "${current}"\n`, `\nversion = "${next}"\n`),
      )
      .join(''),
  );
  const chartVersion = new RegExp(`(\\b(?:version|appVersion): "?)${current.replaceAll('.', '\\.')}(?![\\w.-])`, 'g');
  for (const file of files.filter((name) => /^helm\/[^/]+\/Chart\.yaml$/.test(name))) {
    edit(root, file, (text) => text.replace(chartVersion, `$1${next}`));
  }
  for (const file of files.filter((name) => /(^|\/)package(-lock)?\.json$/.test(name))) {
    edit(root, file, (text) => {
      const content = JSON.parse(text);
      if (content.version !== current) return text;
      content.version = next;
      if (content.packages?.['']) content.packages[''].version = next;
      return `${JSON.stringify(content, null, 2)}\n`;
    });
  }
  for (const file of files.filter(
    (name) => /^(deploy|helm|docs|README\.md)/.test(name) && /\.(ya?ml|sh|md|env|json)$/.test(name),
  )) {
    edit(root, file, (text) => text.replace(imageTag(current), `$1${next}`));
  }
  // The notes of a candidate are those of [Unreleased].
  if (!next.includes('-')) edit(root, 'CHANGELOG.md', (text) => changelogWithRelease(text, next, day));
}

if (isProgram(import.meta.url)) {
  await run(() => {
    const [next = ''] = process.argv.slice(2);
    const root = process.cwd();
    refuseUnfit(root, next);
    const now = process.env.SOURCE_DATE_EPOCH ? new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000) : new Date();
    setVersion(root, next, now.toISOString().slice(0, 10));
    console.log(`release: the version is ${next}. Read the diff, then:
  git commit --all --message "build: release ${next}"
  git tag --sign v${next} --message "SyncWatch ${next}"
  git push origin main v${next}`);
  });
}
