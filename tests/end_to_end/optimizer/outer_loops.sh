# Loops round loops that stride through memory are done several iterations at once, with the same results: random
# nests over arrays that overlap, addresses that wrap, and traps. tests/fuzz/loop_nests.py makes more of them.
source "$(dirname "$0")/../common.sh"
for seed in 1 2; do
  python3 "$(dirname "$0")/../../fuzz/loop_nests.py" $seed 25 > nests.c
  simd=; [ $seed = 1 ] || simd=-msimd128
  wasi_cc $simd nests.c -o nests.wasm
  "$TENONC" --opt-level=0 --bounds-checks=guard nests.wasm -o nests.aot
  "$TENON" nests.aot > expected
  [ "$(wc -l < expected)" = 25 ]
  every_way prints_expected_in_each_mode nests.wasm "--opt-level=2|--opt-level=3|--opt-level=2 --cpu=native"
done
cat > matrices.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#define KEEP __attribute__((noinline))
KEEP static void multiply(double* c, const double* a, const double* b, unsigned n, unsigned first) {
  for (unsigned i = 0; i < n; ++i)
    for (unsigned j = first; j < first + n; ++j) {
      c[i * n + j] = 0;
      for (unsigned k = 0; k < n; ++k) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
}
KEEP static void symmetric(double* c, const double* a, unsigned n) {
  for (unsigned i = 0; i < n; ++i)
    for (unsigned j = i; j < n; ++j) {
      double sum = 0;
      for (unsigned k = 0; k < n; ++k) sum += a[k * n + i] * a[k * n + j];
      c[i * n + j] = sum;
      c[j * n + i] = sum;
    }
}
KEEP static double sum(const double* x, unsigned n) {
  double result = 0;
  for (unsigned i = 0; i < n; ++i) result += x[i] * (i % 7 + 1);
  return result;
}
static double a[100 * 100], b[100 * 100], c[100 * 100];
int main(int count, char** arguments) {
  for (unsigned i = 0; i < 10000; ++i) a[i] = i % 31 - 7.5, b[i] = i % 17 * 0.5 - 3;
  if (count > 1) {
    // The last rows of b lie behind the end of memory.
    multiply(c, a, (double*)(__builtin_wasm_memory_size(0) * 65536 - 100 * 60 * 8), 100, 0);
    puts("no trap");
    return 0;
  }
  volatile unsigned far = 0x80000000u;
  multiply(c, a, b, 100, 0);
  printf("%.3f\n", sum(c, 10000));
  // Columns begin half of the address space after the arrays: the sum of both wraps.
  multiply((double*)((uintptr_t)c + far), a, (double*)((uintptr_t)b + far), 100, (0 - far) / 8);
  printf("%.3f\n", sum(c, 10000));
  symmetric(c, a, 100);
  printf("%.3f\n", sum(c, 10000));
  // In place: each result changes what the next ones are made from.
  multiply(a, a, b, 20, 0);
  symmetric(a, a, 90);
  printf("%.3f\n", sum(a, 8100));
  return 0;
}
C
wasi_cc matrices.c -o matrices.wasm
"$TENONC" --opt-level=0 matrices.wasm -o matrices.aot
"$TENON" matrices.aot > expected
[ "$(sed -n 1p expected)" = "$(sed -n 2p expected)" ]
multiplies() {
  prints_expected_in_each_mode "$1"
  for mode in $modes; do
    traps "out of bounds memory access" "$TENON" --bounds-checks=$mode "$1" off
  done
}
every_way multiplies matrices.wasm "--opt-level=0|--opt-level=2|--opt-level=3"
# The loops of both functions were taken in groups, or all this shows nothing.
"$TENONC" --format=llvmir --bounds-checks=guard --target=x86_64-linux --cpu=x86-64-v3 matrices.wasm -o matrices.ll
[ "$(grep -c 'store <16 x double>' matrices.ll)" -ge 2 ] || fail "no loop was vectorised"
# What the inner loop leaves in the last iteration is used after the nest, and some before it.
cat > leftover.c <<'C'
#include <stdio.h>
static float b[80 * 100], c[80], out[100];
__attribute__((noinline)) static float up(const float* b, const float* c, float* out, int n, int m) {
  float s;
  int j = 0;
  do {
    int k = 0;
    s = 0;
    do s += b[k * 100 + j] * c[k]; while (++k != m);
    out[j] = s;
  } while (++j != n);
  return s;
}
__attribute__((noinline)) static float down(const float* b, const float* c, float* out, int m) {
  float s, t;
  int j = 0;
  do {
    int k = m;
    s = t = 0;
    do { --k; t = s; s += b[k * 100 + j] * c[k]; } while (k);
    out[j] = s + t;
  } while (++j != 64);
  return s - t * 0.5f;
}
int main(void) {
  for (int i = 0; i < 8000; ++i) b[i] = i % 97;
  for (int i = 0; i < 80; ++i) c[i] = i * 2 + 1;
  for (int n = 1; n <= 100; n += 9)
    for (int m = 1; m <= 80; m += 13) {
      float s = up(b, c, out, n, m);
      printf("%d %g %g\n", s == out[n - 1], s, down(b, c, out, m));
    }
  return 0;
}
C
clang-22 -O0 -ffp-contract=off leftover.c -o native
./native > expected
for optimization in -Os -O3; do
  wasi_cc $optimization -fno-inline leftover.c -o leftover.wasm
  every_way prints_expected_in_each_mode leftover.wasm "--opt-level=1|--opt-level=2|--opt-level=3" "--cpu=x86-64-v2|--cpu=native"
done
