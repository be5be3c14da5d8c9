# Sets $spec to the directory of the WebAssembly spec suite, empty where there is none, and $no_spec to what to say then.
# Sourced by the tests that run scripts of it.
spec=
for place in "${TENON_SPEC_DIR:-}" "$(dirname "${BASH_SOURCE[0]}")"/../../{../shared/spec,build-spec}; do
  if [[ -d $place/core ]]; then
    spec=$(cd "$place" && pwd)
    break
  fi
done
no_spec="no spec suite; to have it: tests/spec/fetch.sh, or \$TENON_SPEC_DIR"
