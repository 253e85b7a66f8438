#!/usr/bin/env bash
# Runs an S3 server in memory on a free port of the loopback interface, until it is killed. It says the address on
# standard error: "Running on http://127.0.0.1:PORT". For tests alone: it keeps nothing and checks no signature.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

exec "$(s3_server_tool)" --host 127.0.0.1 --port 0
