#!/usr/bin/env bash
# Prints the Secret that the Helm charts read, as a manifest for kubectl:
#
#   deploy/make-kubernetes-secret.sh FOLDER [NAME] | kubectl -n watch apply -f -
#
# FOLDER holds the files postgres_url and redis_url with the addresses of your servers, and for media in S3 the files
# s3_access_key and s3_secret_key; for TURN servers the file turn_secret. Also keeps the secrets of the installation there, in syncwatch.toml: keep a copy, without it
# nobody can sign in. Makes that file when it is missing, by the program syncwatch (in PATH, or named by SYNCWATCH), or by the image (named by IMAGE) with Docker.
#
# No secret is ever an argument of a program, where the list of processes would show it.
set -euo pipefail
umask 077

fail() { printf 'make-kubernetes-secret: %s\n' "$*" >&2; exit 1; }
[[ $# == [12] ]] || fail "usage: deploy/make-kubernetes-secret.sh FOLDER [NAME]"
folder=$(cd "$1" && pwd) || fail "there is no folder $1"
name=${2:-syncwatch}
[[ $name =~ ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ ]] || fail "$name is no name for a Secret"
for file in postgres_url redis_url; do
  [ -s "$folder/$file" ] || fail "$folder/$file is missing: write the address of the server there"
done

if [ -e "$folder/s3_access_key" ]; then
  [ -s "$folder/s3_secret_key" ] || fail "$folder/s3_secret_key is missing: write the secret of the access key there"
fi

program=${SYNCWATCH:-$(command -v syncwatch || true)}
if [ ! -s "$folder/syncwatch.toml" ]; then
  if [ -n "$program" ]; then
    "$program" secrets "$folder/syncwatch.toml" >&2
  else
    docker run --rm --network none --user "$(id -u):$(id -g)" -v "$folder:/secrets" "${IMAGE:-ghcr.io/syncwatch/syncwatch/syncwatch:0.1.0}" \
      syncwatch secrets /secrets/syncwatch.toml >&2
  fi
fi

# setting KEY: the value of a setting in syncwatch.toml, of a list with its brackets.
setting() {
  awk -v key="$1" '$1 == key && $2 == "=" { sub(/^[^=]*= */, ""); if ($0 !~ /^\[/) gsub(/^"|"$/, ""); printf "%s", $0; found = 1 }
    END { exit !found }' "$folder/syncwatch.toml" || fail "$folder/syncwatch.toml has no $1"
}
# Without line ends at the end, which are not part of the address.
file() { printf '%s' "$(<"$folder/$1")"; }

entry() {
  local encoded
  encoded=$("${@:2}" | base64 -w0)
  printf '%s "%s": "%s"' "$separator" "$1" "$encoded"
  separator=,
}

separator=
printf '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"}, "type": "Opaque", "data": {' "$name"
entry postgres-url file postgres_url
entry redis-url file redis_url
entry rpc-token setting token
entry opaque-setup setting opaque_setup
entry signing-keys setting signing_keys
entry link-secret setting link_secret
if [ -e "$folder/s3_access_key" ]; then
  entry s3-access-key file s3_access_key
  entry s3-secret-key file s3_secret_key
fi
[ ! -e "$folder/turn_secret" ] || entry turn-secret file turn_secret
printf '}}\n'
