#!/bin/sh
# Fails on an include that goes against the arrows of the layout: format depends on nothing else,
# compiler on format, loader on format, runtime on loader and format.
cd "$(dirname "$0")/.." || exit 1
status=0
check() {
  layer=$1
  allowed=$2
  [ -d "$layer" ] || return 0
  if grep -rnE '#include "' "$layer" | grep -vE "#include \"($allowed)/"; then
    echo "layering: $layer may include only: $allowed"
    status=1
  fi
}
check format 'format'
check compiler 'compiler|format'
check loader 'loader|format'
check runtime 'runtime|loader|format'
exit $status
