#!/usr/bin/env bash
# Prints the sizes of the stripped loader, as library and as program, for each machine, with and
# without WASI: a table in Markdown.
#
#   tests/size/report.sh [MACHINE...]      x86_64, aarch64, riscv64, armv7; default: all
#
# Built as released, and as the preset "minimal" is (with WASI and without), in build-size-*. "text" is what `size`
# calls so: code, constants and tables. "tenon, text" is of the program that finds libstdc++.so and libc.so on the
# target, and so is Tenon's own; "all in one" brings the C++ library's parts that it uses (Release: the C library's
# too, where the machine can link so).
set -euo pipefail
cd "$(dirname "$0")/../.."
source cmake/packages.sh

machines=("$@")
((${#machines[@]})) || machines=(x86_64 aarch64 riscv64 armv7)
jobs=${TENON_JOBS:-$(nproc)}

kilobytes() { awk '{ printf "%.0f KB", $1 / 1000 }'; }
file_size() { stat -c %s "$1" | kilobytes; }
text_size() { "${prefix}size" "$1" | awk 'NR == 2 { print $1 }' | kilobytes; }

echo "| machine | build | WASI | libtenon.so | its text | tenon, text | tenon, all in one | its text |"
echo "|---|---|---|---|---|---|---|---|"
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
  for build in Release minimal; do
    for wasi in ON OFF; do
      directory=build-size-$machine-$build-$wasi
      configure=(cmake -G Ninja -S . -B "$directory" -DTENON_COMPILER=OFF -DTENON_TESTS=OFF -DTENON_WASI=$wasi
                 "${options[@]}")
      if [[ $build == minimal ]]; then
        configure+=(-DCMAKE_BUILD_TYPE=MinSizeRel -DTENON_INSPECT=OFF -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON)
      else
        configure+=(-DCMAKE_BUILD_TYPE=Release)
      fi
      for static in OFF ON; do
        "${configure[@]}" -DTENON_STATIC_CXX=$static > /dev/null
        cmake --build "$directory" -j "$jobs" --target tenon tenon_shared > /dev/null
        "${prefix}strip" -o "$directory/program-$static" "$directory/bin/tenon"
      done
      "${prefix}strip" -o "$directory/library" "$directory/lib/libtenon.so"
      echo "| $machine | $build | $([[ $wasi == ON ]] && echo with || echo without) |" \
        "$(file_size "$directory/library") | $(text_size "$directory/library") |" \
        "$(text_size "$directory/program-OFF") |" \
        "$(file_size "$directory/program-ON") | $(text_size "$directory/program-ON") |"
    done
  done
done
