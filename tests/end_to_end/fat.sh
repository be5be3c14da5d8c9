# One .aot for several machines: the loader takes what fits, inspect says so, --thin takes parts out
# that equal what compiling for them alone gives.
source "$(dirname "$0")/common.sh"
cat > sum.c <<'C'
#include <stdio.h>
static double values[1000];
int main(void) {
  double sum = 0;
  for (int i = 0; i < 1000; ++i) values[i] = i * 0.5;
  for (int i = 0; i < 1000; ++i) sum += values[i];
  printf("%g\n", sum);
}
C
wasi_cc sum.c -o sum.wasm
expect() { # text, command...
  text=$1
  shift
  "$@" > output 2>&1 || true
  grep -qF -- "$text" output || { cat output; fail "no \"$text\" from: $*"; }
}
"$TENONC" --target=x86_64 --cpu=x86-64-v2 --cpu=x86-64-v4 --target=aarch64 --target=riscv64 \
  sum.wasm -o fat.aot
expect 249750 "$TENON" fat.aot
expect "the one that is taken" "$TENON" inspect fat.aot
expect "not for this machine, which is $("$TENON" inspect fat.aot | sed -n 's/.*which is //p' | head -n 1)" \
  "$TENON" inspect fat.aot
"$TENON" inspect --json fat.aot > inspect.json
[ "$(grep -o '"on_this_machine"' inspect.json | wc -l)" = 8 ]

# The parts that do not differ are there once: four targets cost less than four files.
for target in "x86_64 --cpu=x86-64-v2" "x86_64 --cpu=x86-64-v4" aarch64 riscv64; do
  "$TENONC" --target=$target sum.wasm -o single.aot
  "$TENONC" --thin --target=$target fat.aot -o thin.aot
  cmp single.aot thin.aot
done
"$TENONC" --thin --target=aarch64 --bounds-checks=explicit fat.aot -o thin.aot
"$TENONC" --target=aarch64 --bounds-checks=explicit sum.wasm -o single.aot
cmp single.aot thin.aot
"$TENONC" --thin fat.aot -o same.aot
cmp fat.aot same.aot

# Mistakes get a sentence.
expect "has no such variant" "$TENONC" --thin --target=aarch64 --cpu=cortex-a53 fat.aot -o thin.aot
expect "is asked for twice" "$TENONC" --target=aarch64 --target=arm64 sum.wasm -o fat.aot
expect "is not known for riscv64" "$TENONC" --target=riscv64 --cpu=haswell sum.wasm -o fat.aot
"$TENONC" --target=aarch64 --target=riscv64 sum.wasm -o others.aot
case $("$TENON" inspect others.aot) in
  *"the one that is taken"*) ;;
  *) expect "has code for aarch64 (generic), riscv64 (generic-rv64), this host is" "$TENON" others.aot ;;
esac
