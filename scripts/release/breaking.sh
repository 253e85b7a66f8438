#!/usr/bin/env bash
# Compares the contract (proto/) with that of the last release: a client that was written against it still works.
#
#   scripts/release.sh breaking
#
# A version with a higher MAJOR may break; until then this fails with each place that does.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

buf=${BUF:-web/node_modules/.bin/buf}
[ "$(git rev-parse --is-shallow-repository)" = false ] || fail "the clone is shallow, so it has no tags: git fetch --unshallow --tags"
last=$(git tag --merged HEAD --list 'v*' --sort=-version:refname | grep -Ex 'v[0-9]+\.[0-9]+\.[0-9]+' | head -1 || true)
if [ -z "$last" ]; then
  say "no release is in the history, so there is nothing to compare with"
  exit
fi
current=$(version) released_major=${last#v}
if [ "${current%%.*}" -gt "${released_major%%.*}" ]; then
  say "$current may break what $last promised"
  exit
fi

released=$(mktemp -d)
trap 'rm -rf "$released"' EXIT
git archive "$last" proto | tar -x -C "$released"
"$buf" breaking proto --against "$released/proto" ||
  fail "the contract breaks with $last: keep the old fields and RPCs, or raise MAJOR (scripts/release.sh version)"
say "the contract is compatible with $last"
