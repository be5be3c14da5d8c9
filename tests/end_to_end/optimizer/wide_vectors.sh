# Loops of 128-bit vectors use the processor's wider ones, with the same results: random loops over arrays that
# overlap at times, and traps. tests/fuzz/vector_loops.py makes more of them.
source "$(dirname "$0")/../common.sh"
for seed in 1 21; do
  python3 "$(dirname "$0")/../../fuzz/vector_loops.py" $seed 60 > loops.c
  wasi_cc -msimd128 loops.c -o loops.wasm
  "$TENONC" --opt-level=0 --bounds-checks=guard loops.wasm -o loops.aot
  "$TENON" loops.aot > expected
  [ "$(wc -l < expected)" = 60 ]
  every_way prints_expected_in_each_mode loops.wasm "--opt-level=2|--opt-level=3" --cpu=native
done
cat > filter.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <wasm_simd128.h>
#define KEEP __attribute__((noinline))
static uint8_t from[4096], to[4096];
static volatile unsigned zero;
KEEP static void invert(uint8_t* out, const uint8_t* in, unsigned vectors) {
  for (unsigned i = 0; i < vectors; ++i)
    wasm_v128_store(out + i * 16, wasm_u8x16_sub_sat(wasm_i8x16_splat(-1), wasm_v128_load(in + i * 16)));
}
// The number of vectors is odd, and of all that each sum adds some is in each part of a wider vector.
KEEP static v128_t sum(const uint8_t* in, unsigned vectors) {
  v128_t result = wasm_i32x4_const(1, 2, 3, 4);
  for (unsigned i = 0; i < vectors; ++i)
    result = wasm_i32x4_add(result, wasm_i32x4_mul(wasm_v128_load(in + i * 16), wasm_i32x4_splat(3)));
  return result;
}
int main(int count, char** arguments) {
  (void)arguments;
  for (unsigned i = 0; i < sizeof from; ++i) from[i] = (uint8_t)(i * 7 + i / 256);
  invert(to + zero, from + zero, 255 + zero);
  unsigned hash = 0;
  for (unsigned i = 0; i < sizeof to; ++i) hash = hash * 31 + to[i];
  v128_t total = sum(to + zero, 253 + zero);
  printf("%u %d %d\n", hash, wasm_i32x4_extract_lane(total, 0), wasm_i32x4_extract_lane(total, 3));
  // Into itself, so that one vector becomes the next one.
  invert(from + 16 + zero, from + zero, 200 + zero);
  for (unsigned i = 0; i < sizeof from; ++i) hash = hash * 31 + from[i];
  printf("%u\n", hash);
  fflush(stdout);
  // Beyond the end of memory.
  uint8_t* end = (uint8_t*)(__builtin_wasm_memory_size(0) * 65536);
  if (count > 1) invert(to + zero, end - 160 + zero, 11 + zero);
  return 0;
}
C
wasi_cc -msimd128 filter.c -o filter.wasm
"$TENONC" --opt-level=0 filter.wasm -o filter.aot
"$TENON" filter.aot > expected
for mode in $modes; do
  "$TENONC" --bounds-checks=$mode --cpu=native filter.wasm -o filter.aot
  prints_expected filter.aot
  traps "out of bounds memory access" "$TENON" filter.aot trap
  cmp expected output
  # Whatever machine this is, the code for one with wider vectors uses them.
  "$TENONC" --target=x86_64 --cpu=x86-64-v4 --bounds-checks=$mode filter.wasm -o wide.aot
  objdump -D -b binary -m i386:x86-64 wide.aot > code
  grep -q 'vpsubusb.*ymm\|vpxor[qd]* .*ymm\|vpternlog.*ymm' code || fail "no wide vectors, $mode"
  grep -q 'vpmul.*ymm\|vpadd.*ymm' code || fail "no wide sum, $mode"
done
