#!/usr/bin/env bash
# The examples, each a project of its own, as their first lines say; they run and print what they should.
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
source "$(dirname "$0")/common.sh"
install_tenon

for name in c_host cpp_host embed alloc_with_pool; do
  check "examples/$name: build" example "$name" -DCMAKE_PREFIX_PATH="$prefix"
done
check "examples/c_host: run" prints "sum: 6" "$work"/example-c_host/{host,sum.aot}
check "examples/cpp_host: run" prints "gcd: 12" "$work"/example-cpp_host/{host,gcd.aot} 48 36
check "examples/embed: run" prints "fibonacci: 55" "$work/example-embed/host" 10
pool_host() { "$work"/example-alloc_with_pool/{host,wordcount.aot} < README.md; }
plain_tenon() { "$prefix/bin/tenon" "$work/example-alloc_with_pool/wordcount.aot" < README.md; }
check "examples/alloc_with_pool: run" prints "$(plain_tenon | head -n 1)" pool_host
check "examples/alloc_with_pool: its report" bash -c "$(declare -f pool_host); work=$work; pool_host | grep -q 'free in the pool'"
check "examples: build" example . -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc"
finish
