#!/usr/bin/env bash
# Across machines: the compiler from this machine's package, the loader from the target's.
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
source "$(dirname "$0")/common.sh"
install_tenon

if tenon_install_packages g++-aarch64-linux-gnu qemu-user > "$work/output" 2>&1; then
  cross=(--toolchain "$top/cmake/toolchains/aarch64-linux-gnu.cmake" -G Ninja)
  build=$work/cross
  check "cross: configure and build the loader" bash -c "cmake --preset aarch64 && cmake --build --preset aarch64 -j $jobs"
  check "cross: install" cmake --install build-aarch64 --prefix "$work/target"
  configure_with_compiler_on_path() { PATH=$prefix/bin:$PATH configure "${cross[@]}" -DCMAKE_PREFIX_PATH="$work/target"; }
  check "cross: configure" configure_with_compiler_on_path &&
    check "cross: build" make && check "cross: run" runs qemu-aarch64 -L /usr/aarch64-linux-gnu
  build=$work/wrong
  refuses_wrong_loader() {
    ! configure "${cross[@]}" -DCMAKE_PREFIX_PATH="$prefix" -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc" \
      > "$work/refusal" 2>&1 && tr -s '\n ' ' ' < "$work/refusal" | grep "is for x86_64, not for aarch64" > /dev/null
  }
  if [[ $(uname -m) == x86_64 ]]; then
    check "cross: this machine's loader is refused" refuses_wrong_loader
  fi
  check "examples/embed, cross-built: build" example embed -DCMAKE_PREFIX_PATH="$work/target" \
    -DTENON_COMPILER_EXECUTABLE="$prefix/bin/tenonc" --toolchain "$top/cmake/toolchains/aarch64-linux-gnu.cmake"
  check "examples/embed, cross-built: run" prints "fibonacci: 55" \
    qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/example-embed/host" 10
else
  skip "cross builds of consumers: g++-aarch64-linux-gnu or qemu-user is missing and cannot be installed"
fi
finish
