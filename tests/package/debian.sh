#!/usr/bin/env bash
# Installs the Debian package `tenon` in a root that has neither LLVM nor build tools, made by
# debootstrap, and runs a .aot there. Then builds the example in examples/embed against the packages
# libtenon-dev and tenon-compiler, unpacked. Makes the packages with cmake/make_packages.sh.
#
# The last line counts: N passed, N failed, N skipped. TENON_DEBIAN_ROOT names a root to use (it is
# changed) or to make; without it one is made and removed again.
set -uo pipefail
source "$(dirname "$0")/common.sh"

root=${TENON_DEBIAN_ROOT:-$work/root}
check "packages are made" bash cmake/make_packages.sh || finish
packages=$PWD/build-package/packages
check "tenon depends on Debian's libraries alone" bash -c \
  "! dpkg-deb -f '$packages'/tenon_*.deb Depends | tr ',' '\n' | grep -vE '^ *(libc6|libstdc\+\+6|libgcc-s1) '"

mkdir -p "$work/unpacked"
for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done
embeds() {
  build=$work/example-embed
  example embed -DCMAKE_PREFIX_PATH="$work/unpacked/usr" && runs
}
check "a project builds with the packages" embeds

wasi_cc examples/wordcount.c -o "$work/wordcount.wasm" &&
  "$work/unpacked/usr/bin/tenonc" "$work/wordcount.wasm" -o "$work/wordcount.aot"

if ((EUID != 0)); then
  skip "the package in a root of its own: debootstrap needs root's rights; to have it: sudo tests/package/debian.sh"
  finish
fi
if [[ ! -x $root/usr/bin/dpkg ]]; then
  if ! tenon_install_packages debootstrap > "$work/output" 2>&1 ||
    ! debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian > "$work/output" 2>&1; then
    skip "the package in a root of its own: debootstrap cannot make one here: $(tail -n 1 "$work/output")"
    finish
  fi
fi
cp "$packages"/tenon_*.deb "$work/wordcount.aot" README.md "$root/root/"
# dpkg refuses what has unmet dependencies, so that it installs says that Debian has them all.
check "it installs with its dependencies" chroot "$root" sh -c \
  'dpkg -i /root/tenon_*.deb || { apt-get update && apt-get install -y -f --no-install-recommends; } && dpkg -s tenon | grep -q "install ok installed"'
check "there is no LLVM and no compiler" bash -c \
  "! find '$root/usr/bin' '$root/usr/lib' -name 'libLLVM*' -o -name cc1 -o -name gcc -o -name as -o -name 'clang*' | grep ."
check "a .aot runs" bash -c "[[ \$(chroot '$root' tenon --dir=/root /root/wordcount.aot /root/README.md | head -n 1) == *words* ]]"
check "its manual page is there" test -s "$root/usr/share/man/man1/tenon.1"
check "it can be removed" chroot "$root" sh -c 'dpkg -r tenon && ! command -v tenon'
finish
