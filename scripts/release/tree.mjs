// What the release scripts read from the tree and its history: version, tags, commits, sections of CHANGELOG.md.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message for the person at the terminal: printed without a stack. */
export class Refusal extends Error {}

/** @typedef {{ major: number, minor: number, patch: number, candidate: number }} Version */

/** Parses `1.2.3` or `1.2.3-rc.4`, the only forms that this project uses. @param {string} text @returns {Version} */
export function parseVersion(text) {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-rc\.([1-9]\d*))?$/.exec(text);
  if (!match) throw new Refusal(`"${text}" is no version: write 1.2.3, or 1.2.3-rc.1 for a candidate`);
  const [major, minor, patch] = match.slice(1, 4).map(Number);
  // A candidate comes before the version that it is a candidate for.
  return { major, minor, patch, candidate: match[4] ? Number(match[4]) : Number.POSITIVE_INFINITY };
}

/** Negative, zero or positive, as for sorting. @param {string} left @param {string} right */
export function compareVersions(left, right) {
  const [a, b] = [parseVersion(left), parseVersion(right)];
  for (const part of /** @type {const} */ (['major', 'minor', 'patch', 'candidate'])) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  return 0;
}

/** @param {string} root @param {...string} args */
export function git(root, ...args) {
  return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trimEnd();
}

/** The version of the workspace. @param {string} root */
export function workspaceVersion(root) {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const found = /^\[workspace\.package\]\nversion = "([^"]+)"$/m.exec(manifest);
  if (!found) throw new Refusal('Cargo.toml has no version below [workspace.package]');
  return found[1];
}

/**
 * The last release in the history of `ref`, other than `ref` itself and without candidates; null before the first one.
 * @param {string} root @param {string} ref @returns {string | null} its tag
 */
export function lastRelease(root, ref) {
  const released = git(root, 'tag', '--merged', ref, '--list', 'v*')
    .split('\n')
    .filter((tag) => tag !== ref && /^v\d+\.\d+\.\d+$/.test(tag))
    .sort((a, b) => compareVersions(a.slice(1), b.slice(1)));
  return released.at(-1) ?? null;
}

/** @typedef {{ hash: string, type: string, scope: string, subject: string, breaking: boolean }} Commit */

/**
 * The conventional commits of a range, newest first. Merges and commits of another form are left out.
 * @param {string} root @param {string | null} since @param {string} ref @returns {Commit[]}
 */
export function commits(root, since, ref) {
  const log = git(root, 'log', '--no-merges', '--format=%h%x1f%s%x1f%b%x1e', since ? `${since}..${ref}` : ref);
  return log.split('\x1e').flatMap((entry) => {
    const [hash, subject = '', body = ''] = entry.trim().split('\x1f');
    const form = /^([a-z]+)(?:\(([^)]+)\))?(!?): (.+)$/.exec(subject);
    if (!form) return [];
    const breaking = form[3] === '!' || /^BREAKING[ -]CHANGE: /m.test(body);
    return [{ hash, type: form[1], scope: form[2] ?? '', subject: form[4], breaking }];
  });
}

/**
 * The text below a heading `## [name]` of CHANGELOG.md, without the heading; null without that heading.
 * @param {string} changelog @param {string} name
 */
export function changelogSection(changelog, name) {
  const sections = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${name}]`));
  return section === undefined ? null : section.slice(section.indexOf('\n') + 1).trim();
}

/** Runs a command line, and prints what it refuses in one line. @param {() => void | Promise<void>} command */
export async function run(command) {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`release: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Is this module the program? @param {string} url */
export const isProgram = (url) => process.argv[1] !== undefined && url === new URL(`file://${process.argv[1]}`).href;
