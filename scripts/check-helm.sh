#!/usr/bin/env bash
# Lints and renders every chart, with its defaults and with each values file in its ci/ folder, and checks the objects
# against the schemas of the Kubernetes releases that we support. e2e/tests/it/charts.rs starts the real programs with what
# the charts give them.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

readonly scripts=$PWD/scripts alerts=$PWD/deploy/prometheus/rules.yml KUBERNETES_RELEASES=(1.31 1.37)
helm=$(helm_tool)
validate=$(python_tool kubernetes-validate kubernetes-validate==1.37.0)
models=$(operator_models)
promtool=$(promtool_tool)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

template() { "$helm" template demo "$@" --namespace syncwatch --kube-version 1.31.0; }

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
  node "$scripts/pod-privileges.mjs" <"$work/objects.json" || fail "$name has a pod that may do too much"
}

# A schema that accepts everything would pass every check above.
refuses() {
  local chart=$1 setting=$2
  if template "$chart" --set "$setting" >/dev/null 2>&1; then
    fail "$(basename "$chart") accepts --set $setting"
  fi
}

pack_charts "$helm" "$work"
cd "$work/helm"
for chart in *; do
  [ "$chart" != library ] || continue
  "$helm" lint --strict "$chart" >"$work/lint" || { cat "$work/lint" >&2; fail "$chart does not pass helm lint"; }
  for release in "${KUBERNETES_RELEASES[@]}"; do
    render "./$chart" "$chart" "$release"
    for values in "$chart"/ci/*-values.yaml; do
      render "./$chart" "$chart-$(basename "$values" .yaml)" "$release" --values "$values"
    done
  done
  say "$chart: renders, valid for Kubernetes ${KUBERNETES_RELEASES[*]}"
done

# The alerts of the chart: valid, and equal to the file whose alerts are tested.
template ./syncwatch --set prometheusRule.enabled=true --show-only templates/prometheusrule.yaml >"$work/alerts.yaml"
"$(dirname "$validate")/python" - "$work/alerts.yaml" "$alerts" >"$work/rules.yml" <<'PYTHON' || fail "the alerts of the chart are not those of deploy/"
import sys, yaml
chart, file = (yaml.safe_load(open(path)) for path in sys.argv[1:])
assert chart["spec"] == file
yaml.safe_dump(chart["spec"], sys.stdout)
PYTHON
"$promtool" check rules --lint-fatal "$work/rules.yml" >/dev/null || fail "the alerts of the chart are not valid"
template ./syncwatch | grep -q '^kind: PrometheusRule' && fail "the chart makes a PrometheusRule that nobody asked for"
say "the alerts are those of deploy/"

# A service that is a release of its own has the names that it has in the umbrella, so the services find one another.
names() { grep -E '^  name: ' "$1" | sort -u; }
template ./syncwatch --set media-edge.enabled=true >"$work/umbrella.yaml"
for chart in *-svc media-edge transcode-worker gateway; do
  "$helm" template "demo-$chart" "./$chart" --kube-version 1.31.0 >"$work/alone.yaml"
  [ -z "$(comm -23 <(names "$work/alone.yaml") <(names "$work/umbrella.yaml"))" ] ||
    fail "$chart has other names alone than in the umbrella"
done
template ./gateway --set networkPolicy.enabled=false | grep -q '^kind: NetworkPolicy' &&
  fail "a default of the library wins over a value that is set"
say "each service can be installed alone"

replicas() { template ./gateway "$@" | sed -n '/SYNCWATCH_SERVICES__REPLICAS/{n;s/.*"\(.*\)"/\1/p;}'; }
has_replicas() {
  local number=$1
  shift
  [ "$(replicas "$@")" = "$number" ] || fail "a pod is told a wrong number of replicas with $*"
}
has_replicas 3 --set replicas=3
has_replicas 10 --set autoscaling.enabled=true
has_replicas 1 --set config.services.replicas=1

echo '[{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "spec": {"selector": {}, "endpoints": [{"port": 5}]}}]' |
  node "$scripts/operator-kinds.mjs" "$models" 2>/dev/null && fail "a ServiceMonitor with a number for a port is taken"
echo '[{"kind": "Deployment", "metadata": {"name": "x"}, "spec": {"template": {"spec": {"containers": [{"name": "x"}]}}}}]' |
  node "$scripts/pod-privileges.mjs" 2>/dev/null && fail "a pod without a security context is taken"
refuses ./gateway replicas=0
refuses ./gateway image.tag=latest
refuses ./gateway config=text
refuses ./gateway ingress.enabled=true
refuses ./gateway unknown=1
refuses ./gateway 'ingress.podNetworks={10.0.0.1}'
refuses ./auth-svc secrets.existingSecret=
refuses ./room-svc 'networkPolicy.callers={somebody}'
refuses ./syncwatch gateway.adminPort=80
say "wrong values are refused"
