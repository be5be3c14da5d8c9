#!/usr/bin/env bash
# Fails on an include that goes against the layers: format uses nothing else here, compiler and
# loader use format, runtime uses loader and format. LLVM belongs to the compiler alone.
set -euo pipefail
cd "$(dirname "$0")/.."

failures=0
check_layer() {  # directory, then the directories that it may include
  local layer=$1 allowed offences
  shift
  allowed=$(IFS='|'; echo "$*")
  if [[ -z $(find "$layer" -name '*.cc' -o -name '*.h' 2> /dev/null | head -n 1) ]]; then
    echo "layering: $layer/ has no sources to check"
    failures=$((failures + 1))
    return
  fi
  offences=$(grep -rnE --include='*.cc' --include='*.h' --include='*.def' --include='*.S' \
      '^ *# *include *["<](format|compiler|loader|runtime|tests|examples)/|^ *# *include *["<][^">]*\.\./' "$layer" |
    grep -vE "^[^:]*:[0-9]+: *# *include *[\"<]($allowed)/[^.]*\.[a-z]+[\">]" || true)
  if [[ $layer != compiler ]]; then
    offences+=$(grep -rnE --include='*.cc' --include='*.h' '^ *# *include *["<](llvm|llvm-c|lld)/' "$layer" || true)
  fi
  if [[ -n $offences ]]; then
    echo "layering: $layer/ may include only $*:"
    echo "$offences"
    failures=$((failures + 1))
  fi
}

check_layer format format
check_layer compiler format compiler
check_layer loader format loader
check_layer runtime loader format runtime
((failures == 0))
