#!/usr/bin/env bash
# Builds the modules of the memory tests and runs memory-tests on them; the last line counts.
#
#   run.sh BIN [SEQUENCES]
#   run.sh BIN SEQUENCES MACHINE THERE EMULATOR...
#
# BIN and THERE are directories with programs: compilers, and, if for another MACHINE (a target of
# tenonc), memory-tests that EMULATOR runs.
set -euo pipefail
bin=$1 sequences=${2:-2000} machine=${3:-} there=${4:-$1}
emulator=("${@:5}")
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../compilers.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wasm_cc -O1 -fno-optimize-sibling-calls "$here/modules.c" -o "$work/modules.wasm"
wasi_cc "$here/../bench/hello.c" -o "$work/hello.wasm"
wasi_cc "$here/../../examples/wordcount.c" -o "$work/wordcount.wasm"
for module in modules hello wordcount; do
  "$bin/tenonc" ${machine:+"--target=$machine"} "$work/$module.wasm" -o "$work/$module.aot"
done
"${emulator[@]}" "$there/memory-tests" ${emulator:+--emulated} --sequences="$sequences" "$work"/{modules,hello,wordcount}.aot
