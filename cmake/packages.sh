# The Debian packages that building and testing need, and a function that installs what is missing.
# Sourced by the quick start, tests/run.sh and .ci/run.

tenon_packages=(
  g++ cmake ninja-build make ccache python3 pkg-config
  llvm-22-dev liblld-22-dev llvm-22 llvm-22-tools clang-22 lld-22
  wasi-libc libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32 libc++abi-22-dev-wasm32
  doctest-dev libcli11-dev nlohmann-json3-dev libboost-dev zlib1g-dev libzstd-dev libjemalloc-dev
)

# Installs the given packages that are missing. Fails with a message if it cannot.
tenon_install_packages() {
  command -v dpkg-query > /dev/null || return 0  # not Debian: if a package is missing, the build says so
  local package missing=() as_root=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${Status}' "$package" 2> /dev/null) == *"ok installed" ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || as_root=(sudo)
  echo "Installing ${missing[*]}"
  if ! { "${as_root[@]}" apt-get update -q &&
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; }; then
    echo "Could not install: ${missing[*]}. LLVM 22 must be among the system's package sources." >&2
    return 1
  fi
}
