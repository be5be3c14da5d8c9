#!/usr/bin/env bash
# A memory that grew has its old buffer detached at once in Tenon as an engine for JavaScript, as in V8: what
# stale_buffers.mjs prints is the same. Uses $TENONC and $TENON as the end-to-end tests do; needs node with its headers.
set -u
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../counting.sh"
source "$here/engine.sh"
cd "$work" || exit 1
need_node || finish
build_engine || finish
check "in V8" node "$here/stale_buffers.mjs" v8
mv output expected
for mode in guard explicit; do
  as_in_v8() { TENON_BOUNDS_CHECKS=$mode node "$here/stale_buffers.mjs" tenon | diff expected -; }
  check "as in V8, $mode" as_in_v8
done
check "the old view is empty" grep -qx "in wasm: 0 / 131072" expected
finish
