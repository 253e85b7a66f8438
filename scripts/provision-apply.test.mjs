// scripts/provision.sh with the real Terraform, its state in a real S3 server, and a stand-in for the provider.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edit, folder, program, repository, run, SECRETS, standIn, tool, tree } from './terraform-tree.mjs';

/** An S3 server with the bucket for states. @param {import('node:test').TestContext} context */
async function stateServer(context) {
  const server = spawn(join(repository, 'scripts/s3-server.sh'), { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(() => server.kill());
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    let text = '';
    server.on('close', () => reject(new Error(`the S3 server ended: ${text}`)));
    server.stderr.on('data', (more) => {
      text += more;
      const found = text.match(/Running on (http:\S+)/);
      if (found?.[1]) resolve(found[1]);
    });
  });
  const made = await fetch(`${url}/syncwatch-terraform-state`, { method: 'PUT' });
  assert.ok(made.ok, await made.text());
  return url;
}

/** @param {import('node:test').TestContext} context */
async function installation(context) {
  const url = await stateServer(context);
  const root = tree(context);
  for (const environment of ['staging', 'production']) {
    edit(
      join(root, 'terraform/envs', environment, 'backend.hcl'),
      (text) => `${text.replace('https://nyc3.digitaloceanspaces.com', url)}use_path_style = true\n`,
    );
  }
  program(join(root, 'bin/terraform'), `#!/bin/sh\nexec "${tool('terraform_tool')}" "$@"\n`);
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    ...(await standIn(context)),
    TF_CLI_ARGS: '-no-color',
    ...SECRETS,
    AWS_ACCESS_KEY_ID: SECRETS.SPACES_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: SECRETS.SPACES_SECRET_ACCESS_KEY,
  };
  /** @type {(environment: string, args: string[]) => ReturnType<typeof run>} */
  const terraform = (environment, args) =>
    run(join(root, 'bin/terraform'), args, {
      cwd: join(root, 'terraform'),
      env: { ...env, TF_DATA_DIR: join(root, 'terraform/envs', environment, '.terraform') },
    });
  return {
    root,
    /** @type {(environment: string, input?: string) => Promise<string>} */
    provision: async (environment, input) => {
      const { code, out, error } = await run(join(root, 'scripts/provision.sh'), [environment], {
        cwd: root,
        env,
        input,
      });
      assert.equal(code, 0, out + error);
      return out;
    },
    terraform,
    /** What the bucket has. @type {(environment: string) => Promise<{ type: string, attributes: Record<string, any> }[]>} */
    resources: async (environment) => {
      const { out } = await terraform(environment, ['state', 'pull']);
      /** @type {{ resources: { type: string, instances: { attributes: Record<string, any> }[] }[] }} */
      const { resources } = JSON.parse(out);
      return resources.flatMap(({ type, instances }) => instances.map(({ attributes }) => ({ type, attributes })));
    },
  };
}

test('staging is made, its state is in the bucket, and a second time changes nothing', async (context) => {
  const { root, resources, provision, terraform } = await installation(context);
  assert.match(await provision('staging'), /Apply complete! Resources: [1-9]\d* added, 0 changed, 0 destroyed/);
  assert.match(await provision('staging'), /No changes\. Your infrastructure matches the configuration\./);

  const droplet = (await resources('staging')).find(({ type }) => type === 'digitalocean_droplet')?.attributes;
  assert.equal(droplet?.name, 'syncwatch-turn-staging');
  const parsed = await run('bash', ['-n'], { cwd: root, input: droplet?.user_data });
  assert.equal(parsed.code, 0, parsed.error);

  const environment = join(root, 'terraform/envs/staging');
  const outputs = JSON.parse(readFileSync(join(environment, 'outputs.json'), 'utf8'));
  assert.deepEqual(
    Object.keys(outputs).filter((name) => outputs[name].sensitive),
    ['database_uri', 'media_access_key', 'media_secret_key', 'redis_uri'],
  );

  await acceptedByHelm(context, join(environment, 'values.yaml'));
  await acceptedAsSecret(root, join(environment, 'secrets'));

  const destroy = await terraform('staging', ['plan', '-destroy', '-var-file=envs/staging/terraform.tfvars']);
  assert.equal(destroy.code, 0, destroy.error);
});

/** The umbrella renders with the values, and its pods know the bucket and the TURN server. @type {(context: import('node:test').TestContext, values: string) => Promise<void>} */
async function acceptedByHelm(context, values) {
  const charts = folder(context);
  tool(`pack_charts "$(helm_tool)" "${charts}"`);
  const rendered = await run(
    tool('helm_tool'),
    ['template', 'watch', join(charts, 'helm/syncwatch'), '--kube-version', '1.35.0', '--values', values],
    { cwd: charts },
  );
  assert.equal(rendered.code, 0, rendered.error);
  for (const text of [
    'syncwatch-media-staging',
    'turn1.staging.watch.test',
    'host: "?staging.watch.test',
    '10.21.0.0/18',
    's3-secret-key',
  ]) {
    assert.match(rendered.out, new RegExp(text));
  }
}

/** deploy/make-kubernetes-secret.sh makes a Secret from the files. @type {(root: string, secrets: string) => Promise<void>} */
async function acceptedAsSecret(root, secrets) {
  const syncwatch = join(root, 'bin/syncwatch');
  program(syncwatch, '#!/bin/sh\nprintf \'%s = "x"\\n\' token opaque_setup signing_keys link_secret >"$2"\n');
  const made = await run(join(repository, 'deploy/make-kubernetes-secret.sh'), [secrets], {
    cwd: root,
    env: { SYNCWATCH: syncwatch },
  });
  assert.equal(made.code, 0, made.error);
  const { data } = JSON.parse(made.out);
  const text = (/** @type {string} */ key) => Buffer.from(data[key], 'base64').toString();
  assert.equal(text('turn-secret'), SECRETS.TF_VAR_turn_secret);
  assert.match(text('postgres-url'), /^postgres:\/\/.*\/syncwatch_staging\?sslmode=require$/);
  assert.match(text('redis-url'), /^rediss:\/\//);
  assert.equal(text('s3-access-key'), readFileSync(join(secrets, 's3_access_key'), 'utf8'));
}

test('production survives a mistake, and a TURN server that fails is replaced by its name alone', async (context) => {
  const { root, resources, provision, terraform } = await installation(context);
  await provision('production', 'yes\n');

  const destroy = await terraform('production', ['plan', '-destroy', '-var-file=envs/production/terraform.tfvars']);
  assert.equal(destroy.code, 1);
  assert.match(destroy.error, /terraform_data\.keep\[0\] has lifecycle\.prevent_destroy set/);

  appendFileSync(join(root, 'terraform/envs/production/terraform.tfvars'), 'turn_out_of_service = ["turn1"]\n');
  assert.match(await provision('production', 'yes\n'), /Apply complete! Resources: 0 added, 1 changed, 0 destroyed/);
  const addresses = (await resources('production'))
    .filter(({ type, attributes }) => type === 'digitalocean_record' && attributes.type === 'A')
    .map(({ attributes }) => attributes.value);
  assert.equal(addresses.length, 2);
  assert.equal(addresses[0], addresses[1]);
});
