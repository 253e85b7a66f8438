#!/bin/sh
# Fills a database with many rooms, and measures the statements behind pages of rooms.
#
#   bench/seed.sh postgres://user:password@host/syncwatch fill      # 100,000 rooms, 1,000,000 members; takes minutes
#   bench/seed.sh postgres://user:password@host/syncwatch measure   # p50, p95 and the plan of each statement
#
# The schema has to be there: `syncwatch migrate` makes it. Each part of the product brings bench/seed/<part>.sql, which fills, and
# bench/seed/<part>.measure.sql: lines of `-- name`, each followed by one statement without parameters. Use a database of its own:
# nothing here cleans up.
set -eu
url=${1:?the URL of the database} action=${2:?fill or measure}
folder=$(dirname "$0")/seed
runs=${RUNS:-200}
case $action in
fill)
    for file in "$folder"/*.sql; do
        case $file in *.measure.sql) continue ;; esac
        echo "$file"
        psql -q -v ON_ERROR_STOP=1 -f "$file" "$url"
    done
    psql -q -c 'VACUUM ANALYZE' "$url"
    ;;
measure)
    for file in "$folder"/*.measure.sql; do
        awk -v runs="$runs" '
            /^-- / { name = substr($0, 4); next }
            NF { statement = statement " " $0 }
            /;$/ {
                printf "\\echo == %s\nEXPLAIN (ANALYZE, BUFFERS)%s\n\\timing on\n\\o /dev/null\n", name, statement
                for (n = 0; n < runs; n++) print statement
                print "\\o\n\\timing off"
                statement = ""
            }' "$file" | psql -qX "$url" | awk '
            /^== / { report(); print; n = 0; next }
            /^Time: / { times[n++] = $2; next }
            { print }
            END { report() }
            function report(   i, j, t) {
                if (!n) return
                for (i = 1; i < n; i++) { t = times[i]; for (j = i - 1; j >= 0 && times[j] > t; j--) times[j + 1] = times[j]; times[j + 1] = t }
                printf "p50 %.2f ms, p95 %.2f ms, n = %d\n", times[int(n * 0.5)], times[int(n * 0.95)], n
            }'
    done
    ;;
*)
    echo "unknown action $action: fill or measure" >&2
    exit 2
    ;;
esac
