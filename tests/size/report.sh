#!/usr/bin/env bash
# Prints the sizes of the stripped loader, as library and as program, for each machine, with and
# without WASI: a table in Markdown.
#
#   tests/size/report.sh [MACHINE...]      x86_64, aarch64, riscv64, armv7; default: all
#
# Built as released (Release) and for size (MinSizeRel), in build-size-*. "text" is code and constants;
# the program carries the C++ library's parts that it uses.
set -euo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh

machines=("$@")
((${#machines[@]})) || machines=(x86_64 aarch64 riscv64 armv7)
jobs=${TENON_JOBS:-$(nproc)}

kilobytes() { awk -v bytes="$1" 'BEGIN { printf "%d KB", (bytes + 512) / 1024 }'; }
text_size() { "${prefix}size" "$1" | awk 'NR == 2 { print $1 }'; }

echo "| machine | build | WASI | libtenon.so | of it text | tenon | of it text |"
echo "|---|---|---|---|---|---|---|"
for machine in "${machines[@]}"; do
  case $machine in
    "$(uname -m)") triple= ;;
    aarch64 | riscv64 | x86_64) triple=$machine-linux-gnu ;;
    armv7) triple=arm-linux-gnueabihf ;;
    *) echo "report.sh: unknown machine $machine" >&2; exit 2 ;;
  esac
  options=() prefix=
  if [[ -n $triple ]]; then
    if ! tenon_install_packages "g++-$triple" > /dev/null 2>&1; then
      echo "report.sh: $machine left out: g++-$triple is missing and cannot be installed" >&2
      continue
    fi
    options=(--toolchain "$PWD/cmake/toolchains/$triple.cmake") prefix=$triple-
  fi
  for build in Release MinSizeRel; do
    for wasi in ON OFF; do
      directory=build-size-$machine-$build-$wasi
      cmake -G Ninja -S . -B "$directory" -DCMAKE_BUILD_TYPE=$build -DTENON_COMPILER=OFF -DTENON_TESTS=OFF \
        -DTENON_WASI=$wasi "${options[@]}" > /dev/null
      cmake --build "$directory" -j "$jobs" --target tenon tenon_shared > /dev/null
      "${prefix}strip" -o "$directory/library" "$directory/lib/libtenon.so"
      "${prefix}strip" -o "$directory/program" "$directory/bin/tenon"
      echo "| $machine | $build | $([[ $wasi == ON ]] && echo with || echo without) |" \
        "$(kilobytes "$(stat -c %s "$directory/library")") | $(kilobytes "$(text_size "$directory/library")") |" \
        "$(kilobytes "$(stat -c %s "$directory/program")") | $(kilobytes "$(text_size "$directory/program")") |"
    done
  done
done
