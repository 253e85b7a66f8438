// A copy of what scripts/provision.sh works on, for tests, and the programs that it runs there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ code: number | null, out: string, error: string }} Ended */

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

export const SECRETS = {
  DIGITALOCEAN_TOKEN: 'token-of-the-account',
  SPACES_ACCESS_KEY_ID: 'key-of-spaces',
  SPACES_SECRET_ACCESS_KEY: 'secret-of-spaces',
  TF_VAR_turn_secret: 'turn-secret-of-at-least-32-characters',
};

/** A folder that is gone when the test is over. @param {import('node:test').TestContext} context */
export function folder(context) {
  const path = mkdtempSync(join(tmpdir(), 'syncwatch-terraform-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The files of an installation that has a domain. @param {import('node:test').TestContext} context */
export function tree(context) {
  const root = folder(context);
  cpSync(join(repository, 'terraform'), join(root, 'terraform'), {
    recursive: true,
    filter: (path) => !path.includes('/.terraform'),
  });
  cpSync(join(repository, 'deploy/coturn'), join(root, 'deploy/coturn'), { recursive: true });
  cpSync(join(repository, 'scripts/provision.sh'), join(root, 'scripts/provision.sh'));
  for (const environment of ['staging', 'production']) {
    edit(join(root, 'terraform/envs', environment, 'terraform.tfvars'), (text) =>
      text.replaceAll('syncwatch.example', 'watch.test'),
    );
  }
  return root;
}

/** @type {(path: string, change: (text: string) => string) => void} */
export function edit(path, change) {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** @type {(path: string, text: string) => void} */
export function program(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** What a function of tools.sh prints. @type {(call: string) => string} */
export function tool(call) {
  return execFileSync('bash', ['-euc', `. scripts/tools.sh; ${call}`], { cwd: repository, encoding: 'utf8' }).trim();
}

/** Runs a program to its end. @type {(command: string, args: string[], options: { cwd: string, env?: object, input?: string }) => Promise<Ended>} */
export function run(command, args, { cwd, env = {}, input = '' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    let [out, error] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (error += text));
    child.on('error', reject).on('close', (code) => resolve({ code, out, error }));
    // A program may end before it reads.
    child.stdin.on('error', () => {}).end(input);
  });
}

/** Starts the stand-in for the provider: the variables by which Terraform uses it. @param {import('node:test').TestContext} context */
export async function standIn(context) {
  const program = join(repository, 'scripts/terraform-provider.mjs');
  const provider = spawn('node', [program, tool('digitalocean_types')], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => provider.kill());
  const [line] = await once(provider.stdout, 'data');
  return { TF_REATTACH_PROVIDERS: String(line).trim(), TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
}
