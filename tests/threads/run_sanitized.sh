#!/usr/bin/env bash
# The thread tests with the thread sanitizer, in a build of their own; the last line counts.
#   run_sanitized.sh TENONC
#
# No suppressions. What the sanitizer cannot follow is what wasm code does in linear memory; that is
# not instrumented, as is the assembly between the two stacks, so function entries and exits are not
# either (unwinding a trap would leave them unbalanced).
set -euo pipefail
tenonc=$1 jobs=${TENON_JOBS:-$(nproc)}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
cmake --preset tsan > /dev/null
cmake --build --preset tsan -j "$jobs" --target thread-tests > build-tsan/log 2>&1 || { tail -n 30 build-tsan/log; exit 1; }
export TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}"
bash "$here/run.sh" "$tenonc" build-tsan/bin/thread-tests
