#!/usr/bin/env bash
# Cross-builds the loader for other machines and tests it under qemu-user: unit tests, the spec
# suite and the end-to-end tests, all compiled here by the tenonc of build/bin.
#
#   tests/cross/run.sh                  a representative part of the suite, every machine
#   tests/cross/run.sh --all            the whole suite
#   tests/cross/run.sh [--all] riscv64  one machine
#
# The last line counts: N passed, N failed, N skipped. A machine whose cross compiler is missing and
# cannot be installed is skipped by name.
set -uo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh

# The traps, calls, memory accesses and conversions that depend most on the machine.
representative=(align br_table bulk call call_indirect conversions data endianness exports f32 f64
  fac float_exprs float_misc func_ptrs global i32 i64 imports int_exprs linking local_tee memory
  memory_copy memory_fill memory_grow memory_trap nop ref_func select simd_align simd_f32x4_rounding
  simd_f64x2 simd_i32x4_arith simd_load simd_splat simd_conversions skip-stack-guard-page stack
  start table_grow table_init traps unreachable unwind)

all=0 machines=()
for argument in "$@"; do
  case $argument in
    --all) all=1 ;;
    aarch64 | riscv64 | armv7) machines+=("$argument") ;;
    *) echo "tests/cross/run.sh: unknown argument $argument" >&2; exit 2 ;;
  esac
done
((${#machines[@]})) || machines=(aarch64 riscv64 armv7)

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jobs=${TENON_JOBS:-$(nproc)}
spec=${TENON_SPEC_DIR:-../shared/spec}
bin=$PWD/build/bin

count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }
check() {  # what, command...: counts one test, shows the output of one that fails
  local what=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    count 1 0 0
  else
    echo "FAILED: $what"
    tail -n 30 "$work/output" | sed 's/^/    /'
    count 0 1 0
  fi
}

run_suite() {  # machine, bounds-check mode; the emulator's command in $emulator
  local machine=$1 mode=$2 scripts=("$spec/core") script
  if ((!all)); then
    scripts=()
    for script in "${representative[@]}"; do
      [[ ! -f $spec/core/$script.json ]] || scripts+=("$spec/core/$script.json")
    done
  fi
  "$bin/spec-runner" --target="$machine" --bounds-checks="$mode" --jobs="$jobs" \
    --compile-to="$work/$machine-$mode" --expected-failures=tests/spec/not_yet.txt "${scripts[@]}" \
    > "$work/output" 2>&1 || { cat "$work/output"; count 0 1 0; return; }
  "${emulator[@]}" "build-$machine/bin/spec-runner" --bounds-checks="$mode" --jobs="$jobs" \
    --compiled="$work/$machine-$mode" --expected-failures=tests/spec/not_yet.txt "${scripts[@]}" \
    > "$work/output" 2>&1
  local status=$? line
  line=$(tail -n 1 "$work/output")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    grep -vE ' 0 failed, [0-9]+ skipped$|skipped: waits for|^[0-9]+ passed' "$work/output"
    count "${BASH_REMATCH[@]:1:3}"
    echo "spec suite on $machine, $mode bounds checks: $line"
    ((status == 0 || BASH_REMATCH[2] > 0)) || count 0 1 0
  else
    tail -n 30 "$work/output"
    echo "FAILED: spec suite on $machine, $mode bounds checks: exit status $status"
    count 0 1 0
  fi
}

# The end-to-end scripts see a tenonc that compiles for the machine and a tenon that is emulated.
run_end_to_end() {
  local machine=$1 script
  printf '#!/bin/sh\nexec %q --target=%s "$@"\n' "$bin/tenonc" "$machine" > "$work/tenonc"
  printf '#!/bin/sh\nexec %s %q "$@"\n' "${emulator[*]}" "$PWD/build-$machine/bin/tenon" > "$work/tenon"
  chmod +x "$work/tenonc" "$work/tenon"
  local scripts=(arguments hello invoke trap)
  [[ $machine != armv7 ]] || scripts=(arguments hello invoke)  # trap.sh also compiles for guard pages
  for script in "${scripts[@]}"; do
    rm -rf "$work/scratch"
    mkdir "$work/scratch"
    check "$script on $machine" env -C "$work/scratch" TENONC="$work/tenonc" TENON="$work/tenon" \
      WASM_CC="clang-22 --target=wasm32-wasi -Wno-deprecated -O2" bash "$PWD/tests/end_to_end/$script.sh"
  done
}

# One file with code for all machines, made once; on each it prints what it prints here.
fat=$work/wordcount.aot
make_fat() {
  clang-22 --target=wasm32-wasi -Wno-deprecated -O2 examples/wordcount.c -o "$work/wordcount.wasm" &&
    "$bin/tenonc" --target=x86_64 --cpu=x86-64-v2 --cpu=x86-64-v4 --target=aarch64 --target=riscv64 --target=armv7 \
      "$work/wordcount.wasm" -o "$fat" && "$bin/tenon" "$fat" < README.md > "$work/expected"
}
run_fat() { "$@" "$fat" < README.md | cmp - "$work/expected"; }
check "one file for all machines" make_fat

for machine in "${machines[@]}"; do
  case $machine in
    aarch64) triple=aarch64-linux-gnu modes=(guard explicit) emulator=(qemu-aarch64) ;;
    riscv64) triple=riscv64-linux-gnu modes=(guard explicit) emulator=(qemu-riscv64) ;;
    armv7) triple=arm-linux-gnueabihf modes=(explicit) emulator=(qemu-arm) ;;  # no guard pages
  esac
  emulator+=(-L "/usr/$triple")
  if ! tenon_install_packages "g++-$triple" qemu-user > "$work/output" 2>&1; then
    echo "SKIPPED: everything on $machine: g++-$triple or qemu-user is missing and cannot be installed"
    count 0 0 1
    continue
  fi
  check "configure for $machine" cmake --preset "$machine"
  check "build for $machine" cmake --build --preset "$machine" -j "$jobs"
  check "unit tests on $machine" "${emulator[@]}" "build-$machine/bin/unit-tests"
  if [[ -d $spec/core ]]; then
    for mode in "${modes[@]}"; do run_suite "$machine" "$mode"; done
  else
    echo "SKIPPED: the spec suite on $machine: no \$TENON_SPEC_DIR"
    count 0 0 1
  fi
  check "one file for all machines, on $machine" run_fat "${emulator[@]}" "build-$machine/bin/tenon"
  run_end_to_end "$machine"
done

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
