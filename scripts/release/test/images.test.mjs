import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dockerStub } from './docker.mjs';
import { ROOT, scratch } from './scratch.mjs';

const PATHS = ['scripts', 'deploy', 'Cargo.toml', 'helm'];
const IMAGES = 'scripts/release.sh';

test('every service has an image, and every chart of a service the image of its name', (context) => {
  const copy = scratch(context, PATHS);
  const images = copy.run([IMAGES, 'images', 'list']).stdout.trim().split('\n');
  const charts = readdirSync(join(ROOT, 'helm')).filter((name) => existsSync(join(ROOT, 'helm', name, 'values.yaml')));
  const services = charts.filter((name) => !['library', 'syncwatch', 'setup', 'migrate'].includes(name));
  for (const service of services) assert.ok(images.includes(service), `no image for the chart ${service}`);
  // The worker alone gets FFmpeg.
  const media = copy.read('deploy/Dockerfile').match(/^FROM media-runtime AS .*$/gm);
  assert.deepEqual(media, ['FROM media-runtime AS transcode-worker']);
});

test('a check builds each image and pushes none', (context) => {
  const copy = scratch(context, PATHS);
  dockerStub(copy);
  const run = copy.run([IMAGES, 'images', 'build', 'arm64'], { CACHE: 'gha' });
  assert.equal(run.status, 0, run.output);
  const calls = copy.called().trim().split('\n');
  assert.equal(calls.length, 10);
  assert.match(
    calls[0],
    /--target programs .*--cache-from type=gha,scope=arm64 --cache-to type=gha,mode=max,scope=arm64/,
  );
  for (const call of calls) {
    assert.match(call, /--platform linux\/arm64/);
    assert.match(call, new RegExp(`--build-arg REVISION=${copy.git('rev-parse', 'HEAD')} `));
    assert.match(call, /--output type=cacheonly/);
    assert.doesNotMatch(call, /push/);
  }
  assert.match(copy.run([IMAGES, 'images', 'build', 'mips']).stderr, /name an architecture: amd64 arm64/);
});

test('images are pushed by digest for each architecture, then joined under the tags', (context) => {
  const copy = scratch(context, PATHS);
  dockerStub(copy);
  const env = { GITHUB_REPOSITORY: 'Someone/Fork' };
  for (const arch of ['amd64', 'arm64']) assert.equal(copy.run([IMAGES, 'images', 'push', arch], env).status, 0);
  const tagged = copy.run([IMAGES, 'images', 'tag', '1.2.3 v1.2.3 latest'], env);
  assert.equal(tagged.status, 0, tagged.output);

  const calls = copy.called();
  assert.match(
    calls,
    /--target gateway .*--provenance=mode=max --sbom=true .*name=ghcr\.io\/someone\/fork\/gateway,push-by-digest=true/,
  );
  const join = calls.split('\n').find((call) => call.includes('imagetools create') && call.includes('/gateway:'));
  const digest = (/** @type {string} */ arch) => copy.read(`dist/digests/gateway.${arch}`).trim();
  const image = 'ghcr.io/someone/fork/gateway';
  assert.equal(
    join,
    `docker buildx imagetools create --tag ${image}:1.2.3 --tag ${image}:v1.2.3 --tag ${image}:latest ${image}@${digest('amd64')} ${image}@${digest('arm64')}`,
  );
  assert.notEqual(digest('amd64'), digest('arm64'));
  assert.match(copy.read('dist/images.txt'), /^[0-9a-f]{64} {2}ghcr\.io\/someone\/fork\/gateway$/m);
  assert.equal(copy.read('dist/images.txt').trim().split('\n').length, 9);
});

test('the token of the registry reaches docker by standard input alone', (context) => {
  const copy = scratch(context, PATHS);
  dockerStub(copy);
  const run = copy.run([IMAGES, 'images', 'login'], { REGISTRY_USER: 'me', REGISTRY_TOKEN: 'planted-token' });
  assert.equal(run.status, 0);
  assert.equal(copy.called(), 'docker login ghcr.io --username me --password-stdin\n');
  assert.equal(copy.read('../stdin'), 'planted-token\n');
  assert.doesNotMatch(run.output, /planted/);
});
