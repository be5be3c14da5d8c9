#!/usr/bin/env bash
# Runs one test for ctest: in a scratch directory of its own, which stays for a look if the test fails, and with what
# it counted left in $TENON_BUILD/tests/counts, where tests/run.sh adds up.
#
#   run_one.sh NAME COMMAND...
#
# The test may end with a line "N passed, N failed, N skipped", or doctest's, and lines "SKIPPED what: why". Of another,
# the status counts: 0, 77 with the reason in its last line for skipped, or else failed.
set -uo pipefail
name=$1
shift
counts=$TENON_BUILD/tests/counts
scratch=$TENON_BUILD/tests/scratch/$name
rm -rf "$scratch"
mkdir -p "$counts" "$scratch"/{work,temporary,path}
result() { printf '%s %s %s\n' "$@" > "$counts/$name"; }
result 0 1 0  # what it is if it is ended from outside
: > "$counts/$name.skipped"

export TENONC=$TENON_BUILD/bin/tenonc TENON=$TENON_BUILD/bin/tenon
export WASM_CC="clang-22 --target=wasm32-wasi -Wno-deprecated -O2 --no-wasm-opt"
export TENON_KEEP_FAILED=1  # what counting.sh's scripts made, too
export TENON_JOBS=1  # ctest runs tests side by side
export TMPDIR=$scratch/temporary
# No test may depend on the wasm-opt that a machine happens to have.
printf '#!/bin/sh\necho "a test ran wasm-opt" >&2\nexit 1\n' > "$scratch/path/wasm-opt"
chmod +x "$scratch/path/wasm-opt"
export PATH=$scratch/path:$PATH

(cd "$scratch/work" && "$@") 2>&1 | tee "$scratch/output"
status=${PIPESTATUS[0]}
plain=$(sed 's/\x1b\[[0-9;]*m//g' "$scratch/output" | tail -n 20)

failed=0 skipped=0
if [[ $plain =~ .*(^|$'\n')([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped($|$'\n') ]]; then
  passed=${BASH_REMATCH[2]} failed=${BASH_REMATCH[3]} skipped=${BASH_REMATCH[4]}
  grep '^SKIPPED ' "$scratch/output" | sed "s#^SKIPPED #$name: #" > "$counts/$name.skipped"
elif [[ $plain =~ test\ cases:.*\ ([0-9]+)\ passed\ .*\ ([0-9]+)\ failed ]]; then
  passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]}  # its "skipped" are the cases of other files
elif ((status == 77)); then
  passed=0 skipped=1
  echo "$name: $(tail -n 1 "$scratch/output")" > "$counts/$name.skipped"
else
  passed=$((status == 0)) failed=$((status != 0))
fi
if ((status != 0 && status != 77 && failed == 0)); then
  echo "$name: exit status $status"
  failed=1
elif ((passed + failed + skipped == 0)); then
  echo "$name: nothing was tested"
  failed=1
fi
result "$passed" "$failed" "$skipped"
if ((failed > 0)); then
  echo "What it made is in $scratch"
  exit 1
fi
rm -rf "$scratch"
((passed > 0)) || exit 77
