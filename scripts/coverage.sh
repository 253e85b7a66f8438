#!/usr/bin/env bash
# Runs the unit tests and measures what they cover: coverage/lcov.info, for Codecov and editors.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

mkdir -p coverage
npm --prefix web run test -- --coverage.enabled --coverage.provider=v8 --coverage.reporter=lcovonly \
  --coverage.reportsDirectory=../coverage/web
# Paths in a report are relative to the folder of the tests.
sed "s#^SF:#SF:web/#" coverage/web/lcov.info >coverage/web.info
cargo llvm-cov nextest --workspace --lib --bins --lcov --output-path coverage/rust.info
sed "s#^SF:$PWD/#SF:#" coverage/rust.info | cat - coverage/web.info >coverage/lcov.info
say "coverage/lcov.info has $(grep -c '^SF:' coverage/lcov.info) files"
