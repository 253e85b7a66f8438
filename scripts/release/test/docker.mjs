// Docker needs a daemon and a registry. This stands in for it: it answers with digests that depend on what was asked.
/** @param {import('./scratch.mjs').Scratch} copy */
export function dockerStub(copy) {
  copy.stub(
    'docker',
    `
digest() { printf 'sha256:%s' "$(printf '%s' "$1" | sha256sum | cut -d' ' -f1)"; }
arguments="$*"
while [ $# -gt 0 ]; do
  case $1 in
    login) cat >"${copy.folder}/stdin" ;;
    --metadata-file) printf '{"containerimage.digest": "%s"}' "$(digest "\${arguments/$2/}")" >"$2" ;;
    type=local,dest=*)
      mkdir -p "\${1#*dest=}"
      printf '%s  gateway\\n' "$(digest gateway | cut -d: -f2)" >"\${1#*dest=}/SHA256SUMS" ;;
    inspect) printf '{"digest": "%s"}' "$(digest "$2")" ;;
  esac
  shift
done`,
  );
}
