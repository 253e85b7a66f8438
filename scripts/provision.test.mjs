// scripts/provision.sh with a Terraform that only notes what it is called with.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edit, program, repository, run, SECRETS, tree } from './terraform-tree.mjs';

// `FAIL` is a command that fails.
const NOTING = `#!/bin/sh
echo "$*" >>"$CALLS"
[ "$1" != "$FAIL" ] || exit 3
case "$*" in
  plan*) for argument; do case $argument in -out=*) echo plan >"\${argument#-out=}" ;; esac; done ;;
  apply*) [ -s "$2" ] ;;
  "output -json") echo '{"turn_ip": {"value": "203.0.113.5"}}' ;;
  output*) printf 'value of %s' "$3" ;;
esac
`;

/** @param {import('node:test').TestContext} context */
function installation(context) {
  const root = tree(context);
  program(join(root, 'bin/terraform'), NOTING);
  const calls = join(root, 'calls');
  writeFileSync(calls, '');
  return {
    root,
    calls: () => readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean),
    /** @type {(args: string[], more?: { env?: object, input?: string }) => ReturnType<typeof run>} */
    provision: (args, { env = {}, input } = {}) =>
      run(join(root, 'scripts/provision.sh'), args, {
        cwd: '/',
        env: { PATH: `${join(root, 'bin')}:${process.env.PATH}`, CALLS: calls, ...SECRETS, ...env },
        input,
      }),
  };
}

/** @type {(environment: string) => string[]} */
const changing = (environment) => [
  `init -reconfigure -backend-config=envs/${environment}/backend.hcl`,
  `plan -var-file=envs/${environment}/terraform.tfvars -out=envs/${environment}/tfplan`,
  `apply envs/${environment}/tfplan`,
];

test('staging is the default, and is planned and applied without a question', async (context) => {
  const { calls, provision } = installation(context);
  const { code, error } = await provision([]);
  assert.equal(code, 0, error);
  assert.deepEqual(calls().slice(0, 3), changing('staging'));
  assert.deepEqual(calls().slice(3), [
    'output -json',
    ...['helm_values', 'database_uri', 'redis_uri', 'media_access_key', 'media_secret_key'].map(
      (name) => `output -raw ${name}`,
    ),
  ]);
});

test('production is applied after yes', async (context) => {
  const { calls, provision } = installation(context);
  const { code, error } = await provision(['production'], { input: 'yes\n' });
  assert.equal(code, 0, error);
  assert.deepEqual(calls().slice(0, 3), changing('production'));
});

test('any other answer cancels: nothing is applied, exit code 1', async (context) => {
  for (const input of ['', '\n', 'y\n', 'Yes\n', 'no\n', 'yes please\n']) {
    const { root, calls, provision } = installation(context);
    const { code, error } = await provision(['production'], { input });
    assert.equal(code, 1, input);
    assert.match(error, /cancelled; nothing was applied/);
    assert.deepEqual(calls(), changing('production').slice(0, 2), input);
    assert.ok(!existsSync(join(root, 'terraform/envs/production/outputs.json')));
  }
});

test('the first step that fails is the last one', async (context) => {
  for (const [FAIL, steps] of /** @type {const} */ ([
    ['init', 1],
    ['plan', 2],
    ['apply', 3],
    ['output', 4],
  ])) {
    const { root, calls, provision } = installation(context);
    const { code } = await provision(['staging'], { env: { FAIL } });
    assert.equal(code, 3, FAIL);
    assert.equal(calls().length, steps, FAIL);
    assert.ok(!existsSync(join(root, 'terraform/envs/staging/outputs.json')), FAIL);
  }
});

test('a variable that is not set is named, and nothing runs', async (context) => {
  for (const name of Object.keys(SECRETS)) {
    const { calls, provision } = installation(context);
    const { code, error } = await provision(['staging'], { env: { [name]: '' } });
    assert.equal(code, 1);
    assert.match(error, new RegExp(`^provision: ${name} is not set: [^\\n]*\\n$`));
    assert.deepEqual(calls(), []);
  }
});

test('what is not an environment is refused, and so is the domain of the example', async (context) => {
  const { root, calls, provision } = installation(context);
  for (const args of [['development'], ['../staging'], ['staging', 'production']]) {
    assert.equal((await provision(args)).code, 1, args.join(' '));
  }
  edit(join(root, 'terraform/envs/staging/terraform.tfvars'), (text) =>
    text.replace('"staging.watch.test"', '"staging.syncwatch.example"'),
  );
  const { code, error } = await provision(['staging']);
  assert.equal(code, 1);
  assert.match(error, /terraform\/envs\/staging\/terraform\.tfvars names syncwatch\.example/);
  assert.deepEqual(calls(), []);
});

test('outputs and secrets are readable by their owner alone, ignored by git, and the plan is gone', async (context) => {
  const { root, provision } = installation(context);
  const environment = join(root, 'terraform/envs/staging');
  writeFileSync(join(environment, 'outputs.json'), 'old', { mode: 0o644 });
  const { code, out, error } = await provision(['staging']);
  assert.equal(code, 0, error);
  const written = [
    'outputs.json',
    'values.yaml',
    ...['postgres_url', 'redis_url', 's3_access_key', 's3_secret_key', 'turn_secret'].map((name) => `secrets/${name}`),
  ];
  for (const file of written) {
    assert.equal(statSync(join(environment, file)).mode & 0o777, 0o600, file);
    const ignored = await run('git', ['check-ignore', '--no-index', `terraform/envs/staging/${file}`], {
      cwd: repository,
    });
    assert.equal(ignored.code, 0, `${file} is not ignored by git`);
  }
  assert.equal(statSync(join(environment, 'secrets')).mode & 0o777, 0o700);
  assert.ok(!existsSync(join(environment, 'tfplan')));
  assert.match(readFileSync(join(environment, 'outputs.json'), 'utf8'), /203\.0\.113\.5/);
  assert.equal(readFileSync(join(environment, 'secrets/postgres_url'), 'utf8'), 'value of database_uri');
  assert.equal(readFileSync(join(environment, 'secrets/turn_secret'), 'utf8'), SECRETS.TF_VAR_turn_secret);
  for (const secret of Object.values(SECRETS)) assert.ok(!`${out}${error}`.includes(secret), 'a secret is printed');
});

test('the state of each environment has a key of its own in the bucket for states', () => {
  for (const environment of ['staging', 'production']) {
    const backend = readFileSync(join(repository, 'terraform/envs', environment, 'backend.hcl'), 'utf8');
    assert.match(backend, /^bucket\s*= "syncwatch-terraform-state"$/m);
    assert.match(backend, new RegExp(`^key\\s*= "${environment}/terraform.tfstate"$`, 'm'));
    assert.match(backend, /^region\s*= "us-east-1"$/m);
  }
});
