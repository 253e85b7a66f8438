#!/usr/bin/env bash
# Packs every chart and renders it: scripts/render-charts.sh FOLDER [helm flags]
#
# Leaves FOLDER/helm with the packed charts, FOLDER/SERVICE.yaml with each service as a release of its own
# (demo-SERVICE), and FOLDER/syncwatch.yaml with all of them as one release (demo).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -ge 1 ] || fail "usage: scripts/render-charts.sh FOLDER [helm flags]"
out=$1
shift
helm=$(helm_tool)
pack_charts "$helm" "$out"

for chart in "$out"/helm/*/; do
  name=$(basename "$chart")
  case $name in
    library) continue ;;
    syncwatch) release=demo ;;
    *) release=demo-$name ;;
  esac
  "$helm" template "$release" "$chart" --namespace syncwatch --kube-version 1.31.0 --api-versions autoscaling/v2 "$@" \
    >"$out/$name.yaml" || fail "$name does not render"
done
