#!/bin/sh
# tenonc turns a real C program into a container, the same bytes for any number of threads, and
# refuses what is not a module with one sentence.
set -eu
bin=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/hello.c" <<'C'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
C
clang-22 --target=wasm32-wasi -Wno-deprecated -O2 "$work/hello.c" -o "$work/hello.wasm"
"$bin/tenonc" "$work/hello.wasm" -o "$work/one.aot" --jobs=1
"$bin/tenonc" "$work/hello.wasm" -o "$work/two.aot" --jobs=2
cmp "$work/one.aot" "$work/two.aot"
head -c 100 "$work/hello.wasm" >"$work/cut.wasm"
if "$bin/tenonc" "$work/cut.wasm" -o "$work/cut.aot" 2>"$work/error"; then
  echo "a truncated module was accepted"
  exit 1
fi
[ "$(wc -l <"$work/error")" = 1 ]
[ ! -e "$work/cut.aot" ]
