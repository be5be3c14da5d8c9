#!/usr/bin/env bash
# Compiles shared.c and runs thread-tests on it; the last line counts.
#   run.sh TENONC THREAD-TESTS
set -euo pipefail
tenonc=$1 tests=$2
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../compilers.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wasm_cc -O1 -fno-optimize-sibling-calls -matomics -mbulk-memory -z stack-size=65536 -Wl,--shared-memory,--max-memory=1048576 \
  -Wl,--export=__heap_base,--export=__data_end "$here/shared.c" -o "$work/shared.wasm"
"$tenonc" "$work/shared.wasm" -o "$work/shared.aot"
"$tests" "$work/shared.aot"
