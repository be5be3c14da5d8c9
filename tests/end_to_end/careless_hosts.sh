# The test of careless hosts calls every function of the C interface with zeros.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
test=$top/tests/unit/careless_host_test.cc
missing=0
for header in wasm_export tenon; do
  for name in $(grep -A3 WASM_RUNTIME_API_EXTERN "$top/runtime/include/$header.h" |
                grep -oE '\b(wasm|tenon|get_package)[a-z0-9_]*\(' | tr -d '(' | sort -u); do
    case $name in wasm_runtime_set_log_level | *_with_usage | *_with_user_data) continue ;; esac
    grep -qw "$name" "$test" || { echo "careless_host_test.cc does not call $name"; missing=1; }
  done
done
exit $missing
