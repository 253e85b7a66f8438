#!/usr/bin/env bash
# Rolls a version out by Helm, and waits until every pod of it serves:
#
#   scripts/release.sh deploy staging|production TAG
#
# TAG is a commit or a version whose images are in the registry. From the environment:
#
#   KUBECONFIG or KUBECONFIG_DATA    the cluster: a file, or its content
#   HELM_VALUES                      values of the installation as YAML, such as Terraform's output; no secrets
#   DATABASE_URL, JWT_SECRET         become the keys postgres-url and signing-keys of the Secret
#   TURN_SECRET                      becomes turn-secret; may be empty
#   NAMESPACE, RELEASE, SECRET       syncwatch by default
#   ROLLOUT_TIMEOUT                  for the migration and each rollout; 15m by default
#
# The Job of the chart migrates the database before any pod is replaced. When it or a rollout fails, Helm puts the version
# before back, which runs on the newer schema. Secrets are never an argument and never printed;
# a temporary file has the access to the cluster alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
umask 077
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

environment=${1:-} tag=${2:-}
[[ $environment == staging || $environment == production ]] || fail "name the environment: staging or production"
is_lasting_tag "$tag" || fail "\"$tag\" is neither a commit nor a version, so it may name another image tomorrow"
for name in DATABASE_URL JWT_SECRET HELM_VALUES; do
  [ -n "${!name:-}" ] || fail "$name is empty: set it in the environment \"$environment\""
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${KUBECONFIG_DATA:-}" ]; then
  printf '%s\n' "$KUBECONFIG_DATA" >"$work/kubeconfig"
  export KUBECONFIG=$work/kubeconfig
fi
[ -n "${KUBECONFIG:-}" ] || fail "KUBECONFIG_DATA is empty: set it in the environment \"$environment\""
printf '%s\n' "$HELM_VALUES" >"$work/values.yaml"

namespace=${NAMESPACE:-syncwatch} release=${RELEASE:-syncwatch} timeout=${ROLLOUT_TIMEOUT:-15m}
readonly helm=${HELM:-helm} kubectl=${KUBECTL:-kubectl}

# The values of all secrets, to be hidden in what other programs print, plain and in base64.
hidden=()
for name in DATABASE_URL JWT_SECRET TURN_SECRET KUBECONFIG_DATA; do
  [ -n "${!name:-}" ] || continue
  hidden+=("${!name}" "$(printf '%s' "${!name}" | base64 -w0)")
done
redact() {
  local text value
  text=$(cat)
  for value in "${hidden[@]}"; do text=${text//"$value"/***}; done
  printf '%s\n' "$text"
}

manifest() {
  SECRET=${SECRET:-syncwatch} jq -n '{
    apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: {name: env.SECRET},
    data: ({"postgres-url": env.DATABASE_URL, "signing-keys": env.JWT_SECRET, "turn-secret": env.TURN_SECRET}
      | with_entries(select((.value // "") != "") | .value |= @base64))}'
}

# Server-side, so that keys of the Secret that others own stay.
say "writing the Secret ${SECRET:-syncwatch} of $environment"
"$kubectl" create namespace "$namespace" --dry-run=client -o json | "$kubectl" apply -f - >/dev/null
manifest | "$kubectl" --namespace "$namespace" apply --server-side --field-manager syncwatch-deploy --force-conflicts -f - \
  2>&1 | redact
# Nothing below needs them.
unset DATABASE_URL JWT_SECRET TURN_SECRET KUBECONFIG_DATA

scripts/release.sh charts "$work" "$tag"
say "migrating the database, then replacing the pods of $environment by $tag"
"$helm" upgrade "$release" "$work"/syncwatch-*.tgz --install --namespace "$namespace" --values "$work/values.yaml" \
  --atomic --wait --wait-for-jobs --timeout "$timeout" --description "$tag" 2>&1 | redact

selector=app.kubernetes.io/part-of=syncwatch,app.kubernetes.io/managed-by=Helm
mapfile -t deployments < <("$kubectl" --namespace "$namespace" get deployments --selector "$selector" --output name)
[ "${#deployments[@]}" -gt 0 ] || fail "the release has no deployment"
for deployment in "${deployments[@]}"; do
  "$kubectl" --namespace "$namespace" rollout status "$deployment" --timeout "$timeout"
done

# The record of what runs: in the log, on the page of the run, in `helm history`.
running=$("$kubectl" --namespace "$namespace" get deployments --selector "$selector" \
  --output 'jsonpath={range .items[*]}{.metadata.name} {.status.readyReplicas} {.spec.template.spec.containers[*].image}{"\n"}{end}')
if other=$(grep -v ":$tag\$" <<<"$running"); then
  fail "after the rollout other images run than those of $tag: $other"
fi
say "$environment runs $tag:"
printf '%s\n' "$running"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  # shellcheck disable=SC2016
  printf '### %s runs `%s`\n\n```\n%s\n```\n' "$environment" "$tag" "$running" >>"$GITHUB_STEP_SUMMARY"
fi
