# --target and --cpu take what the lists say and the names that other tools use; what cannot be made is
# refused with a sentence that says what there is.
source "$(dirname "$0")/common.sh"
cat > add.c <<'C'
__attribute__((export_name("round"))) float round_up(float x) { return __builtin_ceilf(x) + __builtin_floorf(x); }
C
wasm_cc add.c -o add.wasm
made() {  # architecture, options
  local architecture=$1
  shift
  "$TENONC" --opt-level=0 --bounds-checks=explicit "$@" add.wasm -o add.aot
  "$TENON" inspect --json add.aot | grep -q "\"architecture\":\"$architecture\"" ||
    { "$TENON" inspect add.aot; fail "not $architecture: $*"; }
}
refused() {  # words, options
  local words=$1
  shift
  ends_with 1 "$TENONC" "$@" add.wasm -o refused.aot
  [ "$(wc -l < error)" = 1 ] && grep -qF -- "$words" error && [ ! -e refused.aot ] ||
    { cat error; fail "no \"$words\": $*"; }
}
for name in x86_64 x86-64 amd64 x86_64-unknown-linux-gnu x86_64-linux-musl; do made x86-64 --target=$name; done
for name in aarch64 aarch64v8.2 arm64 aarch64-linux-gnu; do made aarch64 --target=$name; done
for name in riscv64 riscv64gc-unknown-linux-gnu riscv64_lp64d riscv64-linux-gnu; do made riscv64 --target=$name; done
for name in armv7 armhf thumbv7 armv7l arm-linux-gnueabihf; do made armv7 --target=$name; done
[ "$("$TENONC" --target=help | wc -l)" = 4 ]

refused "generates code for x86_64, aarch64, riscv64, armv7" --target=xtensa
refused "runs on Linux only" --target=aarch64-windows-msvc
refused "of 32-bit ARM there is armv7" --target=arm-linux-gnueabi
refused "is not known for aarch64" --target=aarch64 --cpu=haswell
refused "no rv64gc" --target=riscv64 --cpu=generic-rv32
refused "no x86-64 with SSE2" --target=x86_64 --cpu=i386
refused "not ARMv7-A" --target=armv7 --cpu=cortex-m7
refused "with these features" --target=armv7 --cpu-features=+neon
refused 'feature "+sse9" is not known' --target=x86_64 --cpu-features=+avx,+sse9
refused "LLVM cannot generate this code" --target=riscv64 --cpu-features=+zfinx

# The first and the last CPU that each list names; one list of a machine has no other's.
for target in x86_64 aarch64 riscv64 armv7; do
  "$TENONC" --target=$target --cpu=help | sed -n 's/^  //p' | tr ' ' '\n' > cpus
  for cpu in $(head -n 1 cpus) $(tail -n 1 cpus); do "$TENONC" --target=$target --cpu="$cpu" add.wasm -o add.aot; done
done
! "$TENONC" --target=riscv64 --cpu=help | grep -q haswell

# Rounding has no instruction on the first level of x86-64, and gives the same there.
for cpu in x86-64 x86-64-v2; do
  "$TENONC" --target=x86_64 --cpu=$cpu add.wasm -o add.aot
  case $("$TENON" inspect add.aot) in
    *"the one that is taken"*) [ "$("$TENON" --invoke=round add.aot -2.5)" = -5 ] ;;
  esac
done
