import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratch } from './scratch.mjs';

const PATHS = ['scripts', 'deny.toml', 'web/package*.json', 'e2e/browser/package*.json'];

test('the audit looks at crates and at every lock file of npm, and fails when one has advisories', (context) => {
  const copy = scratch(context, PATHS);
  copy.stub('cargo');
  copy.stub('npm');
  assert.equal(copy.run(['scripts/audit.sh']).status, 0);
  const locks = copy.git('ls-files', '*package-lock.json').split('\n');
  assert.ok(locks.length >= 3);
  for (const lock of locks) {
    const folder = lock.replace('/package-lock.json', '');
    assert.ok(copy.called().includes(`npm audit --prefix ${folder} --audit-level=high --package-lock-only\n`), lock);
  }
  assert.match(copy.called(), /^cargo deny check advisories$/m);

  // One that fails does not hide the others.
  copy.stub('npm', '[[ $* != *"--prefix web"* ]]');
  const failed = copy.run(['scripts/audit.sh']);
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /npm packages of web\n(.*\n)*.*npm packages|npm packages of scripts\/release/);
  assert.match(failed.stderr, /there are vulnerabilities/);
  copy.stub('npm');
  copy.stub('cargo', 'exit 1');
  assert.equal(copy.run(['scripts/audit.sh']).status, 1);
});

test('the second scanner gets the exceptions of deny.toml', (context) => {
  const copy = scratch(context, PATHS);
  const inDeny = copy.read('deny.toml').match(/"RUSTSEC-[\d-]+"/g) ?? [];
  const { stdout } = copy.run(['scripts/audit.sh', 'osv-config']);
  assert.ok(inDeny.length > 0);
  assert.deepEqual(stdout.match(/"RUSTSEC-[\d-]+"/g), inDeny);
});
