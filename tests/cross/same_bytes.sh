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
source tests/counting.sh

place=$(realpath -m "${1:-build-same-bytes}")
root=$place/root
mkdir -p "$place"/apt/{lists/partial,archives/partial}
tenon_install_packages g++-aarch64-linux-gnu qemu-user

if [[ ! -e $root/usr/lib/llvm-22/lib/cmake ]]; then
  : > "$place/apt/status"
  # The sources of this system, for the other architecture.
  cat > "$place/apt/apt.conf" << CONF
Dir::State "$place/apt";
Dir::State::status "$place/apt/status";
Dir::Cache "$place/apt";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
CONF
  export APT_CONFIG=$place/apt/apt.conf
  apt-get update -q > "$place/apt/log" 2>&1 || true  # sources without that architecture fail
  apt-get install -y -q --download-only llvm-22-dev liblld-22-dev libc6 libstdc++6 zlib1g-dev libzstd-dev \
    >> "$place/apt/log" 2>&1 || { tail "$place/apt/log"; exit 1; }
  unset APT_CONFIG
  mkdir -p "$root"
  for package in "$place"/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
fi

libraries=$root/usr/lib/aarch64-linux-gnu
cmake -G Ninja -S . -B "$place/build" --toolchain "$PWD/cmake/toolchains/aarch64-linux-gnu.cmake" \
  -DTENON_COMPILER=ON -DTENON_TESTS=OFF -DCMAKE_FIND_ROOT_PATH="$root" \
  -DLLVM_DIR="$root/usr/lib/llvm-22/lib/cmake/llvm" -DLLD_DIR="$root/usr/lib/llvm-22/lib/cmake/lld" \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath-link,$libraries:$root/lib/aarch64-linux-gnu" > "$place/configure.log"
cmake --build "$place/build" -j "${TENON_JOBS:-$(nproc)}" --target tenonc

here=build/bin/tenonc
there=(qemu-aarch64 -L "$root" -E "LD_LIBRARY_PATH=$libraries:$root/lib/aarch64-linux-gnu:$root/usr/lib/llvm-22/lib" "$place/build/bin/tenonc")
wasi_cc examples/wordcount.c -o "$place/wordcount.wasm"
same() {
  "$here" "$@" "$place/wordcount.wasm" -o "$place/here.aot" &&
    "${there[@]}" "$@" "$place/wordcount.wasm" -o "$place/there.aot" && cmp "$place/here.aot" "$place/there.aot"
}
check "the same bytes: x86-64, two levels" same --target=x86_64 --cpu=x86-64-v2 --cpu=x86-64-v4 || :
for target in aarch64 riscv64 armv7; do check "the same bytes: $target" same --target=$target || :; done
finish
