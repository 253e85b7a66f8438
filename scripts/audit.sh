#!/usr/bin/env bash
# Known vulnerabilities of what we use, by the lists of RustSec and npm. Needs the network.
#
#   scripts/audit.sh              fails on each advisory of a crate, and on those of npm that are high or critical
#   scripts/audit.sh osv-config   prints the settings of the second scanner (OSV): the same exceptions as in deny.toml
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

if [ "${1:-}" = osv-config ]; then
  exceptions=$(sed -n '/^\[advisories\]/,/^\]/s/^ *"\(RUSTSEC-[0-9-]*\)",$/\1/p' deny.toml)
  for id in $exceptions; do
    printf '[[IgnoredVulns]]\nid = "%s"\nreason = "deny.toml says why"\n\n' "$id"
  done
  exit
fi

status=0
say "crates"
cargo deny check advisories || status=1
while read -r lock; do
  folder=$(dirname "$lock")
  say "npm packages of $folder"
  # Tools of the build count too: they make what is shipped.
  npm audit --prefix "$folder" --audit-level=high --package-lock-only || status=1
done < <(git ls-files '*package-lock.json')
[ "$status" = 0 ] || fail "there are vulnerabilities: update what is named above, or write an exception with its reason into deny.toml"
say "nothing known"
