#!/usr/bin/env bash
# Makes a Debian 12 machine with Rust and Node ready for SyncWatch.
#
#   scripts/setup.sh build    what building and running needs
#   scripts/setup.sh split    that, and the Redis of `make up-split`
#   scripts/setup.sh part     what the tests of one Rust package need
#   scripts/setup.sh test     what all tests need
#   scripts/setup.sh lint     what building and `make lint` need
#   scripts/setup.sh coverage what tests need, and the measurement of what they cover
#   scripts/setup.sh audit    what `make audit` needs
#   scripts/setup.sh release  what scripts/release.sh needs
#   scripts/setup.sh doctor   lists what is missing and installs nothing
#
# Safe to run at any time: it installs only what is missing and starts no service.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# The oldest release that was tried with the Rust version of the workspace.
readonly NEXTEST_VERSION=0.9.143
readonly CARGO_DENY_VERSION=0.20.2
readonly CARGO_LLVM_COV_VERSION=0.9.1

BUILD_PACKAGES=(
  build-essential pkg-config clang libclang-dev
  libavcodec-dev libavformat-dev libavfilter-dev libavdevice-dev libavutil-dev
  libswscale-dev libswresample-dev libpostproc-dev
  postgresql-15 ca-certificates
)
SPLIT_PACKAGES=(redis-server)
TEST_PACKAGES=("${SPLIT_PACKAGES[@]}" ffmpeg chromium coturn fonts-dejavu-core jq nginx python3-venv)
LINT_PACKAGES=(shellcheck python3-venv)
readonly BUILD_PACKAGES SPLIT_PACKAGES TEST_PACKAGES LINT_PACKAGES

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "cannot install packages: run this as root, or install sudo"
  fi
}

# Retries help while a mirror is updated or another apt-get runs.
with_retries() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    say "'${*#as_root}' failed (attempt $attempt of 3)"
    sleep $((attempt * 5))
  done
  return 1
}

# Prints those of its arguments that are not installed, with one call of dpkg-query.
missing_packages() {
  local installed
  # dpkg-query exits with 1 for an unknown name, and still prints the known ones.
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qx "$package installed" <<<"$installed" || printf '%s\n' "$package"
  done
}

cleanup_files=()
cleanup() {
  local file
  for file in "${cleanup_files[@]}"; do as_root rm -f "$file"; done
}
trap cleanup EXIT

# Creates a file of root for as long as this script runs. Leaves an existing file alone.
hold_file() {
  local file=$1 mode=$2 content=$3
  [ ! -e "$file" ] || return 0
  cleanup_files+=("$file")
  as_root mkdir -p "$(dirname "$file")"
  as_root tee "$file" >/dev/null <<<"$content"
  as_root chmod "$mode" "$file"
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" -eq 0 ]; then
    say "system packages: all $# there"
    return
  fi
  command -v apt-get >/dev/null || fail "this is neither Debian nor Ubuntu: install ${missing[*]} by hand, or use the container (.devcontainer)"
  say "installing: ${missing[*]}"

  # SyncWatch starts its own servers. The packages must neither start theirs nor create a database.
  hold_file /usr/sbin/policy-rc.d 755 $'#!/bin/sh\nexit 101'
  hold_file /etc/postgresql-common/createcluster.d/syncwatch.conf 644 'create_main_cluster = false'

  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q)
  with_retries as_root "${apt[@]}" update || fail "apt-get update failed: check the network and /etc/apt/sources.list"
  with_retries as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install: ${missing[*]}"

  # policy-rc.d prevents the start now, but not at the next boot.
  local server
  for server in redis-server nginx coturn; do
    if [[ " ${missing[*]} " == *" $server "* ]] && [ -d /run/systemd/system ]; then
      as_root systemctl disable --quiet "$server"
    fi
  done
}

require_toolchains() {
  export PATH="$HOME/.cargo/bin:$PATH"
  command -v cargo >/dev/null || fail "cargo not found: install Rust with https://rustup.rs"
  command -v npm >/dev/null || fail "npm not found: install Node 20 or newer, with npm"
  local node_major
  node_major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$node_major" -ge 20 ] || fail "Node 20 or newer is needed, found $(node --version)"
}

# cargo_tool <command> <crate@version> [cargo install flags]
cargo_tool() {
  local command=$1 crate=$2
  shift 2
  if command -v "$command" >/dev/null; then
    say "$command: there"
    return
  fi
  say "building $crate (a few minutes, once)"
  # In a target folder of its own, so that no crates of the tool stay in that of the project.
  with_retries cargo install --locked --debug --quiet --target-dir "$PWD/target/tools" "$crate" "$@" ||
    fail "cargo could not install $crate"
  rm -rf target/tools
}

# Runs npm ci when the lock file differs from the one last installed. Compares contents: git does not keep times.
node_modules() {
  local folder=$1
  [ -f "$folder/package-lock.json" ] || return 0
  local stamp=$folder/node_modules/.installed-lock.json
  if cmp -s "$folder/package-lock.json" "$stamp"; then
    say "$folder/node_modules: up to date"
    return
  fi
  say "npm ci in $folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=4 --loglevel=error) ||
    fail "npm ci failed in $folder; when it says 'Missing ... from lock file': node scripts/complete-lock.mjs $folder"
  cp "$folder/package-lock.json" "$stamp"
}

# Says of everything whether it is there; ends with 1 when something that building or testing needs is missing.
doctor() {
  local missing status=0 tool version
  check() { # check <what> <version or empty> <how to get it>
    if [ -n "$2" ]; then printf '  ok       %s %s\n' "$1" "$2"; else printf '  MISSING  %s: %s\n' "$1" "$3"; status=1; fi
  }
  export PATH="$HOME/.cargo/bin:$PATH"
  version=$(cargo --version 2>/dev/null || true)
  check "Rust" "${version#cargo }" "install it with https://rustup.rs"
  version=$(node --version 2>/dev/null || true)
  if [ -n "$version" ] && [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then version=; fi
  check "Node 20 or newer, with npm" "$version" "install it from https://nodejs.org or your distribution"
  if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${LINT_PACKAGES[@]}")
    check "system packages" "$([ "${#missing[@]}" -eq 0 ] && echo "all there")" "apt-get install ${missing[*]}"
  else
    check "system packages" "" "this is neither Debian nor Ubuntu: install by hand ${BUILD_PACKAGES[*]} ${TEST_PACKAGES[*]}, or use the container (.devcontainer)"
  fi
  for tool in cargo-nextest cargo-deny; do
    version=$("$tool" --version 2>/dev/null | awk "NR == 1 { print \$2 }" || true)
    check "$tool" "$version" "make test and make lint build it"
  done
  for tool in web e2e/browser scripts/release; do
    check "$tool/node_modules" "$(cmp -s "$tool/package-lock.json" "$tool/node_modules/.installed-lock.json" && echo "up to date")" "make test runs npm ci"
  done
  return "$status"
}

case "${1:-}" in
  build)
    install_packages "${BUILD_PACKAGES[@]}"
    require_toolchains
    node_modules web
    ;;
  split)
    install_packages "${BUILD_PACKAGES[@]}" "${SPLIT_PACKAGES[@]}"
    require_toolchains
    node_modules web
    ;;
  part)
    install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    require_toolchains
    cargo_tool cargo-nextest "cargo-nextest@$NEXTEST_VERSION" --no-default-features --features default-no-update
    # The tests of the object store run it.
    s3_server_tool >/dev/null
    ;;
  test | coverage)
    install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    require_toolchains
    node_modules web
    node_modules e2e/browser
    node_modules scripts/release
    cargo_tool cargo-nextest "cargo-nextest@$NEXTEST_VERSION" --no-default-features --features default-no-update
    if [ "$1" = coverage ]; then cargo_tool cargo-llvm-cov "cargo-llvm-cov@$CARGO_LLVM_COV_VERSION"; fi
    # The tests of the charts render them, those of the object store run the S3 server.
    helm_tool >/dev/null
    s3_server_tool >/dev/null
    # Those of Terraform run it.
    terraform_tool >/dev/null
    digitalocean_types >/dev/null
    ;;
  lint)
    install_packages "${BUILD_PACKAGES[@]}" "${LINT_PACKAGES[@]}"
    require_toolchains
    node_modules web
    node_modules e2e/browser
    node_modules scripts/release
    cargo_tool cargo-deny "cargo-deny@$CARGO_DENY_VERSION"
    terraform_tool >/dev/null
    digitalocean_types >/dev/null
    ;;
  audit)
    require_toolchains
    cargo_tool cargo-deny "cargo-deny@$CARGO_DENY_VERSION"
    ;;
  release)
    require_toolchains
    node_modules web
    node_modules scripts/release
    ;;
  doctor) doctor ;;
  *)
    fail "usage: setup.sh build | split | part | test | lint | coverage | audit | release | doctor"
    ;;
esac
