#!/usr/bin/env bash
# Lints and renders every chart, with its defaults and with each values file in its ci/ folder, and checks
# the objects against the schemas of the Kubernetes releases that we support.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

readonly scripts=$PWD/scripts alerts=$PWD/deploy/prometheus/rules.yml KUBERNETES_RELEASES=(1.31 1.37)
helm=$(helm_tool)
validate=$(python_tool kubernetes-validate kubernetes-validate==1.37.0)
models=$(operator_models)
promtool=$(promtool_tool)

# `helm dependency update` packs charts into one another: in a copy, so that the tree stays clean.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The alerts are a link to deploy/, which the copy is no longer beside.
cp -rL helm "$work"

render() {
  local chart=$1 name=$2 release=$3
  shift 3
  local out=$work/$name.yaml
  "$helm" template demo "$chart" --namespace syncwatch --kube-version "$release.0" \
    --api-versions autoscaling/v2 --api-versions monitoring.coreos.com/v1 "$@" >"$out" ||
    fail "$name does not render"
  grep -q '^kind:' "$out" || fail "$name renders no object"
  # Kinds of the Prometheus operator have no schema here and only draw a warning, which is dropped.
  "$validate" --strict --quiet --no-warn -k "$release" "$out" || fail "$name is not valid for Kubernetes $release"
  # The helper's own YAML library reads what helm wrote.
  "$(dirname "$validate")/python" -c 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))' \
    <"$out" >"$work/objects.json"
  node "$scripts/operator-kinds.mjs" "$models" <"$work/objects.json" ||
    fail "$name has an object that the Prometheus operator would not take"
}

# A schema that refuses nothing would pass every check above.
refuses() {
  local chart=$1 setting=$2
  if "$helm" template demo "$chart" --kube-version 1.31.0 --set "$setting" >/dev/null 2>&1; then
    fail "$(basename "$chart") accepts --set $setting"
  fi
}

cd "$work/helm"
# The umbrella packs the others, so it comes last.
for chart in $(find . -mindepth 1 -maxdepth 1 -type d ! -name library ! -name syncwatch) ./syncwatch; do
  name=$(basename "$chart")
  "$helm" dependency update "$chart" >/dev/null || fail "$name: its dependencies cannot be packed"
  "$helm" lint --strict "$chart" >"$work/lint" || { cat "$work/lint" >&2; fail "$name does not pass helm lint"; }
  for release in "${KUBERNETES_RELEASES[@]}"; do
    render "$chart" "$name" "$release"
    for values in "$chart"/ci/*-values.yaml; do
      [ -e "$values" ] && render "$chart" "$name-$(basename "$values" .yaml)" "$release" --values "$values"
    done
  done
  say "$name: renders, valid for Kubernetes ${KUBERNETES_RELEASES[*]}"
done

# What wakes somebody, as the cluster gets it: valid, and word for word the file whose alerts are tested.
"$helm" template demo ./syncwatch --kube-version 1.31.0 --set prometheusRule.enabled=true \
  --show-only templates/prometheusrule.yaml >"$work/alerts.yaml"
"$(dirname "$validate")/python" - "$work/alerts.yaml" "$alerts" >"$work/rules.yml" <<'PYTHON' || fail "the alerts of the chart are not those of deploy/"
import sys, yaml
chart, file = (yaml.safe_load(open(path)) for path in sys.argv[1:])
assert chart["spec"] == file
yaml.safe_dump(chart["spec"], sys.stdout)
PYTHON
"$promtool" check rules --lint-fatal "$work/rules.yml" >/dev/null || fail "the alerts of the chart are not valid"
"$helm" template demo ./syncwatch --kube-version 1.31.0 | grep -q '^kind: PrometheusRule' &&
  fail "the chart makes a PrometheusRule that nobody asked for"
say "the alerts are those of deploy/"

echo '[{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "spec": {"selector": {}, "endpoints": [{"port": 5}]}}]' |
  node "$scripts/operator-kinds.mjs" "$models" 2>/dev/null && fail "a ServiceMonitor with a number for a port is taken"
refuses ./gateway replicas=0
refuses ./gateway image.tag=latest
refuses ./gateway config=text
refuses ./gateway ingress.enabled=true
refuses ./gateway unknown=1
refuses ./gateway 'ingress.podNetworks={10.0.0.1}'
refuses ./syncwatch gateway.adminPort=80
say "wrong values are refused"
