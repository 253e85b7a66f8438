#!/usr/bin/env bash
# Publishes a release on GitHub, with its changelog, files and signatures; a candidate as a pre-release.
#
#   scripts/release.sh publish FOLDER vX.Y.Z
#
# Needs gh with GH_TOKEN.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

[ $# -eq 2 ] || fail "usage: scripts/release.sh publish FOLDER vX.Y.Z"
folder=$1 tag=$2
scripts/release.sh check "$tag"
for file in SHA256SUMS SHA256SUMS.sigstore.json provenance.sigstore.json; do
  [ -s "$folder/$file" ] || fail "$folder/$file is missing"
done
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
scripts/release.sh notes "$tag" >"$notes"

options=(--latest)
if [[ $tag == *-rc* ]]; then options=(--prerelease --latest=false); fi
mapfile -t files < <(find "$folder" -maxdepth 1 -type f | sort)
gh release create "$tag" --verify-tag --title "SyncWatch ${tag#v}" --notes-file "$notes" "${options[@]}" "${files[@]}"
