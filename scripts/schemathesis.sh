#!/usr/bin/env bash
# Holds the running API against its OpenAPI document by schemathesis: generated requests to every operation, as nobody, a
# guest, a user and the owner of a room. Fails on a 5xx, on a status or content type that the document does not have, and
# on a body that breaks its schema.
#
#   scripts/schemathesis.sh [requests for each operation, default 30] [seed, default 1]
#
# Starts the built `syncwatch` on its own data, which is deleted afterwards. There are no administrators yet, so none calls.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

examples=${1:-30} seed=${2:-1}
schemathesis=$(python_tool schemathesis schemathesis==4.32.5)
program=target/release/syncwatch
[ -x "$program" ] || program=target/debug/syncwatch
[ -x "$program" ] || fail "build syncwatch first: make build"

work=$(mktemp -d)
system=
cleanup() {
  if [ -n "$system" ]; then
    kill "$system" 2>/dev/null || true
    wait "$system" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# Limits would answer in the place of the services, and no test asks other hosts.
unlimited=(calls calls_without_token new_guests registrations sign_ins refreshes rooms chat room_chat reactions reports
  filter_trials playback links link_lists)
for name in "${unlimited[@]}"; do
  export "SYNCWATCH_LIMITS__${name^^}=unlimited"
done
export SYNCWATCH_LIMITS__TRUSTED_NETWORKS='["127.0.0.0/8", "::1/128"]' SYNCWATCH_MEDIA__OEMBED=false
"$program" up --listen 127.0.0.1:0 --log-level warn --data-dir "$work/data" >"$work/log" 2>&1 &
system=$!
for _ in $(seq 600); do
  url=$(sed -n 's/^SyncWatch is ready: //p' "$work/log")
  [ -z "$url" ] || break
  kill -0 "$system" 2>/dev/null || fail "the system did not start: $(tail -5 "$work/log")"
  sleep 0.2
done
[ -n "$url" ] || fail "the system did not start within two minutes"

# post <token or nothing> <path> <body>: prints the response.
post() {
  curl --fail-with-body --silent --show-error "$url$2" -H 'content-type: application/json' \
    ${1:+-H "authorization: Bearer $1"} --data "$3"
}
# field <path of names>: prints a field of the JSON on standard input.
field() { python3 -c 'import json,sys;v=json.load(sys.stdin)
for n in sys.argv[1:]: v=v[n]
print(v)' "$@"; }

password='{"username":"NAME","password":"correct horse battery"}'
guest=$(post '' /api/auth/guest '{"displayName":"Gus"}' | field session accessToken)
user=$(post '' /api/auth/register "${password/NAME/ulla}" | field session accessToken)
owner=$(post '' /api/auth/register "${password/NAME/olga}" | field session accessToken)
room=$(post "$owner" /api/rooms '{}' | field room code)
post "$owner" "/api/rooms/$room/playlist" '{"testFilm":true}' >/dev/null
for member in "$guest" "$user"; do
  post "$member" "/api/rooms/$room/join" '{}' >/dev/null
done

cat >"$work/schemathesis.toml" <<TOML
[parameters]
"path.room" = "$room"
TOML

# These end the room, or the caller's part in it: they come last.
readonly ENDING='DeleteRoom|CloseRoom|TransferRoom|LeaveRoom|UpdateRoom|SetRoomPassword|DeleteAccount|Logout'
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
failed=0
# run <who> <token or nothing> <option>...
run() {
  local who=$1 token=$2
  shift 2
  say "as $who: $*"
  "$schemathesis" --config-file "$work/schemathesis.toml" run "$url/api-docs/openapi.json" --url "$url" \
    --checks "$checks" --max-examples "$examples" --seed "$seed" --generation-deterministic --no-color \
    --phases examples,coverage,fuzzing ${token:+--header "Authorization: Bearer $token"} "$@" || failed=1
}
run nobody ''
run 'a guest' "$guest" --exclude-operation-id-regex "$ENDING"
run 'a user' "$user" --exclude-operation-id-regex "$ENDING"
run 'the owner' "$owner" --exclude-operation-id-regex "$ENDING"
for caller in "a guest $guest" "a user $user" "the owner $owner"; do
  run "${caller% *}" "${caller##* }" --include-operation-id-regex "$ENDING"
done

grep -E 'ERROR|panicked' "$work/log" && fail "the log of the system has errors"
[ "$failed" -eq 0 ] || fail "the API differs from its document: see above"
say "every answer is as the document says"
