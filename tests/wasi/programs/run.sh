#!/usr/bin/env bash
# Runs real programs, as their makers' compilers and packages have them, and checks what they print.
#
#   run.sh [--fetch] [--large] [DIRECTORY]      default: $TENON_WASI_PROGRAMS, or wasi-programs beside the checkout
#
# DIRECTORY has npm packages (node_modules/…) that the programs come from or are compiled with;
# --fetch installs them there. --large adds the modules of 20 MB and more, which take minutes to
# compile. What is needed and not there is named as skipped. Uses $TENONC and $TENON
# as the end-to-end tests do; $RUSTC is a Rust compiler with a WASI target ($RUST_FLAGS: more options),
# $RUSTC_THREADS one with wasm32-wasip1-threads, if that is another ($RUST_THREADS_FLAGS),
# $TENON_WASI_THREADS_SYSROOT a wasi-libc built for wasm32-wasip1-threads, beside the checkout
# otherwise (wasi-threads-sysroot), with libc++ for threads in include/c++/v1 if it has that.
# The last line is: N passed, N failed, N skipped.
set -u
here=$(cd "$(dirname "$0")" && pwd)
fetch=no large=no
while [[ ${1:-} == --* ]]; do
  case $1 in
    --fetch) fetch=yes ;;
    --large) large=yes ;;
    *) echo "unknown option $1"; exit 2 ;;
  esac
  shift
done
directory=${1:-${TENON_WASI_PROGRAMS:-$here/../../../../wasi-programs}}
packages=$directory/node_modules
TENONC=${TENONC:-tenonc} TENON=${TENON:-tenon}
if [[ $fetch == yes ]]; then
  mkdir -p "$directory"
  npm install --silent --no-audit --no-fund --prefix "$directory" \
    assemblyscript @yowasp/clang @yowasp/yosys @esbuild/wasi-preview1 @ruby/3.3-wasm-wasi || exit 1
fi

source "$here/../../counting.sh"
cd "$work" || exit 1
to_fetch="to have it: tests/wasi/programs/run.sh --fetch DIRECTORY, and TENON_WASI_PROGRAMS=DIRECTORY"
# NAME, expected status, expected output (a file), then the command.
check_program() {
  local name=$1 expected=$2 output=$3 status=0
  shift 3
  timeout 300 "$@" > actual 2> errors < /dev/null || status=$?
  if [[ $status != "$expected" ]]; then
    fail "$name: status $status, not $expected: $(tail -n 3 errors)"
  elif ! diff "$output" actual > difference; then
    fail "$name: the output differs: $(head -n 5 difference)"
  else
    ok "$name"
  fi
}
# NAME, then the command that builds its module.
build() { "${@:2}" 2> errors || { fail "$1: does not build: $(head -n 3 errors)"; return 1; }; }
compile() { nice "$TENONC" "${@:3}" "$1" -o "$2" 2> errors || { fail "$2: does not compile: $(head -n 2 errors)"; return 1; }; }

# C++, the standard library with its file systems and streams: the same as natively.
sysroot=$packages/@yowasp/clang/gen/llvm-resources.tar
if [[ ! -f $sysroot ]]; then
  skip "C++: no package @yowasp/clang, whose C++ library has files; $to_fetch"
else
  mkdir sysroot data
  tar xf "$sysroot" -C sysroot
  if g++ -std=c++20 -O1 "$here/files.cpp" -o native && build "C++" clang++-22 --no-wasm-opt --target=wasm32-wasip1 --sysroot=sysroot \
      -resource-dir "$(clang-22 -print-resource-dir)" -O2 -fno-exceptions -std=c++20 "$here/files.cpp" -o cpp.wasm &&
      compile cpp.wasm cpp.aot --opt-level=1; then
    ./native > expected
    check_program "C++: files, directories, time, random numbers" 3 expected "$TENON" --dir=data cpp.aot
  fi
fi

# POSIX threads and std::thread, on wasi-threads.
threads=${TENON_WASI_THREADS_SYSROOT:-$here/../../../../wasi-threads-sysroot}
threads_cc=(--no-wasm-opt --target=wasm32-wasip1-threads --sysroot="$threads" -resource-dir "$(clang-22 -print-resource-dir)" -pthread -O2
  -Wl,--import-memory,--export-memory,--max-memory=67108864)
if [[ ! -f $threads/lib/wasm32-wasip1-threads/libc.a ]]; then
  skip "threads: no \$TENON_WASI_THREADS_SYSROOT; to have it: share/wasi-sysroot of a wasi-sdk, or wasi-libc built with THREAD_MODEL=posix"
else
  mkdir -p data
  if build "C: POSIX threads" clang-22 "${threads_cc[@]}" "$here/threads.c" -o threads.wasm && compile threads.wasm threads.aot --opt-level=1; then
    printf 'sums 560000 560000 560000\nturns 200\njoined 300\ntimed wait timed out\n' > expected
    check_program "C: POSIX threads" 6 expected "$TENON" --dir=data threads.aot
    : > nothing
    check_program "C: a thread exits while others run and wait" 33 nothing "$TENON" --dir=data threads.aot exit busy wait system
    check_program "C: a thread traps while others run and wait" 134 nothing "$TENON" --dir=data threads.aot trap system wait busy
    check_program "C: main returns while others run and wait" 34 nothing "$TENON" --dir=data threads.aot return wait busy system
  fi
  cxx_libraries=(-lc++)
  [[ ! -f $threads/lib/wasm32-wasip1-threads/libc++abi.a ]] || cxx_libraries+=(-lc++abi)
  if [[ ! -f $threads/include/c++/v1/thread ]]; then
    skip "std::thread: no libc++ in the sysroot; to have it: share/wasi-sysroot of a wasi-sdk"
  elif build "std::thread" clang++-22 "${threads_cc[@]}" -std=c++20 -fno-exceptions -nostdinc++ \
      -isystem "$threads/include/c++/v1" "$here/threads.cpp" -nostdlib++ "${cxx_libraries[@]}" -o threads_cpp.wasm &&
      compile threads_cpp.wasm threads_cpp.aot --opt-level=1; then
    g++ -std=c++20 -O1 "$here/threads.cpp" -lpthread -o threads_native && ./threads_native > expected
    check_program "C++: std::thread, futures, condition variables" 8 expected "$TENON" --dir=data threads_cpp.aot
  fi
fi

# Rust, likewise. The expected output is at the end of files.rs.
rustc=${RUSTC:-rustc}
target=
for name in wasm32-wasip1 wasm32-wasi; do
  libraries=$($rustc ${RUST_FLAGS:-} --print target-libdir --target $name 2> /dev/null) &&
    compgen -G "$libraries/libstd-*.rlib" > /dev/null && target=$name && break
done
if [[ -z $target ]]; then
  skip "Rust: no \$RUSTC with a WASI target; to have it: apt-get install rustc libstd-rust-dev-wasm32"
elif build "Rust" $rustc ${RUST_FLAGS:-} --target $target -O "$here/files.rs" -o rust.wasm && compile rust.wasm rust.aot --opt-level=1; then
  mkdir -p data
  sed -n 's|^// > ||p' "$here/files.rs" > expected
  check_program "Rust: files, directories, time, collections" 4 expected "$TENON" --dir=data --env=HOME=/home rust.aot a "b c"
fi

# Rust's threads.
rustc=${RUSTC_THREADS:-${RUSTC:-rustc}}
target=wasm32-wasip1-threads
libraries=$($rustc ${RUST_THREADS_FLAGS:-} --print target-libdir --target $target 2> /dev/null)
if ! compgen -G "$libraries/libstd*.rlib" > /dev/null; then
  skip "Rust threads: no \$RUSTC_THREADS with the target $target; to have it: rustup target add $target"
elif build "Rust threads" $rustc ${RUST_THREADS_FLAGS:-} --edition 2021 --target $target -O "$here/threads.rs" \
    -o rust_threads.wasm &&
    compile rust_threads.wasm rust_threads.aot --opt-level=1; then
  mkdir -p data
  sed -n 's|^// > ||p' "$here/threads.rs" > expected
  check_program "Rust: threads, channels, locks, files" 9 expected "$TENON" --dir=data rust_threads.aot
fi

# AssemblyScript on bare WASI.
if [[ ! -f $packages/assemblyscript/bin/asc.js ]]; then
  skip "AssemblyScript: no package assemblyscript; $to_fetch"
else
  cp "$here/files.ts" .
  mkdir -p data
  if build "AssemblyScript" node "$packages/assemblyscript/bin/asc.js" files.ts -O -o as.wasm --use abort=files/abort && compile as.wasm as.aot; then
    printf 'one=1\nthree=3\ntwo=2\ncircle 12.566370614359173\n' > expected
    check_program "AssemblyScript: a file, maps, strings" 5 expected "$TENON" --dir=data as.aot
    head -n 3 expected | cmp -s - data/as.txt || fail "AssemblyScript: data/as.txt is wrong"
  fi
fi

if [[ $large == no ]]; then
  skip "large programs: they take minutes; to have them: tests/wasi/programs/run.sh --large DIRECTORY"
else
  flags=(--opt-level=1 --bounds-checks=guard)
  # Go (GOOS=wasip1): esbuild bundles a program.
  esbuild=$packages/@esbuild/wasi-preview1/esbuild.wasm
  if [[ ! -f $esbuild ]]; then
    skip "Go: no package @esbuild/wasi-preview1; $to_fetch"
  elif compile "$esbuild" esbuild.aot "${flags[@]}"; then
    mkdir bundle
    printf 'import {twice} from "./b"\nconst text: string = `n=${twice(21)}`\nconsole.log(text)\n' > bundle/a.ts
    echo 'export function twice(x: number): number { return x * 2 }' > bundle/b.ts
    : > expected
    check_program "Go: esbuild bundles" 0 expected "$TENON" --dir=bundle::/ --env=PWD=/ esbuild.aot /a.ts --bundle --log-level=error --outfile=/out.js
    [[ $(node bundle/out.js) == n=42 ]] || fail "Go: esbuild: the bundle prints $(node bundle/out.js)"
  fi

  # Yosys synthesises a counter, whose cells are counted.
  yosys=$packages/@yowasp/yosys/gen
  if [[ ! -f $yosys/yosys.core.wasm ]]; then
    skip "Yosys: no package @yowasp/yosys; $to_fetch"
  elif compile "$yosys/yosys.core.wasm" yosys.aot "${flags[@]}"; then
    mkdir -p yosys/tmp
    node --input-type=module -e '
      import fs from "fs"
      const {filesystem} = await import(process.argv[1])
      const write = (tree, at) => {
        for (const [name, entry] of Object.entries(tree)) {
          if (typeof entry === "string" || entry instanceof Uint8Array) fs.writeFileSync(`${at}/${name}`, entry)
          else if (entry instanceof URL) fs.copyFileSync(entry, `${at}/${name}`)
          else { fs.mkdirSync(`${at}/${name}`, {recursive: true}); write(entry, `${at}/${name}`) }
        }
      }
      write(filesystem, "yosys")' "$yosys/resources-yosys.js"
    cp "$here/counter.v" yosys
    : > expected
    check_program "Yosys: synthesises" 0 expected "$TENON" --stack-size=33554432 --dir=yosys::/ yosys.aot -q \
      -p "read_verilog /counter.v; synth -top counter; abc -g AND,XOR; write_json /out.json; write_verilog -noattr /out.v"
    cells=$(grep -c '"type": "\$_' yosys/out.json)
    flops=$(grep -c '"type": "\$_SDFF' yosys/out.json)
    [[ $flops == 8 && $cells -gt 16 && $cells -lt 60 ]] || fail "Yosys: $cells cells, $flops of them flip-flops"
  fi

  # CRuby runs a script, in a host that is written against wasm_export.h.
  ruby=$packages/@ruby/3.3-wasm-wasi/dist/ruby+stdlib.wasm
  build=$(dirname "$(dirname "$TENON")")
  if [[ ! -f $ruby ]]; then
    skip "Ruby: no package @ruby/3.3-wasm-wasi; $to_fetch"
  elif compile "$ruby" ruby.aot "${flags[@]}"; then
    mkdir ruby
    libraries=("$build"/lib/libtenon.a)
    sed -n 's|^# > ||p' "$here/script.rb" > expected
    clang-22 -O1 -I"$here/../../.." "$here/ruby_host.c" "${libraries[@]}" -lstdc++ -lpthread -lm -o ruby_host &&
      check_program "CRuby: a script with files, JSON, exceptions, fibers" 0 expected ./ruby_host ruby.aot "$here/script.rb" ruby
  fi
fi
finish
