#!/usr/bin/env bash
# Makes the Debian packages tenon, libtenon-dev and tenon-compiler in build-package/packages, or for
# another machine (no compiler then) in build-package-MACHINE/packages:
#
#   cmake/make_packages.sh [aarch64 | riscv64 | armv7]
set -euo pipefail
cd "$(dirname "$0")/.."

machine=${1:-}
directory=build-package${machine:+-$machine}
options=(-DCMAKE_INSTALL_PREFIX=/usr -DTENON_TESTS=OFF -DTENON_WARNINGS=OFF -DCMAKE_BUILD_TYPE=Release)
case $machine in
  "") ;;
  aarch64 | riscv64) triple=$machine-linux-gnu ;;
  armv7) triple=arm-linux-gnueabihf ;;
  *) echo "make_packages.sh: unknown machine $machine" >&2; exit 2 ;;
esac
if [[ -n $machine ]]; then
  options+=(--toolchain "$PWD/cmake/toolchains/$triple.cmake" "-DCMAKE_INSTALL_LIBDIR=lib/$triple")
fi
cmake -G Ninja -S . -B "$directory" "${options[@]}" > /dev/null
cmake --build "$directory" -j "${TENON_JOBS:-$(nproc)}"
rm -rf "$directory/packages"
(cd "$directory" && cpack -G DEB > cpack.log) || { cat "$directory/cpack.log" >&2; exit 1; }
rm -rf "$directory/packages/_CPack_Packages"
ls -l "$directory"/packages/*.deb
