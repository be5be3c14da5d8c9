#!/usr/bin/env bash
# Runs the test that an .ll file says of itself, in lines as LLVM's own tests have them:
#   ; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s
# where %s is the file and %t a scratch file. A file with a line
#   ; XFAIL: why
# is expected to fail; once it passes, the test fails, so that the line goes.
#
#   run_test.sh BIN FILE      BIN: the directory with tenon-opt
set -uo pipefail
bin=$1 file=$2
llvm=${TENON_LLVM_TOOLS:-/usr/lib/llvm-22/bin}
if ! command -v "$llvm/FileCheck" > /dev/null; then
  echo "there is no FileCheck: install llvm-22-tools"
  exit 77
fi
PATH=$bin:$llvm:$PATH
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
status=0 lines=0
while IFS= read -r line; do
  line=${line//%s/$file}
  line=${line//%t/$scratch}
  lines=$((lines + 1))
  bash -o pipefail -c "$line" || { echo "failed: $line"; status=1; }
done < <(sed -n 's/^; RUN: //p' "$file")
if ((lines == 0)); then
  echo "$file has no line \"; RUN:\""
  exit 1
fi
reason=$(sed -n 's/^; XFAIL: //p' "$file")
if [[ -n $reason ]]; then
  if ((status == 0)); then
    echo "passes, though expected to fail: $reason"
    exit 1
  fi
  echo "fails, as expected: $reason"
  exit 0
fi
exit $status
