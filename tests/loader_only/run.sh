#!/usr/bin/env bash
# Builds loader, runtime and `tenon` as for a machine that has no LLVM (the preset loader-only), with
# and without WASI: they depend on the C and C++ libraries alone, run what a compiler elsewhere has
# made, and without WASI all of it is gone.
#
#   run.sh TENONC      the compiler whose .aot files they run
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/counting.sh
source tests/spec/find.sh
tenonc=$1

with=$PWD/build-loader without=$PWD/build-loader-without-wasi
build() {  # directory, options
  # LLVM may well be there: none of it may be looked for.
  cmake --preset loader-only -B "$1" -DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON -DCMAKE_DISABLE_FIND_PACKAGE_LLD=ON "${@:2}" &&
    cmake --build "$1" -j "$jobs"
}
check "loader and runtime build without LLVM" build "$with" -DTENON_WASI=ON || finish
check "and without WASI" build "$without" -DTENON_WASI=OFF || finish

needs_only_c_and_cpp() {
  local file libraries
  for file in "$@"; do
    libraries=$(ldd "$file") || return
    echo "$file: $libraries"
    ! grep -vE '^\s*(statically linked$|linux-vdso\.so|linux-gate\.so|lib(c|m|pthread|dl|rt|stdc\+\+|gcc_s)\.so|/[^ ]*/ld-[^ ]* )' \
      <<< "$libraries" || return
  done
}
check "libraries that it needs: those of C and C++" needs_only_c_and_cpp \
  "$with"/bin/{tenon,unit-tests} "$with/lib/libtenon.so" "$without/bin/tenon" "$without/lib/libtenon.so"
check "no compiler is built" test ! -e "$with/bin/tenonc"
check "unit tests" "$with/bin/unit-tests"
check "unit tests without WASI" "$without/bin/unit-tests"

cat > "$work/hello.c" <<'C'
#include <stdio.h>
int main(void) { puts("hello"); }
C
cat > "$work/add.c" <<'C'
__attribute__((export_name("add"))) int add(int a, int b) { return a + b; }
C
compile_programs() {
  wasi_cc "$work/hello.c" -o "$work/hello.wasm" &&
    wasm_cc "$work/add.c" -o "$work/add.wasm" &&
    "$tenonc" "$work/hello.wasm" -o "$work/hello.aot" && "$tenonc" "$work/add.wasm" -o "$work/add.aot"
}
check "programs compile elsewhere" compile_programs
prints() { [[ $("${@:2}") == "$1" ]]; }
check "a WASI program runs" prints hello "$with/bin/tenon" "$work/hello.aot"
check "a module without imports runs, without WASI" prints 42 "$without/bin/tenon" --invoke=add "$work/add.aot" 40 2
refuses() {  # words of the message, command
  ! "${@:2}" 2> "$work/errors" && grep -q "$1" "$work/errors"
}
check "without WASI, a WASI program is refused by the name of its import" \
  refuses "wasi_snapshot_preview1" "$without/bin/tenon" "$work/hello.aot"
check "without WASI, a directory is refused" \
  refuses "no WASI" "$without/bin/tenon" --dir="$work" "$work/add.aot"
no_wasi_inside() { ! nm -C "$without/bin/tenon" | grep -E "wasi_(fd|path|sock|poll|thread)_|wasi::WasiContext::"; }
check "without WASI, none of it is linked" no_wasi_inside
is_smaller() {
  local with_it without_it
  with_it=$(size "$with/lib/libtenon.so" | awk 'NR == 2 { print $1 }')
  without_it=$(size "$without/lib/libtenon.so" | awk 'NR == 2 { print $1 }')
  echo "text of libtenon.so: $with_it bytes with WASI, $without_it without"
  ((without_it < with_it))
}
check "without WASI, the library is smaller" is_smaller
build_minimal() { cmake --preset minimal && cmake --build --preset minimal -j "$jobs"; }
check "the preset minimal builds" build_minimal
check "it runs a module" prints 42 build-minimal/bin/tenon --invoke=add "$work/add.aot" 40 2
check "it refuses to inspect one" refuses "inspects no files" build-minimal/bin/tenon inspect "$work/add.aot"
cat "$work/output"

if [[ -n $spec ]]; then
  run_spec() {
    local scripts=("$spec"/core/{memory_trap,call_indirect,float_exprs,linking,simd_load,table_grow}.json)
    "$(dirname "$tenonc")/spec-runner" --compile-to="$work/modules" --jobs="$jobs" "${scripts[@]}" &&
      "$without/bin/spec-runner" --compiled="$work/modules" --jobs="$jobs" "${scripts[@]}"
  }
  check "a part of the spec suite, compiled elsewhere" run_spec
else
  skip "a part of the spec suite, compiled elsewhere: $no_spec"
fi
finish
