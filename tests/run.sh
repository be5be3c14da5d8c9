#!/usr/bin/env bash
# Builds everything and runs every test. The last line counts them: N passed, N failed, N skipped.
# The exit status is 0 only if nothing failed.
#
# The WebAssembly spec suite is read from $TENON_SPEC_DIR, or ../shared/spec beside the checkout;
# without it, its tests are named as skipped.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -uo pipefail
cd "$(dirname "$0")/.."
source cmake/packages.sh

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() {  # passed, failed, skipped
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
  exit
}
stage() { echo; echo "== $*"; }

# Runs a program that ends with "N passed, N failed, N skipped" and adds its figures.
run_counting() {
  local what=$1 status line
  shift
  "$@" 2>&1 | tee "$work/output"
  status=${PIPESTATUS[0]}
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/output" | tail -n 1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    count "${BASH_REMATCH[@]:1:3}"
    if ((status != 0 && BASH_REMATCH[2] == 0)); then
      echo "FAILED: $what: exit status $status"
      count 0 1 0
    fi
  else
    echo "FAILED: $what: exit status $status, and no count of its tests"
    count 0 1 0
  fi
}

stage "build"
jobs=${TENON_JOBS:-$(nproc)}
if ! tenon_install_packages "${tenon_packages[@]}"; then
  count 0 1 0
  finish
fi
if cmake --preset default > "$work/configure" 2>&1 && cmake --build --preset default -j "$jobs"; then
  count 1 0 0
else
  grep -A 20 -E "CMake Error" "$work/configure"
  echo "FAILED: build"
  count 0 1 0
  finish
fi
bin=$PWD/build/bin
for program in tenonc tenon unit-tests spec-runner; do
  if [[ ! -x $bin/$program ]]; then
    echo "FAILED: the build made no $program"
    count 0 1 0
    finish
  fi
done

stage "unit tests"
"$bin/unit-tests" 2>&1 | tee "$work/output"
status=${PIPESTATUS[0]}
if [[ $(sed 's/\x1b\[[0-9;]*m//g' "$work/output" | grep 'test cases:') =~ ([0-9]+)\ passed.*\ ([0-9]+)\ failed.*\ ([0-9]+)\ skipped ]]; then
  unit_failures=${BASH_REMATCH[2]}
  count "${BASH_REMATCH[@]:1:3}"
  ((status == 0 || unit_failures > 0)) || count 0 1 0
else
  echo "FAILED: unit tests: exit status $status"
  count 0 1 0
fi

spec=${TENON_SPEC_DIR:-../shared/spec}
for mode in guard explicit; do
  stage "spec suite, bounds checks: $mode"
  if [[ ! -d $spec/core ]]; then
    echo "SKIPPED: the spec suite, $mode bounds checks: no \$TENON_SPEC_DIR"
    count 0 0 1
  else
    run_counting "spec suite, $mode" "$bin/spec-runner" --bounds-checks="$mode" --jobs="$jobs" \
      --expected-failures=tests/spec/not_yet.txt "$spec/core" "$spec/legacy-exceptions"
    # These scripts are older than several memories and tables.
    run_counting "spec suite, threads, $mode" "$bin/spec-runner" --bounds-checks="$mode" \
      --jobs="$jobs" --disable-multi-memory --disable-reference-types "$spec/threads"
  fi
done

stage "end to end"
export TENONC=$bin/tenonc TENON=$bin/tenon WASM_CC="clang-22 --target=wasm32-wasi -Wno-deprecated -O2"
for script in tests/end_to_end/*.sh; do
  name=$(basename "$script" .sh)
  mkdir -p "$work/$name"
  (cd "$work/$name" && timeout 120 bash "$OLDPWD/$script") > "$work/output" 2>&1
  status=$?
  case $status in
    0) echo "ok      $name"; count 1 0 0 ;;
    77) echo "SKIPPED $name: $(tail -n 1 "$work/output")"; count 0 0 1 ;;
    *) echo "FAILED  $name (exit status $status)"; sed 's/^/    /' "$work/output"; count 0 1 0 ;;
  esac
done

stage "memory"
if [[ -x $bin/memory-tests ]]; then
  run_counting "memory" bash tests/memory/run.sh "$bin"
else
  echo "SKIPPED: the memory tests are not built with sanitizers or without WASI"
  count 0 0 1
fi

stage "other machines, under qemu-user"
run_counting "other machines" bash tests/cross/run.sh

stage "WASI test suite"
testsuite=${TENON_WASI_TESTSUITE:-../wasi-testsuite}
if [[ ! -d $testsuite/test-runner ]]; then
  echo "SKIPPED: WebAssembly/wasi-testsuite: no \$TENON_WASI_TESTSUITE (a checkout of its branch prod/testsuite-all)"
  count 0 0 1
else
  export TENON_AOT_DIRECTORY=$work/wasi-testsuite
  mkdir -p "$TENON_AOT_DIRECTORY"
  run_counting "WASI test suite" python3 tests/wasi/run_testsuite.py "$testsuite"
  echo "Again, as on kernels without openat2:"
  TENON_TEST_WITHOUT_OPENAT2=1 run_counting "WASI test suite, without openat2" \
    python3 tests/wasi/run_testsuite.py --only=wasm32-wasip1 "$testsuite"
fi

stage "real programs"
run_counting "real programs" bash tests/wasi/programs/run.sh "${TENON_WASI_PROGRAMS:-../wasi-programs}"

stage "used by other projects"
run_counting "used by other projects" bash tests/package/run.sh

stage "Debian packages"
run_counting "Debian packages" bash tests/package/debian.sh

stage "malformed inputs"
run_counting "malformed inputs" python3 tests/malformed/run.py --tenonc="$TENONC" --tenon="$TENON"

echo
finish
