#!/usr/bin/env bash
# Uses Tenon as other projects do: installed and moved, from the build tree, as a subdirectory, through
# FetchContent, across machines, and with pkg-config. Each way configures, builds and runs a small
# project from scratch; then nothing is rebuilt until the module, the options or the compiler change.
#
# The last line counts: N passed, N failed, N skipped. Needs the build of build/.
set -uo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh
source tests/counting.sh
top=$PWD

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
  share/bash-completion/completions/tenonc share/zsh/vendor-completions/_tenonc \
  share/fish/vendor_completions.d/tenonc.fish include/tenon/wasm_export.h include/tenon/tenon.h; do
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

refuses_version() {
  sed 's/Tenon 0.1/Tenon 0.2/' tests/package/consumer/CMakeLists.txt > "$work/CMakeLists.txt"
  mkdir -p "$work/newer" && mv "$work/CMakeLists.txt" "$work/newer"
  ! cmake -S "$work/newer" -B "$work/newer/build" -G Ninja -DTENON_FROM=package -DTENON_SOURCE="$top" \
    -DCMAKE_PREFIX_PATH="$prefix" > "$work/refusal" 2>&1 && grep -q "version: 0.1.0" "$work/refusal"
}
check "a version that is not there is refused" refuses_version

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
      > "$work/refusal" 2>&1 && tr -s '\n ' ' ' < "$work/refusal" | grep "is for x86_64, not for aarch64" > /dev/null
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

# Completion: what is typed, then a word that must be offered.
complete_bash() {
  local typed=$1 wanted=$2
  PATH=$prefix/bin:$PATH bash -c '
    source "$1/share/bash-completion/completions/${2%% *}"
    read -ra COMP_WORDS <<< "${2/=/ = }"
    [[ $2 != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _"${2%% *}"
    printf "%s\n" "${COMPREPLY[@]}"' - "$prefix" "$typed" | grep -x -- "$wanted" > /dev/null
}
complete_fish() {
  PATH=$prefix/bin:$PATH fish --no-config -c "source $prefix/share/fish/vendor_completions.d/${1%% *}.fish; complete -C '$1'" |
    cut -f 1 | grep -x -- "$2" > /dev/null
}
for shell in bash fish; do
  if [[ $shell == fish ]] && ! tenon_install_packages fish > "$work/output" 2>&1; then
    skip "completion in fish: it is missing and cannot be installed"
    continue
  fi
  prefixed=$([[ $shell == fish ]] && echo "--bounds-checks=")  # fish completes the whole word
  check "completion in $shell: options" "complete_$shell" "tenonc --bounds" "--bounds-checks"
  check "completion in $shell: choices" "complete_$shell" "tenonc --bounds-checks=ex" "${prefixed}explicit"
  check "completion in $shell: what the program lists" "complete_$shell" "tenonc --target " riscv64
  check "completion in $shell: of the other program" "complete_$shell" "tenon --memory-r" --memory-report
done
if tenon_install_packages zsh > "$work/output" 2>&1; then
  for program in tenon tenonc; do
    check "completion in zsh: $program's is well formed" zsh -n "$prefix/share/zsh/vendor-completions/_$program"
  done
else
  skip "completion in zsh: it is missing and cannot be installed"
fi

# The examples, each a project of its own, as their first lines say.
example() {  # name, options of cmake
  cmake -G Ninja -S "examples/$1" -B "$work/example-$1" "${@:2}" && cmake --build "$work/example-$1" -j "$jobs"
}
prints() {  # expected first line, a command
  local line
  line=$("${@:2}" | head -n 1)
  [[ $line == "$1" ]] || { echo "printed: $line"; return 1; }
}
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
if [[ -d $work/target ]]; then
  rm -rf "$work/example-embed"
  check "examples/embed, cross-built: build" example embed -DCMAKE_PREFIX_PATH="$work/target" \
    -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc" --toolchain "$top/cmake/toolchains/aarch64-linux-gnu.cmake"
  check "examples/embed, cross-built: run" prints "fibonacci: 55" \
    qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/example-embed/host" 10
fi
check "examples: build" example . -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc"

finish
