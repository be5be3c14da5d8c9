#!/usr/bin/env bash
# Tests the loader on other machines, emulated by qemu-user: unit tests, the spec suite, end-to-end and
# memory tests, all compiled here by the tenonc of $TENON_BUILD (default: build). The loader is cross-built;
# x86_64 stands for the oldest CPU of that architecture, with this machine's loader.
#
#   run.sh                         a representative part of the suite, every machine
#   run.sh --all                   the whole suite
#   run.sh [--all] riscv64         one machine
#   run.sh riscv64 PART...         parts of it: build, unit, one_file, memory, spec, or a script of
#                                  tests/end_to_end; what is built is taken as it is
#
# The last line counts: N passed, N failed, N skipped. A machine whose cross compiler is missing and
# cannot be installed is skipped by name.
set -uo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh
source tests/counting.sh
source tests/spec/find.sh

# The traps, calls, memory accesses and conversions that depend most on the machine.
representative=(align br_table bulk call call_indirect conversions data endianness exports f32 f64
  fac float_exprs float_misc func_ptrs global i32 i64 imports int_exprs linking local_tee memory
  memory_copy memory_fill memory_grow memory_trap nop ref_func return_call return_call_indirect select
  simd_align simd_f32x4_rounding simd_f64x2 simd_f64x2_rounding simd_i32x4_arith simd_load simd_splat
  simd_conversions skip-stack-guard-page stack start table_grow table_init throw_ref traps try_table
  unreachable unwind)

# What depends on the instructions of x86-64's levels.
representative_x86_64=(conversions f32 f64 float_exprs i64 memory_trap simd_conversions
  simd_f32x4_rounding simd_f64x2_rounding simd_i16x8_arith2 simd_i8x16_arith2 simd_i32x4_arith
  simd_i32x4_dot_i16x8 simd_lane simd_splat)

programs=(arguments hello invoke traps recursion tail_calls exceptions exception_references wasi/reactor wasi/threads
  optimizer/wide_arithmetic)
programs_x86_64=(hello traps recursion)

all=0 machines=() wanted=()
for argument in "$@"; do
  case $argument in
    --all) all=1 ;;
    x86_64 | aarch64 | riscv64 | armv7) machines+=("$argument") ;;
    build | unit | one_file | memory | spec) wanted+=("$argument") ;;
    *)
      [[ -f tests/end_to_end/$argument.sh ]] || { echo "tests/cross/run.sh: unknown argument $argument" >&2; exit 2; }
      wanted+=("$argument") ;;
  esac
done
((${#machines[@]})) || machines=(x86_64 aarch64 riscv64 armv7)

bin=$(cd "${TENON_BUILD:-build}" && pwd)/bin

# Sets what is known of $machine: $triple, $target (options of tenonc), $emulator, $there (the loader's programs),
# $modes and $parts.
describe() {
  there=$PWD/build-$machine/bin target=("--target=$machine") modes=(guard explicit)
  parts=(build unit one_file memory "${programs[@]}" spec)
  case $machine in
    x86_64)
      triple= there=$bin target+=(--cpu=x86-64) emulator=(qemu-x86_64 -cpu qemu64)
      parts=(build one_file "${programs_x86_64[@]}" spec) ;;
    aarch64) triple=aarch64-linux-gnu emulator=(qemu-aarch64) ;;
    riscv64) triple=riscv64-linux-gnu emulator=(qemu-riscv64) ;;
    armv7) triple=arm-linux-gnueabihf emulator=(qemu-arm) modes=(explicit) ;;  # no guard pages
  esac
  [[ -z $triple ]] || emulator+=(-L "/usr/$triple")
  ((!${#wanted[@]})) || parts=("${wanted[@]}")
}

# ---- the parts

build() {
  if ! tenon_install_packages ${triple:+"g++-$triple"} qemu-user > "$work/output" 2>&1; then
    skip "everything on $machine: ${triple:+g++-$triple or }qemu-user is missing and cannot be installed"
    return 1
  fi
  [[ -n $triple ]] || { check "emulator" command -v "${emulator[0]}"; return; }
  check "configure for $machine" cmake --preset "$machine" &&
    check "build for $machine" cmake --build --preset "$machine" -j "$jobs"
}
is_built() { [[ -x $there/tenon ]] && command -v "${emulator[0]}" > /dev/null; }

run_unit() { check "unit tests on $machine" "${emulator[@]}" "$there/unit-tests"; }

run_memory() {
  run_counting "memory on $machine" bash tests/memory/run.sh "$bin" 50 "$machine" "$there" "${emulator[@]}"
}

# One file with code for all machines; on each it prints what the program natively prints here.
fat=$work/words.aot
make_fat() {
  wasi_cc --driver-mode=g++ -std=c++20 -fno-exceptions tests/cross/words.cc -o "$work/words.wasm" &&
    "$bin/tenonc" --opt-level=1 --target=x86_64 --cpu=x86-64 --cpu=x86-64-v2 --cpu=x86-64-v4 --target=aarch64 \
      --target=riscv64 --target=armv7 "$work/words.wasm" -o "$fat" &&
    g++ -std=c++20 -O1 tests/cross/words.cc -o "$work/words" && "$work/words" < README.md > "$work/expected"
}
run_fat() { "$@" "$fat" < README.md | cmp - "$work/expected"; }
# An x86-64 CPU without SSE4.1 takes the code for the oldest level and refuses other code by name.
refuses_newer_code() {
  "$bin/tenonc" --thin --target=x86_64 --cpu=x86-64-v2 "$fat" -o "$work/new.aot" &&
    ! "${emulator[@]}" "$there/tenon" "$work/new.aot" 2> "$work/refusal" &&
    grep -q "this host (x86-64) lacks: .*sse4.1.*; the file has code for x86-64 (x86-64-v2)" "$work/refusal"
}
run_one_file() {
  [[ -e $fat ]] || check "one file for all machines" make_fat || return
  check "one file for all machines, on this one" run_fat "$bin/tenon"
  check "one file for all machines, on $machine" run_fat "${emulator[@]}" "$there/tenon"
  [[ $machine != x86_64 ]] || check "the oldest x86-64 refuses newer code" refuses_newer_code
}

# These see a tenonc that compiles for the machine and a tenon that is emulated.
run_end_to_end() {
  printf '#!/bin/sh\nexec %q %s "$@"\n' "$bin/tenonc" "${target[*]}" > "$work/tenonc"
  printf '#!/bin/sh\nexec %s %q "$@"\n' "${emulator[*]}" "$there/tenon" > "$work/tenon"
  chmod +x "$work/tenonc" "$work/tenon"
  rm -rf "$work/scratch"
  mkdir "$work/scratch"
  check "$1 on $machine" env -C "$work/scratch" TENONC="$work/tenonc" TENON="$work/tenon" TENON_MODES="${modes[*]}" \
    TENON_EMULATED=1 bash "$PWD/tests/end_to_end/$1.sh"
}

# A directory of the suite, options of spec-runner that limit the language; all its scripts, or those
# that are named.
run_suite() {
  local suite=$1 scripts=("$spec/$1") options=() mode what compiled
  shift
  if [[ ! -d $spec/$suite ]]; then
    skip "spec suite ($suite) on $machine: it is not in every copy"
    return
  fi
  while [[ ${1:-} == --* ]]; do options+=("$1"); shift; done
  if ((!all && $#)); then
    scripts=("${@/#/$spec/$suite/}")
    scripts=("${scripts[@]/%/.json}")
  fi
  for mode in "${modes[@]}"; do
    what="spec suite ($suite) on $machine, $mode bounds checks"
    compiled=$work/compiled
    check "$what: compiles" "$bin/spec-runner" "${target[@]}" "${options[@]}" --bounds-checks="$mode" \
      --jobs="$jobs" --compile-to="$compiled" --expected-failures=tests/spec/not_yet.txt "${scripts[@]}" &&
      run_counting "$what" "${emulator[@]}" "$there/spec-runner" --quiet --bounds-checks="$mode" --jobs="$jobs" \
        --compiled="$compiled" --expected-failures=tests/spec/not_yet.txt "${scripts[@]}"
    rm -rf "$compiled"
  done
}
run_spec() {
  if [[ -z $spec ]]; then
    skip "the spec suite on $machine: $no_spec"
    return
  fi
  if [[ $machine == x86_64 ]]; then run_suite core "${representative_x86_64[@]}"; else run_suite core "${representative[@]}"; fi
  run_suite legacy-exceptions
  # These scripts are older than several memories and tables.
  run_suite threads --disable-multi-memory --disable-reference-types atomic
}

for machine in "${machines[@]}"; do
  describe
  if [[ $machine == x86_64 && $(uname -m) != x86_64 ]]; then
    skip "the oldest x86-64: this machine is of another architecture"
    continue
  fi
  for part in "${parts[@]}"; do
    if [[ $part == build ]]; then
      build || break
    elif ! is_built; then
      skip "$part on $machine: there is no loader for it; to have it: tests/cross/run.sh $machine build"
    elif [[ $part == @(unit|one_file|memory|spec) ]]; then
      "run_$part"
    else
      run_end_to_end "$part"
    fi
  done
done

finish
