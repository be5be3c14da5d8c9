#!/usr/bin/env bash
# Uses Tenon as other projects do with find_package: installed and moved, and from the build tree. Each way configures,
# builds and runs a small project from scratch; then nothing is rebuilt until the module, the options or the compiler
# change.
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
source "$(dirname "$0")/common.sh"
rebuilds() {  # a file; then a command that makes it out of date
  local before after
  before=$(stat -c %y "$1")
  make || return
  after=$(stat -c %y "$1")
  [[ $before == "$after" ]] || { echo "made again though nothing had changed"; return 1; }
  "${@:2}" && make || return
  [[ $before != $(stat -c %y "$1") ]] || { echo "not made again after: ${*:2}"; return 1; }
}
does_nothing() {
  make > "$work/again" && ! grep -E "Building|Linking|Compiling" "$work/again"
}
install_tenon

build=$work/installed
if check "installed: configure" configure -G Ninja -DCMAKE_PREFIX_PATH="$prefix" &&
  check "installed: build" make && check "installed: run" runs; then
  check "installed: nothing to do" does_nothing
  check "rebuilt when the module changes" rebuilds "$build/files/plain.aot" touch "$build/plain.wasm"
  check "rebuilt when the options change" rebuilds "$build/files/plain.aot" configure -DPLAIN_OPTIONS=--opt-level=1
  check "rebuilt when the compiler changes" rebuilds "$build/files/plain.aot" touch "$prefix/bin/tenonc"
  check "embedded module is rebuilt with the program" rebuilds "$build/host" touch "$prefix/bin/tenonc"
  check "the file is installed" bash -c "cmake --install '$build' --prefix '$work/consumer' && test -f '$work/consumer/share/consumer/plain.aot'"
fi
build=$work/shared
if check "installed, shared library, make: configure" configure -G "Unix Makefiles" -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=ON; then
  check "installed, shared library, make: build" make &&
    check "installed, shared library, make: run" runs &&
    check "installed, shared library, make: it is linked" bash -c "readelf -d '$build/host' | grep -q libtenon.so.0" &&
    check "make: rebuilt when the options change" rebuilds "$build/files/plain.aot" configure -DPLAIN_OPTIONS=--opt-level=1
fi

refuses_version() {
  sed 's/Tenon 0.1/Tenon 0.2/' tests/package/consumer/CMakeLists.txt > "$work/CMakeLists.txt"
  mkdir -p "$work/newer" && mv "$work/CMakeLists.txt" "$work/newer"
  ! cmake -S "$work/newer" -B "$work/newer/build" -G Ninja -DTENON_SOURCE="$top" \
    -DCMAKE_PREFIX_PATH="$prefix" > "$work/refusal" 2>&1 && grep -q "version: 0.1.0" "$work/refusal"
}
check "a version that is not there is refused" refuses_version

build=$work/build-tree
check "build tree: configure" configure -G Ninja -DTenon_DIR="$tenon_build" &&
  check "build tree: build" make && check "build tree: run" runs
finish
