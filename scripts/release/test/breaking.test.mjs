import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratch } from './scratch.mjs';

test('a contract that breaks with the last release is refused until MAJOR grows', (context) => {
  const copy = scratch(context, ['scripts', 'proto', 'Cargo.toml']);
  const breaking = () => copy.run(['scripts/release.sh', 'breaking']);
  assert.match(breaking().stdout, /no release is in the history/);

  const set = (/** @type {string} */ version) =>
    copy.write('Cargo.toml', copy.read('Cargo.toml').replace(/^version = ".*"/m, `version = "${version}"`));
  set('1.0.0');
  copy.commit('build: release 1.0.0');
  copy.git('tag', 'v1.0.0');
  copy.git('tag', 'v1.1.0-rc.1');
  const same = breaking();
  assert.equal(same.status, 0, same.output);
  assert.match(same.stdout, /compatible with v1\.0\.0/);

  // A field goes; a new message does no harm.
  const proto = copy
    .git('ls-files', 'proto/syncwatch')
    .split('\n')
    .find((name) => /^ {2}string \w+ = 1/m.test(copy.read(name)));
  assert.ok(proto);
  const text = copy.read(proto);
  copy.write(proto, `${text}\n// Nothing yet.\nmessage Addition {}\n`);
  assert.equal(breaking().status, 0, breaking().output);
  copy.write(proto, text.replace(/^ {2}string \w+ = 1.*$/m, ''));
  const broken = breaking();
  assert.equal(broken.status, 1);
  assert.match(broken.output, /Previously present field "1"/);
  assert.match(broken.stderr, /the contract breaks with v1\.0\.0: keep the old fields/);

  set('2.0.0');
  assert.match(breaking().stdout, /2\.0\.0 may break what v1\.0\.0 promised/);
});
