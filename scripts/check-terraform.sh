#!/usr/bin/env bash
# Formatting, validation and tests of everything under terraform/, without an account and without state.
#
# TF_PLUGIN_MIRROR names a folder that is a filesystem mirror of the providers, for machines that cannot
# reach the registry. Where neither is to be had, what needs a provider is skipped and the output says so.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

if ! command -v terraform >/dev/null; then
  say "SKIPPED: terraform is not installed"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1

# Always a configuration of our own: a broken one of the user's would only add noise.
export TF_CLI_CONFIG_FILE=$work/terraform.rc
if [ -n "${TF_PLUGIN_MIRROR:-}" ]; then
  [ -d "$TF_PLUGIN_MIRROR" ] || fail "TF_PLUGIN_MIRROR is not a folder: $TF_PLUGIN_MIRROR"
  printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$TF_PLUGIN_MIRROR" >"$TF_CLI_CONFIG_FILE"
else
  : >"$TF_CLI_CONFIG_FILE"
fi

terraform fmt -check -diff -recursive terraform || fail "run make fmt"
say "formatted"

# In a copy: `init` leaves a .terraform folder and a lock file in each.
cp -r terraform "$work"
for folder in "$work"/terraform/modules/* "$work"/terraform/envs/*; do
  name=${folder#"$work"/}
  cd "$folder"
  if ! terraform init -backend=false -input=false -no-color >"$work/init.log" 2>&1; then
    if [ -z "${TF_PLUGIN_MIRROR:-}" ] && grep -qE 'registry\.terraform\.io|no available releases' "$work/init.log"; then
      say "SKIPPED $name and the rest: no provider to be had (set TF_PLUGIN_MIRROR, or give access to the registry)"
      exit 0
    fi
    cat "$work/init.log" >&2
    fail "$name: terraform init failed"
  fi
  terraform validate -no-color >"$work/validate.log" 2>&1 || { cat "$work/validate.log" >&2; fail "$name is not valid"; }
  if [ -d tests ]; then
    terraform test -no-color >"$work/test.log" 2>&1 || { cat "$work/test.log" >&2; fail "$name: tests failed"; }
    say "$name: valid, $(grep -c '^  run .* pass$' "$work/test.log") checks passed"
  else
    say "$name: valid"
  fi
done
