#!/usr/bin/env bash
# Builds, pushes and tags the images: one for each service, for amd64 and arm64.
#
#   scripts/release.sh images list
#   scripts/release.sh images login             with REGISTRY_USER and REGISTRY_TOKEN
#   scripts/release.sh images build ARCH        build for amd64 or arm64, keep nothing: a check
#   scripts/release.sh images push ARCH         build, and push without a tag; the digests go to dist/digests
#   scripts/release.sh images tag TAG...        join the pushed digests of both architectures under these tags
#
# An image is built on a machine of its own architecture: emulation would take hours. CACHE=gha reads and writes the cache
# of GitHub; a release sets no cache, since other branches write to it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/lib.sh
. scripts/release/lib.sh

readonly ARCHITECTURES=(amd64 arm64) DIGESTS=dist/digests

# build_stage STAGE ARCH [docker buildx build options]
build_stage() {
  local stage=$1 arch=$2
  shift 2
  docker buildx build --file deploy/Dockerfile --target "$stage" --platform "linux/$arch" \
    --build-arg "VERSION=$(version)" --build-arg "REVISION=$(revision)" --build-arg "SOURCE_DATE_EPOCH=$(commit_time)" \
    "$@" .
}

# All that takes time: the packages, the web client, the programs. The builder keeps them for the images.
build_programs() {
  local cache=()
  if [ "${CACHE:-}" = gha ]; then
    cache=(--cache-from "type=gha,scope=$1" --cache-to "type=gha,mode=max,scope=$1")
  fi
  build_stage programs "$1" "${cache[@]}" --output type=cacheonly
}

known_architecture() {
  [[ " ${ARCHITECTURES[*]} " == *" ${1:-} "* ]] || fail "name an architecture: ${ARCHITECTURES[*]}"
}

push() {
  local arch=$1 image metadata
  metadata=$(mktemp)
  mkdir -p "$DIGESTS"
  build_programs "$arch"
  for image in $(image_names); do
    say "building and pushing $image for $arch"
    build_stage "$image" "$arch" --provenance=mode=max --sbom=true --metadata-file "$metadata" \
      --output "type=image,name=$IMAGES/$image,push-by-digest=true,name-canonical=true,push=true,rewrite-timestamp=true"
    jq -er '."containerimage.digest"' "$metadata" >"$DIGESTS/$image.$arch"
  done
  rm -f "$metadata"
  # The programs as they are in the images, so that anybody can compare a build of their own.
  build_stage programs-sums "$arch" --output "type=local,dest=dist/programs-$arch"
  mv "dist/programs-$arch/SHA256SUMS" "$DIGESTS/programs-$arch.sha256"
}

# tag "TAG..."
tag() {
  local image tag arch digest tags options sources
  read -ra tags <<<"$1"
  : >dist/images.txt
  for image in $(image_names); do
    options=() sources=()
    for tag in "${tags[@]}"; do options+=(--tag "$IMAGES/$image:$tag"); done
    for arch in "${ARCHITECTURES[@]}"; do
      digest=$(cat "$DIGESTS/$image.$arch") || fail "$image was not pushed for $arch"
      sources+=("$IMAGES/$image@$digest")
    done
    docker buildx imagetools create "${options[@]}" "${sources[@]}"
    digest=$(docker buildx imagetools inspect "$IMAGES/$image:${tags[0]}" --format '{{json .Manifest}}' | jq -er .digest)
    # In the form of sha256sum, which the attestation reads.
    printf '%s  %s\n' "${digest#sha256:}" "$IMAGES/$image" >>dist/images.txt
    say "$image: ${tags[*]} is $digest"
  done
}

case ${1:-} in
  list) image_names ;;
  login)
    docker login "${IMAGES%%/*}" --username "${REGISTRY_USER:?}" --password-stdin <<<"${REGISTRY_TOKEN:?}" ;;
  build)
    known_architecture "${2:-}"
    build_programs "$2"
    for image in $(image_names); do build_stage "$image" "$2" --output type=cacheonly; done ;;
  push)
    known_architecture "${2:-}"
    push "$2" ;;
  tag)
    [ $# -ge 2 ] || fail "name the tags: a commit, or a version"
    mkdir -p dist
    tag "${*:2}" ;;
  *) fail "usage: scripts/release.sh images list | login | build ARCH | push ARCH | tag TAG..." ;;
esac
