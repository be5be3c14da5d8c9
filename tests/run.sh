#!/usr/bin/env bash
# Builds everything and runs every test. The last line counts them: N passed, N failed, N skipped.
# The exit status is 0 only if nothing failed.
#
#   run.sh                 the optimised build, and all that stands on it
#   run.sh --sanitizers    the build with the address and undefined behaviour sanitizers, and the same
#                          tests of the programs; not those of packages and other machines
#
# The WebAssembly spec suite is read from $TENON_SPEC_DIR, or ../shared/spec beside the checkout;
# without it, its tests are named as skipped.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -uo pipefail
cd "$(dirname "$0")/.."
source cmake/packages.sh
source tests/counting.sh

preset=default build=build sanitizers=no
case ${1-} in
  "") ;;
  --sanitizers) preset=asan build=build-asan sanitizers=yes ;;
  *) echo "tests/run.sh: unknown argument $1" >&2; exit 2 ;;
esac

stage "build"
if ! tenon_install_packages "${tenon_packages[@]}"; then
  count 0 1 0
  finish
fi
if cmake --preset $preset && cmake --build --preset $preset -j "$jobs"; then
  count 1 0 0
else
  fail "build"
  finish
fi
bin=$PWD/$build/bin
if [[ $sanitizers == yes ]]; then
  export TENON_HOST_FLAGS="-fsanitize=address,undefined"  # what hosts in the tests are linked with
  export UBSAN_OPTIONS=print_stacktrace=1
fi
for program in tenonc tenon unit-tests spec-runner malformed-inputs; do
  [[ -x $bin/$program ]] || { fail "the build made no $program"; finish; }
done

stage "unit tests"
"$bin/unit-tests" 2>&1 | tee "$work/output"
status=${PIPESTATUS[0]}
if [[ $(sed 's/\x1b\[[0-9;]*m//g' "$work/output" | grep 'test cases:') =~ ([0-9]+)\ passed.*\ ([0-9]+)\ failed.*\ ([0-9]+)\ skipped ]]; then
  unit_failures=${BASH_REMATCH[2]}
  count "${BASH_REMATCH[@]:1:3}"
  ((status == 0 || unit_failures > 0)) || count 0 1 0
else
  fail "unit tests: exit status $status"
fi

spec=${TENON_SPEC_DIR:-../shared/spec}
stage "spec suite, for the oldest processors and for this one, with both kinds of bounds checks"
if [[ ! -d $spec/core ]]; then
  skip "the spec suite: no \$TENON_SPEC_DIR"
else
  run_counting "spec suite" bash tests/spec/run.sh "$bin" "$spec"
fi

stage "end to end"
export TENONC=$bin/tenonc TENON=$bin/tenon WASM_CC="clang-22 --target=wasm32-wasi -Wno-deprecated -O2"
for script in tests/end_to_end/{,*/}*.sh; do
  name=$(basename "$script" .sh)
  mkdir -p "$work/$name"
  check "$name" env -C "$work/$name" timeout 120 bash "$PWD/$script"
done

stage "memory"
run_counting "memory" bash tests/memory/run.sh "$bin"

stage "threads"
run_counting "threads" bash tests/threads/run.sh "$TENONC" "$bin/thread-tests"
if [[ $sanitizers == yes ]]; then
  run_counting "threads, with the thread sanitizer" \
    bash tests/threads/run_sanitized.sh "$TENONC" "$jobs"
fi

if [[ $sanitizers == no ]]; then
  stage "without LLVM"
  run_counting "without LLVM" bash tests/loader_only/run.sh "$TENONC"

  stage "other machines, under qemu-user"
  run_counting "other machines" bash tests/cross/run.sh
fi

stage "WASI test suite"
testsuite=${TENON_WASI_TESTSUITE:-../wasi-testsuite}
if [[ ! -d $testsuite/test-runner ]]; then
  skip "WebAssembly/wasi-testsuite: no \$TENON_WASI_TESTSUITE (a checkout of its branch prod/testsuite-all)"
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

if [[ $sanitizers == no ]]; then
  stage "packages of npm, beside V8"
  run_counting "packages of npm" bash tests/npm/run.sh "${TENON_NPM_PACKAGES:-../npm-packages}"

  stage "used by other projects"
  run_counting "used by other projects" bash tests/package/run.sh

  stage "Debian packages"
  run_counting "Debian packages" bash tests/package/debian.sh
fi

stage "malformed inputs"
run_counting "malformed inputs" python3 tests/malformed/run.py --tenonc="$TENONC" --tenon="$TENON"
run_counting "malformed inputs, in process" bash tests/malformed/mutations.sh "$bin"

echo
finish
