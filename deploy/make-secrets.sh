#!/usr/bin/env bash
# Makes the secrets that deploy/compose.yaml reads from deploy/secrets. Keeps existing ones, so it can run again.
# Needs the image (docker compose -f deploy/compose.yaml build) and root: the files belong to the user of the containers.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

# Only letters, digits, - and _: the passwords are also part of URLs.
password() {
  [ -s "secrets/$1" ] || head -c 24 /dev/urandom | base64 -w0 | tr '+/' '-_' >"secrets/$1"
  cat "secrets/$1"
}
printf 'postgres://syncwatch:%s@postgres:5432/syncwatch' "$(password postgres_password)" >secrets/postgres_url
printf 'redis://:%s@redis:6379' "$(password redis_password)" >secrets/redis_url
# Of the store in compose.s3.yaml.
password s3_access_key >/dev/null
password s3_secret_key >/dev/null

# Of the TURN server in compose.turn.yaml.
password turn_secret >/dev/null

docker run --rm --network none --user 0 -v "$PWD/secrets:/secrets" "${IMAGE:-ghcr.io/syncwatch/syncwatch/syncwatch:0.1.0}" \
  syncwatch secrets /secrets/syncwatch.toml
chown -R 10001:10001 secrets
echo "deploy/secrets is complete. Keep a copy of syncwatch.toml: without it nobody can sign in."
