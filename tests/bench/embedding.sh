#!/usr/bin/env bash
# What embedding costs: nanoseconds per call host to wasm and wasm to host, bytes per module,
# instance and execution environment, and what many lives leave of a pool. With a build of WAMR, the
# same programs are built against
# its header and library, and run in turn with Tenon's on the same WebAssembly.
#
#   tests/bench/embedding.sh [--bin=DIRECTORY] [--wamr=SOURCES --wamr-library=FILE --wamrc=PROGRAM]
#                            [MODULE.wasm...]
#
# SOURCES is a checkout of WAMR, FILE its libiwasm.a. Further modules are measured for bytes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../../build/bin wamr="" library="" wamrc=""
modules=()
for argument in "$@"; do
  case $argument in
    --bin=*) bin=${argument#*=} ;;
    --wamr=*) wamr=${argument#*=} ;;
    --wamr-library=*) library=${argument#*=} ;;
    --wamrc=*) wamrc=${argument#*=} ;;
    -*) echo "unknown option $argument" >&2; exit 2 ;;
    *) modules+=("$(realpath "$argument")") ;;
  esac
done
bin=$(realpath "$bin")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wasm_cc() { clang-22 --target="$1" -Wno-deprecated --no-wasm-opt "${@:2}"; }
wasm_cc wasm32 -O1 -nostdlib -Wl,--no-entry "$here/../memory/modules.c" -o "$work/modules.wasm"
wasm_cc wasm32-wasi -O2 "$here/hello.c" -o "$work/hello.wasm"
wasm_cc wasm32-wasi -O2 "$here/../../examples/wordcount.c" -o "$work/wordcount.wasm"
modules+=("$work"/{hello,wordcount,modules}.wasm)

mkdir "$work/tenon" "$work/wamr"
for module in "${modules[@]}"; do
  name=$(basename "$module" .wasm)
  # The bytes of an instance are the same at every level.
  level=1
  [[ $name == modules ]] && level=3
  "$bin/tenonc" --opt-level=$level "$module" -o "$work/tenon/$name.aot"
  [[ -z $wamr ]] || "$wamrc" --opt-level=$level -o "$work/wamr/$name.aot" "$module" > "$work/log"
done
if [[ -n $wamr ]]; then
  for subject in call instance fragmentation; do
    ${CXX:-c++} -std=c++20 -O2 -I "$wamr/core/iwasm/include" "$here/${subject}_bench.cc" "$library" \
      -lpthread -lm -ldl -o "$work/$subject-wamr"
  done
fi

echo "nanoseconds per call, medians"
for _ in 1 2 3; do
  echo "  tenon $("$bin/call-bench" "$work/tenon/modules.aot")"
  [[ -z $wamr ]] || echo "  wamr  $("$work/call-wamr" "$work/wamr/modules.aot")"
done

echo "bytes that the host's allocator gives out, without linear memory and stack"
printf '  %-16s %-6s %10s %10s %12s\n' module "" module instance environment
for file in "$work"/tenon/*.aot; do
  name=$(basename "$file")
  # The module's own figure holds a copy of its code, which comes from a buffer here.
  read -r _ module instance environment < <("$bin/instance-bench" "$file")
  printf '  %-16s %-6s %10s %10s %12s\n' "${name%.aot}" tenon "$module" "$instance" "$environment"
  [[ -n $wamr ]] || continue
  read -r _ module instance environment < <("$work/instance-wamr" "$work/wamr/$name")
  printf '  %-16s %-6s %10s %10s %12s\n' "" wamr "$module" "$instance" "$environment"
done

echo "a pool of 4 MiB after 100000 lives of hello, modules and wordcount, six at a time"
echo "  largest free block at the start, between, at the end; worst fragmentation; refused"
echo "  tenon $("$bin/fragmentation-bench" 100000 "$work"/tenon/{hello,modules,wordcount}.aot)"
[[ -z $wamr ]] ||
  echo "  wamr  $("$work/fragmentation-wamr" 100000 "$work"/wamr/{hello,modules,wordcount}.aot)"
