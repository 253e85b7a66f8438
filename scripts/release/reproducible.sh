#!/usr/bin/env bash
# Builds programs in two folders, and compares the two by their hash.
#
#   scripts/release.sh reproducible [NAME...]     by default every program, which takes most of an hour
#
# NAME is a program, or one of the libraries in crates/ for a short look.
#
# The paths that a build would write into the program are replaced by those of the images (deploy/Dockerfile).
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

mapfile -t programs < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else image_names | grep -vx media-edge; fi)
work=$(mktemp -d "${TMPDIR:-/tmp}/reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Two folders whose names differ in length too.
copy() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --create --ignore-failed-read | tar -x -C "$1"
  if [ -d web/dist ]; then cp -r web/dist "$1/web/dist"; fi
}

build() {
  local folder=$1 program
  local arguments=()
  for program in "${programs[@]}"; do arguments+=(-p "$program"); done
  (
    cd "$folder"
    export SOURCE_DATE_EPOCH=$2 SYNCWATCH_REVISION=$3
    export RUSTFLAGS="--remap-path-prefix=$folder=/src --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/usr/local/cargo"
    # Of what is written in C.
    export CFLAGS="-ffile-prefix-map=$folder=/src -ffile-prefix-map=${CARGO_HOME:-$HOME/.cargo}=/usr/local/cargo"
    CARGO_TARGET_DIR=$folder/target cargo build --release --locked --quiet "${arguments[@]}"
  )
}

# built FOLDER NAME: the file of a program or of a library.
built() {
  local file=$1/target/release/$2
  if [ ! -f "$file" ]; then file=$1/target/release/lib${2//-/_}.rlib; fi
  printf '%s\n' "$file"
}

status=0
for folder in "$work/one" "$work/another/place"; do
  copy "$folder"
  say "building ${programs[*]} in $folder"
  build "$folder" "$(commit_time)" "$(revision)"
done
for program in "${programs[@]}"; do
  one=$(sha256sum <"$(built "$work/one" "$program")")
  another=$(sha256sum <"$(built "$work/another/place" "$program")")
  if [ "$one" = "$another" ]; then
    say "$program: equal, ${one%% *}"
  else
    say "$program: DIFFERS, ${one%% *} and ${another%% *}" >&2
    status=1
  fi
done
exit $status
