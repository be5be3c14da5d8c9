# How the tests compile C to WebAssembly. Sourced by them.
#
# clang runs a wasm-opt that happens to be on the PATH on what -O2 links, and one that is older than clang's features
# fails: hence --no-wasm-opt.

# A program of WASI.
wasi_cc() { clang-22 --target=wasm32-wasi -Wno-deprecated -O2 --no-wasm-opt "$@"; }

# A module without a C library; what it exports, it says itself.
wasm_cc() { clang-22 --target=wasm32 -O2 --no-wasm-opt -nostdlib -Wl,--no-entry "$@"; }
