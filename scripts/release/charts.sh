#!/usr/bin/env bash
# Packs the umbrella chart with the charts of all services:
#
#   scripts/release.sh charts FOLDER [TAG]
#
# TAG (a commit or a version, by default the version) becomes the appVersion of every chart, which is the tag of its image
# and what `helm list` shows of an installation.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

[ $# -ge 1 ] || fail "usage: scripts/release.sh charts FOLDER [TAG]"
tag=${2:-$(version)}
is_lasting_tag "$tag" || fail "$tag is neither a commit nor a version, so it may name another image tomorrow"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
helm=${HELM:-$(helm_tool)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cp -rL helm "$work/tree/helm"
sed -i "s/^appVersion: .*/appVersion: \"$tag\"/" "$work"/tree/helm/*/Chart.yaml
(cd "$work/tree" && pack_charts "$helm" "$work")
"$helm" package "$work/helm/syncwatch" --destination "$folder" >/dev/null
say "$folder/syncwatch-$(version).tgz deploys $tag"
