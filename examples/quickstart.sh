#!/usr/bin/env bash
# From a fresh checkout to a C program that runs: installs what is missing, builds Tenon, compiles
# examples/wordcount.c to WebAssembly and then ahead of time, and runs it on this repository's text.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
cd "$(dirname "$0")/.."
source cmake/packages.sh

tenon_install_packages "${tenon_packages[@]}"

echo "Building Tenon in build/ (the first time takes some minutes)"
cmake --preset default > /dev/null
cmake --build --preset default -j "$(nproc)" --target tenonc tenon

output=build/quickstart
mkdir -p "$output"
run() {
  echo "\$ $*"
  "$@"
}
run clang-22 --target=wasm32-wasi -Wno-deprecated -O2 --no-wasm-opt examples/wordcount.c -o "$output/wordcount.wasm"
run build/bin/tenonc "$output/wordcount.wasm" -o "$output/wordcount.aot"
cat format/*.h > "$output/text.txt"
run build/bin/tenon --dir="$output" "$output/wordcount.aot" "$output/text.txt"

echo
echo "wordcount.wasm  $(stat -c %s "$output/wordcount.wasm") bytes: portable WebAssembly"
echo "wordcount.aot   $(stat -c %s "$output/wordcount.aot") bytes: native code, which tenon maps and runs without LLVM"
echo "tenon           $(stat -c %s build/bin/tenon) bytes: all that the target needs beside it"
