#!/usr/bin/env bash
# Builds the modules of the memory tests and runs memory-tests on them; the last line counts.
#   run.sh BIN-DIRECTORY [SEQUENCES]
set -euo pipefail
bin=$1 sequences=${2:-2000}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clang-22 --target=wasm32 -O1 -fno-optimize-sibling-calls -nostdlib -Wl,--no-entry "$here/modules.c" -o "$work/modules.wasm"
clang-22 --target=wasm32-wasi -Wno-deprecated -O2 "$here/../bench/hello.c" -o "$work/hello.wasm"
clang-22 --target=wasm32-wasi -Wno-deprecated -O2 "$here/../../examples/wordcount.c" -o "$work/wordcount.wasm"
for module in modules hello wordcount; do
  "$bin/tenonc" "$work/$module.wasm" -o "$work/$module.aot"
done
"$bin/memory-tests" --sequences="$sequences" "$work"/{modules,hello,wordcount}.aot
