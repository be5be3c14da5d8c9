#!/usr/bin/env bash
# Runs run_testsuite.py on the checkout of WebAssembly/wasi-testsuite in $TENON_WASI_TESTSUITE, or beside this one.
#
#   run_testsuite.sh [OPTIONS OF run_testsuite.py]
here=$(cd "$(dirname "$0")" && pwd)
testsuite=${TENON_WASI_TESTSUITE:-$here/../../../wasi-testsuite}
if [[ ! -d $testsuite/test-runner ]]; then
  echo "no \$TENON_WASI_TESTSUITE; to have it: git clone -b prod/testsuite-all https://github.com/WebAssembly/wasi-testsuite"
  exit 77
fi
export TENON_AOT_DIRECTORY=${TENON_AOT_DIRECTORY:-$PWD}
exec python3 "$here/run_testsuite.py" "$@" "$testsuite"
