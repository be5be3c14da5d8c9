#!/usr/bin/env bash
# cmake/check_layering.sh accepts the sources as they are, and refuses each include that goes against an arrow, naming
# the file and the line: between the parts, between the folders of one part, of libraries, by a relative path, and in a
# folder that it does not list.
set -uo pipefail
source "$(dirname "$0")/../counting.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$work/tree
mkdir "$tree"
cp -r "$top"/{format,loader,compiler,runtime} "$tree"

layered() { bash "$top/cmake/check_layering.sh" "$tree"; }
# FILE (new, or one of the sources), INCLUDE...: with these lines at its end the tree is refused for the last of them.
refuses() {
  local file=$tree/$1 line status=0
  shift
  [[ -e $file ]] && cp "$file" "$work/before"
  printf '#include %s\n' "$@" >> "$file"
  line=$(grep -c '' "$file")
  layered > "$work/said" || status=$?
  if [[ -e $work/before ]]; then mv "$work/before" "$file"; else rm "$file"; fi
  cat "$work/said"
  ((status != 0)) && [[ $(wc -l < "$work/said") == 1 ]] && grep -q "${file#"$tree/"}:$line:" "$work/said"
}
accepts() {
  local file=$tree/$1 status=0
  shift
  printf '#include %s\n' "$@" > "$file"
  layered || status=$?
  rm "$file"
  return $status
}
refuses_folder() {
  mkdir "$tree/$1"
  echo "int x;" > "$tree/$1/new.cc"
  ! layered > "$work/said" && grep -q "$1/ is not in" "$work/said"
}

check "the sources keep to the layers" layered || finish
check "what an arrow allows" accepts loader/new.cc '"format/view.h"' '"loader/mapped_module.h"' '<vector>'
check "what an arrow between folders allows" accepts compiler/optimize/loops/new.h '"compiler/ir/new.h"' '"llvm/IR/Module.h"'

check "format includes loader" refuses format/view.h '"loader/mapped_module.h"'
check "format includes LLVM" refuses format/view.cc '<llvm/IR/Module.h>'
check "loader includes runtime" refuses loader/new.cc '"format/view.h"' '"runtime/memory/memory.h"'
check "runtime includes compiler" refuses runtime/execute/call.cc '"compiler/pipeline.h"'
check "runtime includes LLVM" refuses runtime/execute/new.h '"llvm/IR/Module.h"'
check "compiler includes runtime" refuses compiler/pipeline.cc '"runtime/instance/instance.h"'
check "compiler includes loader" refuses compiler/target/new.cc '"loader/mapped_module.h"'

check "compiler/wasm includes compiler/lower" refuses compiler/wasm/new.h '"compiler/lower/module_lowering.h"'
check "compiler/wasm includes LLVM" refuses compiler/wasm/validator/new.cc '"llvm/IR/Module.h"'
check "compiler/plan includes compiler/ir" refuses compiler/plan/new.cc '"compiler/ir/new.h"'
check "compiler/ir includes compiler/lower" refuses compiler/ir/new.h '"compiler/lower/module_lowering.h"'
check "compiler/lower includes compiler/optimize" refuses compiler/lower/new.cc '"compiler/optimize/optimize.h"'
check "compiler/optimize includes compiler/lower" refuses compiler/optimize/new.cc '"compiler/lower/module_lowering.h"'
check "a pass of loops includes a pass of checks" refuses compiler/optimize/loops/new.cc '"compiler/optimize/checks/new.h"'
check "only compiler/target links: LLD elsewhere" refuses compiler/lower/new.cc '"lld/Common/Driver.h"'
check "runtime/memory includes runtime/execute" refuses runtime/memory/new.h '"runtime/execute/call.h"'
check "runtime/instance includes runtime/wasi" refuses runtime/instance/new.cc '"runtime/wasi/wasi.h"'
check "runtime/include includes runtime/memory" refuses runtime/include/tenon.h '"runtime/memory/memory.h"'

check "a relative path" refuses compiler/optimize/loops/new.cc '"../checks/new.h"'
check "with blanks in the line" refuses format/new.h '  "loader/mapped_module.h"'
check "a folder that is not listed" refuses_folder compiler/new_folder
finish
