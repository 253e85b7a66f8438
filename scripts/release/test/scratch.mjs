// A copy of the repository in a temporary folder with a history of its own, and programs that stand in for others there.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Files that are installed, not committed: used where they are. */
const INSTALLED = ['.cache', 'scripts/release/node_modules', 'web/node_modules'];

const GIT = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

export class Scratch {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.tree = join(folder, 'tree');
    this.calls = join(folder, 'calls');
    this.bin = join(folder, 'bin');
    mkdirSync(this.bin);
  }

  /** @param {string} file @param {string} text */
  write(file, text) {
    mkdirSync(dirname(join(this.tree, file)), { recursive: true });
    writeFileSync(join(this.tree, file), text);
  }

  /** @param {string} file */
  read(file) {
    return readFileSync(join(this.tree, file), 'utf8');
  }

  /** @param {...string} args */
  git(...args) {
    return execFileSync('git', ['-C', this.tree, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...GIT },
    }).trim();
  }

  /** @param {string} message */
  commit(message) {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  /**
   * A program that writes its arguments to `calls`, then runs `script`.
   * @param {string} name @param {string} script of bash
   */
  stub(name, script = '') {
    const path = join(this.bin, name);
    writeFileSync(
      path,
      `#!/usr/bin/env bash\nprintf '%s' "${name}" >>"${this.calls}"\nprintf ' %s' "$@" >>"${this.calls}"\necho >>"${this.calls}"\n${script}\n`,
    );
    chmodSync(path, 0o755);
  }

  /** The calls of stubs so far, one a line. */
  called() {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8') : '';
  }

  /**
   * Runs a script of the copy.
   * @param {string[]} command @param {Record<string, string>} [env]
   */
  run(command, env = {}) {
    const [program, ...args] = command;
    const { status, stdout, stderr } = spawnSync(join(this.tree, program), args, {
      cwd: this.tree,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...GIT, PATH: `${this.bin}:${process.env.PATH}`, ...env },
    });
    return { status, stdout, stderr, output: stdout + stderr };
  }
}

/**
 * Copies the working tree: what is committed, and what is about to be.
 * @param {import('node:test').TestContext} context @param {string[]} [paths] of what is copied; everything by default
 */
export function scratch(context, paths = ['.']) {
  const folder = mkdtempSync(join(tmpdir(), 'release-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = new Scratch(folder);
  mkdirSync(copy.tree);
  const list = execFileSync('git', [
    '-C',
    ROOT,
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    ...paths,
  ]);
  const names = list
    .toString()
    .split('\0')
    .filter((name) => name && !INSTALLED.includes(name) && existsSync(join(ROOT, name)));
  const archive = execFileSync('tar', ['-C', ROOT, '-c', '--null', '-T', '-'], {
    input: names.join('\0'),
    maxBuffer: 2 ** 30,
  });
  execFileSync('tar', ['-C', copy.tree, '-x'], { input: archive });
  for (const path of INSTALLED) {
    if (!existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(copy.tree, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(copy.tree, path));
  }
  copy.git('init', '--quiet', '--initial-branch', 'main');
  // Links are no folders, so .gitignore does not name all of them.
  writeFileSync(join(copy.tree, '.git/info/exclude'), `${INSTALLED.join('\n')}\n`);
  copy.commit('feat: everything');
  return copy;
}
