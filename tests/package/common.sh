# What the tests of Tenon in other projects share, sourced by them: counting.sh, the top of the checkout as current
# directory, and small projects that are configured, built and run in $build. Uses the build in $TENON_BUILD (default:
# build).
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
source cmake/packages.sh
source tests/counting.sh
top=$PWD
tenon_build=$(cd "${TENON_BUILD:-build}" && pwd) || exit 1

# Installs into a prefix that is then moved: $prefix.
install_tenon() {
  check "install" cmake --install "$tenon_build" --prefix "$work/first" || finish
  mv "$work/first" "$work/prefix"
  prefix=$work/prefix
}

make() { cmake --build "$build" -j "$jobs"; }
runs() { [[ $("$@" "$build/host" 50) == "fibonacci: 12586269025" ]]; }

# The project in consumer/, and a module for it.
make_plain_wasm() { mkdir -p "$build" && wasm_cc examples/cpp_host/gcd.c -o "$build/plain.wasm"; }
configure() { make_plain_wasm && cmake -S tests/package/consumer -B "$build" -DTENON_SOURCE="$top" "$@"; }

# One of examples/, a project of its own: name, options of cmake.
example() {
  cmake -G Ninja -S "examples/$1" -B "$work/example-$1" "${@:2}" && cmake --build "$work/example-$1" -j "$jobs"
}
prints() {  # expected first line, a command
  local line
  line=$("${@:2}" | head -n 1)
  [[ $line == "$1" ]] || { echo "printed: $line"; return 1; }
}
