#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test with ctest. The last line counts what the tests
# counted: N passed, N failed, N skipped; before it stands what was skipped, why, and the command that brings it. The
# exit status is 0 only if nothing failed.
#
#   run.sh                 the optimised build, and all that stands on it
#   run.sh --sanitizers    the build with the address and undefined behaviour sanitizers, and the same
#                          tests of the programs; not those of packages and other machines
#   run.sh --clang         the build with clang 22, for its warnings, and the unit tests
#   run.sh ... -- OPTIONS  options of ctest, which select tests: -L spec, -R traps, -LE slow
#
# After a build, `ctest --test-dir build` does the same with fewer words. What some tests use, and find beside the
# checkout otherwise:
#   TENON_SPEC_DIR         the WebAssembly spec suite (tests/spec/fetch.sh brings one)
#   TENON_WASI_TESTSUITE   a checkout of WebAssembly/wasi-testsuite, branch prod/testsuite-all
#   TENON_WASI_PROGRAMS    programs for tests/wasi/programs/run.sh
#   TENON_NPM_PACKAGES     packages for tests/npm/run.sh
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -uo pipefail
cd "$(dirname "$0")/.."
source cmake/packages.sh
source tests/counting.sh

preset=default build=build selection=()
while (($#)); do
  case $1 in
    --sanitizers) preset=asan build=build-asan ;;
    --clang) preset=clang build=build-clang selection=(-L unit) ;;
    --) selection+=("${@:2}"); break ;;
    *) echo "tests/run.sh: unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done

stage "build"
if ! tenon_install_packages "${tenon_packages[@]}"; then
  fail "the packages"
  finish
fi
if ! { cmake --preset $preset && cmake --build --preset $preset -j "$jobs"; }; then
  fail "the build"
  finish
fi
ok "the build"

stage "tests"
counts=$build/tests/counts
rm -rf "$counts"
mkdir -p "$counts"
ctest --test-dir "$build" -j "$jobs" --output-on-failure --no-tests=error "${selection[@]}"
status=$?
for result in "$counts"/*; do
  [[ $result == *.skipped ]] || count $(< "$result")
done
# What ctest counts and no test does: one that could not be started.
((status == 0 || failed > 0)) || fail "ctest: exit status $status"

reasons=$(cat "$counts"/*.skipped 2> /dev/null)
if [[ -n $reasons ]]; then
  stage "skipped"
  echo "$reasons"
fi
stage "all"
finish
