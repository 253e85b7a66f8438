#!/usr/bin/env bash
# Everything about releases. Workflows call these commands and hold no logic of their own.
#
#   scripts/release.sh version X.Y.Z[-rc.N]    set the version everywhere, and the heading in CHANGELOG.md
#   scripts/release.sh check vX.Y.Z            does the tag fit the tree?
#   scripts/release.sh notes vX.Y.Z            print the changelog of a release, made from the commits
#   scripts/release.sh breaking                compare proto/ with the last release
#   scripts/release.sh images ...              build, push and tag the images (scripts/release/images.sh)
#   scripts/release.sh charts FOLDER [TAG]     pack the umbrella chart, whose images have the tag
#   scripts/release.sh sbom [FILE]             write the software bill of materials (CycloneDX)
#   scripts/release.sh assets FOLDER           gather what a release consists of, with SHA256SUMS
#   scripts/release.sh sign FOLDER PROVENANCE  sign SHA256SUMS and the images, keyless
#   scripts/release.sh publish FOLDER vX.Y.Z   publish the release on GitHub
#   scripts/release.sh verify X.Y.Z [...]      verify a release (scripts/release/verify.mjs)
#   scripts/release.sh reproducible [NAME]     build in two folders and compare the hashes
#   scripts/release.sh deploy ENVIRONMENT TAG  roll a version out by Helm (scripts/release/deploy.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

command=${1:-}
shift || true
if [[ $command =~ ^[a-z]+$ ]] && grep -q "^#   scripts/release.sh $command " scripts/release.sh; then
  script=scripts/release/$command
  if [ -f "$script.mjs" ]; then exec node "$script.mjs" "$@"; else exec "$script.sh" "$@"; fi
fi
sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' scripts/release.sh >&2
exit 2
