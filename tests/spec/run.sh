#!/usr/bin/env bash
# The whole spec suite: core without GC (not_yet.txt), legacy exceptions and threads, in both
# bounds-check modes, compiled for the oldest processors of this machine's kind and for this one.
#   tests/spec/run.sh [DIRECTORY OF PROGRAMS [SUITE]]
# The last line counts: N passed, N failed, N skipped. The exit status is 0 only if nothing failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:-$here/../../build/bin}
suite=${2:-${TENON_SPEC_DIR:-$here/../../../shared/spec}}
jobs=${TENON_JOBS:-$(nproc)}
passed=0 failed=0 skipped=0

run() {
  local output line
  echo "spec-runner $*"
  output=$("$bin/spec-runner" --jobs="$jobs" "$@" 2>&1)
  line=$(tail -n 1 <<< "$output")
  grep -vE ' 0 failed, 0 skipped$| skipped: waits for ' <<< "$output"
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + BASH_REMATCH[3]))
  else
    echo "spec-runner did not come to its end"
    failed=$((failed + 1))
  fi
}

cpus=(native)
[[ $(uname -m) = x86_64 ]] && cpus=(x86-64 native)
for cpu in "${cpus[@]}"; do
  for mode in guard explicit; do
    run --cpu="$cpu" --bounds-checks="$mode" --expected-failures="$here/not_yet.txt" \
      "$suite/core" "$suite/legacy-exceptions"
    # These scripts are older than several memories and tables.
    run --cpu="$cpu" --bounds-checks="$mode" --disable-multi-memory --disable-reference-types \
      "$suite/threads"
  done
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
