#!/usr/bin/env bash
# Gathers what a release consists of, in a folder:
#
#   scripts/release.sh assets FOLDER
#
#   syncwatch-X.Y.Z.tgz          the umbrella chart
#   syncwatch-X.Y.Z.cdx.json     the software bill of materials
#   images.txt                   the digest of each image (scripts/release.sh images tag)
#   programs-ARCH.sha256         the sums of the programs in the images (scripts/release.sh images push)
#   SHA256SUMS                   the sums of these files, which is what gets signed
#
# Files and images together, for the attestation, are in dist/subjects.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

[ $# -eq 1 ] || fail "usage: scripts/release.sh assets FOLDER"
mkdir -p "$1"
[ -s dist/images.txt ] || fail "dist/images.txt is missing: scripts/release.sh images tag makes it"
release=$(version)
scripts/release.sh charts "$1"
scripts/release.sh sbom "$1/syncwatch-$release.cdx.json"
cp dist/images.txt dist/digests/programs-*.sha256 "$1"
rm -f "$1"/SHA256SUMS*
(cd "$1" && sha256sum -- *) >dist/SHA256SUMS
mv dist/SHA256SUMS "$1"
cat "$1/SHA256SUMS" dist/images.txt >dist/subjects.txt
