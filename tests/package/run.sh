#!/usr/bin/env bash
# Uses Tenon as other projects do: installed and moved, from the build tree, as a subdirectory, through
# FetchContent, across machines, and with pkg-config. Each way configures, builds and runs a small
# project from scratch; then nothing is rebuilt until the module, the options or the compiler change.
#
# The last line counts: N passed, N failed, N skipped. Needs the build of build/.
set -uo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh
top=$PWD

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jobs=${TENON_JOBS:-$(nproc)}

check() {  # what, command...: counts one test, shows the output of one that fails
  local what=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    echo "ok      $what"
    passed=$((passed + 1))
  else
    echo "FAILED: $what"
    tail -n 40 "$work/output" | sed 's/^/    /'
    failed=$((failed + 1))
    return 1
  fi
}
skip() {
  echo "SKIPPED: $*"
  skipped=$((skipped + 1))
}

# ---- the consumer project, in $build
make_plain_wasm() {
  mkdir -p "$build" && "$WASM_CLANG" --target=wasm32 -O2 -nostdlib -Wl,--no-entry examples/cpp_host/gcd.c \
    -o "$build/plain.wasm"
}
configure() { make_plain_wasm && cmake -S tests/package/consumer -B "$build" -DTENON_SOURCE="$top" "$@"; }
make() { cmake --build "$build" -j "$jobs"; }
runs() { [[ $("$@" "$build/host" 50) == "fibonacci: 12586269025" ]]; }
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
WASM_CLANG=${WASM_CLANG:-clang-22}

# Installed into a prefix that is then moved.
check "install" cmake --install build --prefix "$work/first"
mv "$work/first" "$work/prefix"
prefix=$work/prefix
for file in bin/tenon bin/tenonc share/man/man1/tenon.1 share/man/man1/tenonc.1 \
  share/bash-completion/completions/tenonc include/tenon/wasm_export.h include/tenon/tenon.h; do
  check "installed: $file" test -f "$prefix/$file"
done
check "nothing installed names the build tree" bash -c "! grep -rIl '$top' '$prefix'"

build=$work/installed
if check "installed: configure" configure -G Ninja -DTENON_FROM=package -DCMAKE_PREFIX_PATH="$prefix" &&
  check "installed: build" make && check "installed: run" runs; then
  check "installed: nothing to do" does_nothing
  check "rebuilt when the module changes" rebuilds "$build/files/plain.aot" touch "$build/plain.wasm"
  check "rebuilt when the options change" rebuilds "$build/files/plain.aot" configure -DPLAIN_OPTIONS=--opt-level=1
  check "rebuilt when the compiler changes" rebuilds "$build/files/plain.aot" touch "$prefix/bin/tenonc"
  check "embedded module is rebuilt with the program" rebuilds "$build/host" touch "$prefix/bin/tenonc"
  check "the file is installed" bash -c "cmake --install '$build' --prefix '$work/consumer' && test -f '$work/consumer/share/consumer/plain.aot'"
fi
build=$work/shared
if check "installed, shared library, make: configure" configure -G "Unix Makefiles" -DTENON_FROM=package \
  -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=ON; then
  check "installed, shared library, make: build" make &&
    check "installed, shared library, make: run" runs &&
    check "installed, shared library, make: it is linked" bash -c "readelf -d '$build/host' | grep -q libtenon.so.0" &&
    check "make: rebuilt when the options change" rebuilds "$build/files/plain.aot" configure -DPLAIN_OPTIONS=--opt-level=1
fi

build=$work/build-tree
check "build tree: configure" configure -G Ninja -DTENON_FROM=package -DTenon_DIR="$top/build" &&
  check "build tree: build" make && check "build tree: run" runs

build=$work/subdirectory
check "subdirectory: configure" configure -G Ninja -DTENON_FROM=subdirectory &&
  check "subdirectory: build, compiler included" make && check "subdirectory: run" runs

build=$work/fetch
check "FetchContent: configure" configure -G Ninja -DTENON_FROM=fetch -DTENON_COMPILER=OFF \
  -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc" &&
  check "FetchContent: build" make && check "FetchContent: run" runs

# Across machines: the compiler from this machine's package, the loader from the target's.
if tenon_install_packages g++-aarch64-linux-gnu qemu-user > "$work/output" 2>&1; then
  cross=(--toolchain "$top/cmake/toolchains/aarch64-linux-gnu.cmake" -G Ninja -DTENON_FROM=package)
  build=$work/cross
  check "cross: configure and build the loader" bash -c "cmake --preset aarch64 && cmake --build --preset aarch64 -j $jobs"
  check "cross: install" cmake --install build-aarch64 --prefix "$work/target"
  check "cross: configure" env PATH="$prefix/bin:$PATH" cmake -E env \
    bash -c "$(declare -f configure make_plain_wasm); build=$build top=$top WASM_CLANG=$WASM_CLANG configure ${cross[*]} -DCMAKE_PREFIX_PATH=$work/target" &&
    check "cross: build" make && check "cross: run" runs qemu-aarch64 -L /usr/aarch64-linux-gnu
  build=$work/wrong
  refuses_wrong_loader() {
    ! configure "${cross[@]}" -DCMAKE_PREFIX_PATH="$prefix" -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc" \
      > "$work/refusal" 2>&1 && tr -s '\n ' ' ' < "$work/refusal" | grep -q "is for x86_64, not for aarch64"
  }
  if [[ $(uname -m) == x86_64 ]]; then
    check "cross: this machine's loader is refused" refuses_wrong_loader
  fi
else
  skip "cross builds of consumers: g++-aarch64-linux-gnu or qemu-user is missing and cannot be installed"
fi

if command -v pkg-config > /dev/null; then
  export PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tenon.pc)")
  cat > "$work/version.c" << 'C'
#include <wasm_export.h>
int main(void) { return wasm_runtime_init() ? (wasm_runtime_destroy(), 0) : 1; }
C
  library=$(pkg-config --variable=libdir tenon)
  check "pkg-config, shared" bash -c "cc $work/version.c -o $work/version \$(pkg-config --cflags --libs tenon) && LD_LIBRARY_PATH=$library $work/version"
  check "pkg-config, static" bash -c "cc $work/version.c -o $work/version \$(pkg-config --cflags tenon) $library/libtenon.a \$(pkg-config --static --libs-only-l --libs-only-other tenon | sed s/-ltenon//) && $work/version"
else
  skip "pkg-config: it is not installed"
fi

if command -v man > /dev/null; then
  check "manual pages are well formed" bash -c "man --warnings -E UTF-8 -l -Tutf8 -Z '$prefix/share/man/man1/tenon.1' 2>&1 > /dev/null | (! grep .)"
fi

# The other examples, each a project of its own.
for example in c_host cpp_host; do
  build=$work/$example
  check "examples/$example: build" bash -c "cmake -G Ninja -S examples/$example -B $build -DCMAKE_PREFIX_PATH=$prefix && cmake --build $build"
done
check "examples/cpp_host: run" bash -c "[[ \$($work/cpp_host/host $work/cpp_host/gcd.aot 48 36 | head -n 1) == 'gcd: 12' ]]"
if [[ $("$work/c_host/host" "$work/c_host/sum.aot" 2>&1) == *"so far"* ]]; then
  skip "examples/c_host: run: waits for pools"
else
  check "examples/c_host: run" bash -c "[[ \$($work/c_host/host $work/c_host/sum.aot) == 'sum: 6' ]]"
fi

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
