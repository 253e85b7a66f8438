import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from './scratch.mjs';

const FOLDER = join(ROOT, '.github/workflows');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const text = (/** @type {string} */ file) => readFileSync(join(FOLDER, file), 'utf8');
/** @param {string} file @returns {any} */
const workflow = (file) => parse(text(file));
/** @param {any} jobs @returns {any[]} */
const steps = (jobs) => Object.values(jobs).flatMap((job) => /** @type {any} */ (job).steps ?? []);

test('every step is a script of the repository', () => {
  const targets = readFileSync(join(ROOT, 'Makefile'), 'utf8');
  for (const file of files) {
    for (const { run } of steps(workflow(file).jobs).filter((step) => step.run)) {
      for (const line of run.trim().split('\n')) {
        const [program, target] = line.trim().split(' ');
        if (program === 'make') assert.ok(target === '"$TARGET"' || new RegExp(`^${target}:`, 'm').test(targets), line);
        else if (program.startsWith('scripts/')) assert.ok(existsSync(join(ROOT, program)), line);
        else assert.match(line, /^rustup component add/, `${file}: a script of the repository should do this`);
      }
    }
  }
});

test('actions are named by commit, with their version beside it', () => {
  for (const file of files) {
    const uses = text(file)
      .split('\n')
      .filter((line) => /\buses: (?!\$\/)/.test(line));
    for (const line of uses) assert.match(line, /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line}`);
  }
});

test('tokens may only read, except where a job says what it writes', () => {
  for (const file of files.filter((name) => name !== 'images.yml')) {
    assert.deepEqual(workflow(file).permissions, { contents: 'read' }, file);
  }
  const writes = (/** @type {any} */ job) =>
    Object.keys(job.permissions ?? {}).filter((name) => job.permissions[name] === 'write');
  const { jobs } = workflow('release.yml');
  assert.deepEqual(writes(jobs.images), ['packages']);
  assert.deepEqual(writes(jobs.publish).sort(), ['attestations', 'contents', 'id-token', 'packages']);
  for (const job of Object.values(workflow('ci.yml').jobs)) assert.deepEqual(writes(job), []);
});

test('checks come before images, images before staging; production is by hand', () => {
  const ci = workflow('ci.yml');
  assert.deepEqual(ci.jobs.images.needs, ['lint', 'test-unit', 'test-integration']);
  assert.equal(ci.jobs.images.with.tags, undefined);
  const deploy = workflow('deploy.yml');
  assert.deepEqual(deploy.on.push.branches, ['main']);
  const { environment } = deploy.on.workflow_dispatch.inputs;
  assert.deepEqual(
    [environment.required, environment.default, environment.options],
    [true, 'staging', ['staging', 'production']],
  );
  assert.equal(deploy.jobs.images.needs, 'ci');
  assert.equal(deploy.jobs['deploy-staging'].needs, 'images');
  assert.equal(deploy.jobs['deploy-staging'].environment, 'staging');
  assert.equal(deploy.jobs['deploy-production'].environment, 'production');
  assert.match(deploy.jobs['deploy-production'].if, /workflow_dispatch.*production.*refs\/heads\/main/s);
});

test('secrets are environment of the step that needs them, and of no other', () => {
  for (const file of files) {
    const { jobs, env } = workflow(file);
    assert.equal(env, undefined);
    for (const [name, job] of Object.entries(/** @type {Record<string, any>} */ (jobs))) {
      assert.doesNotMatch(JSON.stringify(job.env ?? {}), /secrets\./, `${file}: ${name}`);
      for (const step of job.steps ?? []) assert.doesNotMatch(step.run ?? '', /\$\{\{/, `${file}: ${name}`);
    }
  }
  const [, step] = workflow('deploy.yml').jobs['deploy-production'].steps;
  for (const name of ['DATABASE_URL', 'JWT_SECRET', 'TURN_SECRET'])
    assert.equal(step.env[name], `\${{ secrets.PROD_${name} }}`);
  assert.doesNotMatch(text('deploy.yml'), /upload-artifact/);
});
