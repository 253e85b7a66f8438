#!/bin/sh
# Starts coturn with the secret of a file. The secret reaches it by a configuration in memory: an argument would stand in the list of
# processes.
set -eu
umask 077
conf=$(mktemp)
cat "${TURN_CONFIG_FILE:-/etc/coturn/turnserver.conf}" >"$conf"
printf '\nstatic-auth-secret=%s\n' "$(cat "${TURN_SECRET_FILE:-/run/secrets/turn_secret}")" >>"$conf"
[ -z "${TURN_EXTERNAL_IP:-}" ] || printf 'external-ip=%s\nallowed-peer-ip=%s\n' "$TURN_EXTERNAL_IP" "${TURN_EXTERNAL_IP%%/*}" >>"$conf"
[ -z "${TURN_REALM:-}" ] || printf 'realm=%s\n' "$TURN_REALM" >>"$conf"
exec turnserver -c "$conf"
