// Does a tag fit the tree that it names? A release begins with this.
//
//   scripts/release.sh check v1.2.0
//
// On GitHub it also tells later jobs, by $GITHUB_OUTPUT, the version and whether it is a candidate.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogSection, isProgram, parseVersion, Refusal, run, workspaceVersion } from './tree.mjs';

const GROUPS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/** The faults of CHANGELOG.md: its headings and groups. @param {string} text @returns {string[]} */
export function changelogFaults(text) {
  const faults = [];
  for (const heading of text.match(/^## .*$/gm) ?? []) {
    if (!/^## \[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2})$/.test(heading)) {
      faults.push(`"${heading}" is neither "## [Unreleased]" nor "## [1.2.3] - 2026-11-30"`);
    }
  }
  for (const group of text.match(/^### .*$/gm) ?? []) {
    if (!GROUPS.includes(group.slice(4))) faults.push(`"${group}" is none of ${GROUPS.join(', ')}`);
  }
  return faults;
}

/** @param {string} root @param {string} tag @returns {string} the version */
export function checkTag(root, tag) {
  if (!tag.startsWith('v')) throw new Refusal(`"${tag}" is no tag of a release: it begins with v`);
  const version = tag.slice(1);
  parseVersion(version);
  const current = workspaceVersion(root);
  if (version !== current) {
    throw new Refusal(`the tag is ${tag}, the tree has ${current}: run scripts/release.sh version ${version} first`);
  }
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const [fault] = changelogFaults(changelog);
  if (fault) throw new Refusal(`CHANGELOG.md: ${fault}`);
  if (!version.includes('-') && !changelogSection(changelog, version)) {
    throw new Refusal(`CHANGELOG.md has no section [${version}]`);
  }
  return version;
}

if (isProgram(import.meta.url)) {
  await run(() => {
    const version = checkTag(process.cwd(), process.argv[2] ?? '');
    console.log(`release: v${version} fits the tree`);
    if (process.env.GITHUB_OUTPUT) {
      appendFileSync(process.env.GITHUB_OUTPUT, `version=${version}\ncandidate=${version.includes('-')}\n`);
    }
  });
}
