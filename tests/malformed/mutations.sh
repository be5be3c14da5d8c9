#!/usr/bin/env bash
# Runs malformed-inputs on small modules that have something of everything, on what they compile to,
# and on random modules. The last line counts: N passed, N failed, N skipped.
#
#   mutations.sh BIN-DIRECTORY [MUTATIONS]       mutations of each file; default 8000
set -uo pipefail
bin=$1 count=${2:-8000}
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../counting.sh"
cd "$work"
# A size that is too large is an error like others.
export ASAN_OPTIONS=allocator_may_return_null=1:${ASAN_OPTIONS-}

mutate() { run_counting "$*" "$bin/malformed-inputs" --jobs="$jobs" "$@"; }

python3 "$here/run.py" --write-module=small.wasm
cat > objects.c <<'C'
// Data, a table, globals, names, imports of WASI, vectors, atomics, bulk memory.
#include <stdio.h>
#include <string.h>
typedef float floats __attribute__((vector_size(16)));
static int twice(int x) { return 2 * x; }
static int thrice(int x) { return 3 * x; }
int (*volatile functions[])(int) = {twice, thrice};
static char text[300] = "some text";
__attribute__((export_name("run"))) int run(int n, double scale) {
  floats a = {1, 2, 3, 4};
  for (int i = 0; i < n; ++i) a = a * a + a;
  memmove(text + n, text, 200);
  return functions[n & 1](n) + (int)(a[2] * scale) + __builtin_popcount((unsigned)n);
}
int main(void) { printf("%d %s\n", run(3, 0.5), text); }
C
wasi_cc -O1 -msimd128 -mbulk-memory -Wl,--strip-debug objects.c -o objects.wasm || exit 1
wasm_cc -O1 -matomics -mbulk-memory -mtail-call -mexception-handling \
  -Wl,--shared-memory,--import-memory,--max-memory=131072,--no-check-features -x c - -o features.wasm <<'C' || exit 1
static int counter;
__attribute__((export_name("count"))) int count(void) { return __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST); }
__attribute__((noinline)) static int down(int n, int sum) {
  if (n == 0) return sum;
  __attribute__((musttail)) return down(n - 1, sum + n);
}
__attribute__((export_name("sum"))) int sum(int n) { return down(n, 0); }
C
for module in small objects features; do
  "$bin/tenonc" --opt-level=1 "$module.wasm" -o "$module.aot" || exit 1
done
"$bin/tenonc" --opt-level=1 --target=x86_64 --cpu=x86-64-v2 --cpu=x86-64-v3 --target=aarch64 small.wasm -o fat.aot || exit 1
mutate --count="$count" {small,objects,features}.wasm {small,objects,features,fat}.aot
mutate --count="$count"
finish
