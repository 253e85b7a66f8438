// Prints the changelog of a release: what CHANGELOG.md says of it, then its commits, grouped as Added, Changed, Fixed.
//
//   scripts/release.sh notes v1.2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogSection, commits, git, isProgram, lastRelease, parseVersion, Refusal, run } from './tree.mjs';

// GitHub takes 125,000 characters.
const MOST_CHARACTERS = 100_000;

/** @typedef {import('./tree.mjs').Commit} Commit */

/** The groups, and which commits belong to them. The others change nothing for people who use or run SyncWatch. */
const GROUPS = /** @type {[string, (commit: Commit) => boolean][]} */ ([
  ['Added', ({ type, breaking }) => type === 'feat' && !breaking],
  ['Changed', ({ type, breaking }) => breaking || type === 'perf'],
  ['Fixed', ({ type, breaking }) => type === 'fix' && !breaking],
]);

/** @param {Commit} commit */
function line({ scope, subject, hash, breaking }) {
  return `- ${breaking ? '**Breaking:** ' : ''}${scope ? `**${scope}:** ` : ''}${subject} (${hash})`;
}

/** @param {Commit[]} list @returns {string} Markdown; empty without a commit that people notice */
export function groupedCommits(list) {
  return GROUPS.flatMap(([name, belongs]) => {
    const lines = list.filter(belongs).map(line);
    return lines.length > 0 ? [`### ${name}\n\n${lines.join('\n')}`] : [];
  }).join('\n\n');
}

/** Cuts at a line, and says so. @param {string} text @param {number} most */
export function bounded(text, most) {
  if (text.length <= most) return text;
  const kept = text.slice(0, text.lastIndexOf('\n', most));
  const left = text.slice(kept.length).split('\n- ').length - 1;
  return `${kept}\n\n... and ${left} more commits`;
}

/** @param {string} root @param {string} tag */
export function notes(root, tag) {
  const version = tag.replace(/^v/, '');
  parseVersion(version);
  const ref = git(root, 'tag', '--list', tag) === '' ? 'HEAD' : tag;
  const last = lastRelease(root, ref);
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const said = changelogSection(changelog, version.includes('-') ? 'Unreleased' : version);
  if (!said) throw new Refusal(`CHANGELOG.md says nothing of ${version}`);
  const grouped = groupedCommits(commits(root, last, ref));
  const since = last ? `since ${last}` : 'of this release';
  return bounded(`${said}\n\n## Commits ${since}\n\n${grouped || 'None that people notice.'}`, MOST_CHARACTERS);
}

if (isProgram(import.meta.url)) await run(() => console.log(notes(process.cwd(), process.argv[2] ?? '')));
