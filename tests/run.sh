#!/bin/sh
# Installs what is missing, builds, and runs every test. Ends with "N passed, N failed, N skipped".
set -eu
cd "$(dirname "$0")/.."
. cmake/packages.sh
install_build_packages
install_test_packages
cmake --preset default
cmake --build --preset default

passed=0 failed=0 skipped=0
report() {  # name, status
  if [ "$2" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
run() {
  name=$1
  shift
  status=0
  "$@" || status=$?
  report "$name" "$status"
}

run "unit tests" build/bin/unit-tests
for script in tests/end_to_end/*.sh; do run "$script" sh "$script" build/bin; done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
