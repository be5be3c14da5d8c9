# Installs those of the given Debian packages that are missing. Sourced by the set-up scripts.
install_missing_packages() {
  missing=
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  echo "installing:$missing"
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -q
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}

install_build_packages() {
  install_missing_packages g++ cmake ninja-build ccache llvm-22-dev liblld-22-dev zlib1g-dev \
    libzstd-dev libboost-dev libcli11-dev
}

install_test_packages() {
  install_missing_packages doctest-dev nlohmann-json3-dev python3 clang-22 lld-22 wasi-libc \
    libclang-rt-22-dev-wasm32
}
