#!/usr/bin/env bash
# Shows that a .aot does not depend on the machine that makes it: cross-builds tenonc for 64-bit ARM
# with Debian's LLVM for that machine, runs it under qemu-user, and compares what it makes, for every
# target, with what the tenonc of build/bin makes.
#
# Downloads about 150 MB and takes some minutes, so it is not part of tests/run.sh. Works in
# build-same-bytes/, or in $1. The last line counts: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh

work=$(realpath -m "${1:-build-same-bytes}")
root=$work/root
mkdir -p "$work"/apt/{lists/partial,archives/partial}
tenon_install_packages g++-aarch64-linux-gnu qemu-user

if [[ ! -e $root/usr/lib/llvm-22/lib/cmake ]]; then
  : > "$work/apt/status"
  # The sources of this system, for the other architecture.
  cat > "$work/apt/apt.conf" << CONF
Dir::State "$work/apt";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
CONF
  export APT_CONFIG=$work/apt/apt.conf
  apt-get update -q > "$work/apt/log" 2>&1 || true  # sources without that architecture fail
  apt-get install -y -q --download-only llvm-22-dev liblld-22-dev libc6 libstdc++6 zlib1g-dev libzstd-dev \
    >> "$work/apt/log" 2>&1 || { tail "$work/apt/log"; exit 1; }
  unset APT_CONFIG
  mkdir -p "$root"
  for package in "$work"/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
fi

libraries=$root/usr/lib/aarch64-linux-gnu
cmake -G Ninja -S . -B "$work/build" --toolchain "$PWD/cmake/toolchains/aarch64-linux-gnu.cmake" \
  -DTENON_COMPILER=ON -DTENON_TESTS=OFF -DCMAKE_FIND_ROOT_PATH="$root" \
  -DLLVM_DIR="$root/usr/lib/llvm-22/lib/cmake/llvm" -DLLD_DIR="$root/usr/lib/llvm-22/lib/cmake/lld" \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath-link,$libraries:$root/lib/aarch64-linux-gnu" > "$work/configure.log"
cmake --build "$work/build" -j "${TENON_JOBS:-$(nproc)}" --target tenonc

passed=0 failed=0
here=build/bin/tenonc
there=(qemu-aarch64 -L "$root" -E "LD_LIBRARY_PATH=$libraries:$root/lib/aarch64-linux-gnu:$root/usr/lib/llvm-22/lib" "$work/build/bin/tenonc")
clang-22 --target=wasm32-wasi -Wno-deprecated -O2 examples/wordcount.c -o "$work/wordcount.wasm"
for options in "--target=x86_64 --cpu=x86-64-v2 --cpu=x86-64-v4" --target=aarch64 --target=riscv64 --target=armv7; do
  # shellcheck disable=SC2086
  if "$here" $options "$work/wordcount.wasm" -o "$work/here.aot" &&
    "${there[@]}" $options "$work/wordcount.wasm" -o "$work/there.aot" &&
    cmp "$work/here.aot" "$work/there.aot"; then
    echo "ok      the same bytes: $options"
    passed=$((passed + 1))
  else
    echo "FAILED: $options"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
