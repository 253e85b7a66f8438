#!/usr/bin/env bash
# Formatting, validation and tests of everything under terraform/, without an account, without state and without a registry of
# Terraform: a stand-in for the provider knows its names and types. Nothing is skipped: what cannot be had ends the check.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

terraform=$(terraform_tool)
types=$(digitalocean_types)
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0
# A broken configuration of the user's would only add noise.
export TF_CLI_CONFIG_FILE=/dev/null

"$terraform" fmt -check -diff -recursive terraform || fail "run make fmt"
say "formatted"

# In a copy: `init` leaves a folder and a lock file behind. The TURN servers take their configuration from deploy/.
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${provider:-}" ] || kill "$provider"' EXIT
exec 3< <(exec node scripts/terraform-provider.mjs "$types")
provider=$!
read -r TF_REATTACH_PROVIDERS <&3 || fail "the stand-in for the provider did not start"
export TF_REATTACH_PROVIDERS
mkdir "$work/deploy"
cp -r terraform "$work"
cp -r deploy/coturn "$work/deploy"

# run <name> <arguments of terraform>...: its output is only shown when it fails.
run() {
  local name=$1
  shift
  "$terraform" "$@" -no-color >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$name: terraform $1 failed"; }
}

tested() {
  local passed
  passed=$(grep -c '^  run .* pass$' "$work/log") || fail "$1: no test ran"
  say "$1: valid, $passed checks passed"
}

for folder in "$work"/terraform/modules/*; do
  name=$(basename "$folder")
  cd "$folder"
  run "$name" init -backend=false
  run "$name" validate
  run "$name" test
  tested "$name"
done

cd "$work/terraform"
run terraform init -backend=false
run terraform validate
for folder in envs/*; do
  name=$(basename "$folder")
  run "$name" test -var-file="$folder/terraform.tfvars" -filter="tests/$name.tftest.hcl"
  tested "$name"
done
