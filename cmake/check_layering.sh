#!/usr/bin/env bash
# Fails on an include that goes against the layers. Every folder is listed below with the folders that it
# may include besides itself. A folder that is not listed is an error too.
#
#   check_layering.sh [DIRECTORY]      of the repository, or of a tree of the same form
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# Folder: the folders, or single files, that it may include. "llvm" and "lld" stand for those libraries.
arrows='
format: format/tables
format/tables:
loader: format format/tables

compiler: format format/tables compiler/wasm compiler/wasm/reader compiler/wasm/validator compiler/plan compiler/ir compiler/lower compiler/optimize compiler/target llvm
compiler/wasm: format format/tables
compiler/wasm/reader: compiler/wasm format
compiler/wasm/validator: compiler/wasm format
compiler/plan: compiler/wasm format
compiler/ir: format llvm
compiler/target: compiler/ir compiler/time_report.h format format/tables llvm lld
compiler/lower: compiler/plan compiler/ir compiler/target compiler/wasm format format/tables llvm
compiler/optimize: compiler/optimize/checks compiler/optimize/loops compiler/optimize/vectors compiler/optimize/finish compiler/ir compiler/target compiler/time_report.h format llvm
compiler/optimize/checks: compiler/ir llvm
compiler/optimize/loops: compiler/ir llvm
compiler/optimize/vectors: compiler/ir llvm
compiler/optimize/finish: compiler/ir compiler/target format llvm

runtime/include:
runtime/memory: loader format
runtime/instance: runtime/memory runtime/execute runtime/arch loader format format/tables
runtime/execute: runtime/instance runtime/memory runtime/arch loader format format/tables
runtime/arch: runtime/instance runtime/execute runtime/memory loader format
runtime/arch/x86_64: runtime/arch runtime/instance runtime/execute format
runtime/arch/aarch64: runtime/arch runtime/instance runtime/execute format
runtime/arch/riscv64: runtime/arch runtime/instance runtime/execute format
runtime/arch/arm: runtime/arch runtime/instance runtime/execute format
runtime/arch/linux: runtime/arch runtime/execute runtime/memory format
runtime/wasi: runtime/wasi/functions runtime/execute runtime/instance runtime/memory runtime/include loader format
runtime/wasi/functions: runtime/wasi runtime/execute runtime/instance runtime/memory runtime/arch runtime/include loader format
runtime/without_wasi: runtime/wasi runtime/instance runtime/memory format
runtime/wasm_export: runtime/include runtime/wasi runtime/execute runtime/instance runtime/memory runtime/arch loader format format/tables
runtime/program: runtime/include runtime/wasi runtime/execute runtime/instance runtime/memory loader format
runtime/program/without_inspect: runtime/program format
'
declare -A allowed
while IFS=: read -r folder others; do
  [[ -z $folder ]] || allowed[$folder]=" $folder $others "
done <<< "$arrows"

failures=0
offend() { echo "layering: $*"; failures=$((failures + 1)); }

while read -r folder; do
  [[ -n ${allowed[$folder]-} ]] || offend "$folder/ is not in cmake/check_layering.sh"
done < <(find format loader compiler runtime -name '*.cc' -o -name '*.h' -o -name '*.def' -o -name '*.S' |
         sed 's#/[^/]*$##' | sort -u)

while IFS=: read -r file line include; do
  [[ $include =~ ^\ *#\ *include\ *[\"\<]([^\"\>]*) ]] || continue
  target=${BASH_REMATCH[1]}
  case $target in
    *../*) offend "$file:$line: includes a relative path: $target"; continue ;;
    llvm/* | llvm-c/*) target=llvm ;;
    lld/*) target=lld ;;
    format/* | compiler/* | loader/* | runtime/* | tests/* | examples/*) ;;
    *) continue ;;
  esac
  folder=${file%/*}
  [[ ${allowed[$folder]-} == *" $target "* || ${allowed[$folder]-} == *" ${target%/*} "* ]] ||
    offend "$file:$line: $folder may not include $target"
done < <(grep -rnE --include='*.cc' --include='*.h' --include='*.def' --include='*.S' '^ *# *include' \
           format loader compiler runtime)
((failures == 0))
