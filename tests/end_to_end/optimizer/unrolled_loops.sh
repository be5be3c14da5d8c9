# Loops that clang unrolls, runs downwards or counts up to zero, or that change what they load again
# and again, give what the C says, at every level.
source "$(dirname "$0")/../common.sh"
cat > loops.c <<'END'
#include <stdio.h>
#include <stdint.h>
enum { N = 1003 };
static double a[N], b[N], m[40][40], q[40][40];
static uint32_t w[N];
static unsigned char text[N];
__attribute__((noinline)) static double sum(const double* x, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i) s += x[i];
  return s;
}
__attribute__((noinline)) static void stencil(double* x, const double* y, int n) {
  for (int i = 1; i < n - 1; ++i) x[i] = 0.33333 * (y[i - 1] + y[i] + y[i + 1]);
}
__attribute__((noinline)) static void in_place(double* x, int n) {
  for (int i = 1; i < n; ++i) x[i] = x[i] * 0.5 + x[i - 1];
}
__attribute__((noinline)) static void scale(double* x, int n) {
#pragma clang loop unroll_count(5)
  for (int i = 0; i < n; ++i) x[i] *= 1.25;
}
__attribute__((noinline)) static uint32_t mix(uint32_t* x, int n) {
  uint32_t h = 2166136261u;
#pragma clang loop unroll_count(4)
  for (int i = n - 1; i >= 0; --i) { h = (h ^ x[i]) * 16777619u; x[i] = h + (uint32_t)i; }
  return h;
}
__attribute__((noinline)) static unsigned bytes(unsigned char* x, int n) {
  unsigned s = 0;
#pragma clang loop unroll_count(8)
  for (int i = 0; i < n; ++i) { x[i] = (unsigned char)(x[i] * 7 + i); s += x[i]; }
  return s;
}
__attribute__((noinline)) static void move_overlapping(double* x, int n) {
#pragma clang loop unroll_count(2)
  for (int i = 0; i + 3 < n; ++i) x[i + 3] = x[i] + 1;
}
// At an even place the address of the next number is made as a union of bits instead of a sum.
static double even[N + 1] __attribute__((aligned(16)));
__attribute__((noinline)) static void halve_into_next(uintptr_t to, uintptr_t from, int n) {
#pragma clang loop unroll_count(2)
  for (int i = 0; i < n; ++i) *(double*)(to + 8 + (unsigned)i * 8) = *(double*)(from + (unsigned)i * 8) * 0.5;
}
enum { ROWS = 40, COLUMNS = 150 };
// Several loops of one function that meet what they read.
__attribute__((noinline)) static void meet_thrice(double* x, double* y, int k, int l, int n) {
  for (int j = 0; j < n; ++j) x[j] = x[j] * 0.5 + x[k];
  for (int j = 0; j < n; ++j) y[j] = y[j] * 0.25 - y[l];
  for (int j = n - 1; j >= 0; --j) x[j] = x[j] - x[l] * 0.125;
}
static int table[ROWS][COLUMNS];
static double reals[ROWS][COLUMNS];
// As Floyd and Warshall: the iteration j == k may change what all others add.
__attribute__((noinline)) static void shortest(void) {
  for (int k = 0; k < ROWS; ++k)
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < COLUMNS; ++j) {
        const int by = table[i][k] + table[k][j];
        if (by < table[i][j]) table[i][j] = by;
      }
}
__attribute__((noinline)) static void upwards(int* row, int k, int n) {
  for (int j = 0; j < n; ++j) row[j] = row[j] * 3 + row[k];
}
__attribute__((noinline)) static void downwards(double* row, int k, int n) {
  for (int j = n - 1; j >= 0; --j) row[j] = row[j] * 0.5 + row[k];
}
// A row and a column, which may be of one matrix.
__attribute__((noinline)) static void across(double* row, const double* column, int n) {
  for (int j = 0; j < n; ++j) row[j] += 0.5 * column[j * COLUMNS];
}
__attribute__((noinline)) static void transpose(int rows) {
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < rows; ++j) reals[i][j] = reals[j][i] + reals[i][j] * 0.25;
}
__attribute__((noinline)) static double meet(void) {
  static const int lengths[] = {1, 5, 31, 32, 33, 64, 100, COLUMNS};
  double sum = 0;
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < COLUMNS; ++j) { table[i][j] = (i * 37 + j * 11) % 101 - 20; reals[i][j] = j - i * 0.25; }
  shortest();
  for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; ++l) {
    const int n = lengths[l];
    for (int k = -2; k < n + 2; ++k) { upwards(table[3], k, n); downwards(reals[3], k, n); }
  }
  for (int k = 0; k < COLUMNS; k += 7) meet_thrice(reals[5], reals[6], k, COLUMNS - 1 - k, 20 + k);
  for (int n = 1; n <= ROWS; ++n) {
    across(reals[0], &reals[1][n], n - 1); across(reals[n - 1], &reals[0][n], n); across(&q[0][0], &reals[0][3], ROWS);
    transpose(n);
  }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < COLUMNS; ++j) sum = sum * 0.75 + table[i][j] + reals[i][j];
  return sum;
}
int main(void) {
  for (int i = 0; i < N; ++i) { a[i] = i * 0.75; b[i] = 0; w[i] = (uint32_t)i * 2654435761u; text[i] = (unsigned char)i; }
  for (int i = 0; i < 40; ++i) for (int j = 0; j < 40; ++j) m[i][j] = (i * j) % 7;
  for (int t = 0; t < 5; ++t) { stencil(b, a, N); stencil(a, b, N); }
  in_place(a, N); scale(b, N); scale(a, 1000); move_overlapping(b, N); move_overlapping(b + 1, 7);
  for (int t = 0; t < 3; ++t)
    for (int i = 1; i < 39; ++i)
      for (int j = 1; j < 39; ++j) q[i][j] = 0.2 * (m[i][j] + m[i][j - 1] + m[i][j + 1] + m[i - 1][j] + m[i + 1][j]) + q[i][j - 1];
  volatile int most = N;
  halve_into_next((uintptr_t)even, (uintptr_t)a, most);
  printf("%.17g\n", sum(even, N));
  printf("%.17g %.17g %.17g %u %u %u %.17g\n", sum(a, N), sum(b, N), sum(&q[0][0], 1600), mix(w, N), mix(w, 16), bytes(text, N), a[500]);
  printf("%.17g\n", meet());
  return 0;
}
END
# -ffp-contract=off: WebAssembly rounds every operation.
clang-22 -O0 -ffp-contract=off loops.c -o native
wasi_cc -O3 -ffp-contract=off loops.c -o loops.wasm
./native > expected
every_way prints_expected loops.wasm "$all_levels" "$all_modes" "|--cpu=native"
# Of the numbers that such a filter loads the last one in each column is not used: it traps all the same.
cat > filter.c <<'END'
#include <stdint.h>
#include <stdio.h>
enum { ROWS = 64, COLUMNS = 70 };
static float in[ROWS][COLUMNS], out[ROWS][COLUMNS];
__attribute__((noinline)) static void upwards(float (*to)[COLUMNS], float (*from)[COLUMNS]) {
  for (int j = 0; j < COLUMNS; ++j) {
    float before = 0, second = 0, result = 0;
#pragma clang loop unroll_count(2)
    for (int i = ROWS - 1; i >= 0; --i) {
      result = to[i][j] = 0.5f * before + 0.25f * second + 0.125f * result;
      second = before;
      before = from[i][j];
    }
  }
}
int main(int count, char** arguments) {
  (void)arguments;
  for (int i = 0; i < ROWS; ++i) for (int j = 0; j < COLUMNS; ++j) in[i][j] = (float)((i * 13 + j * 7) % 31);
  upwards(out, in);
  upwards(in, out);
  float sum = 0;
  for (int i = 0; i < ROWS; ++i) for (int j = 0; j < COLUMNS; ++j) sum = sum * 0.5f + in[i][j] - out[j % ROWS][i];
  printf("%.9g\n", (double)sum);
  volatile uintptr_t row = sizeof in[0];
  // The last row is loaded from the end of the address space, the others from its beginning.
  if (count > 1) upwards(out, (float (*)[COLUMNS])(0 - row));
  return 0;
}
END
clang-22 -O0 -ffp-contract=off filter.c -o native
./native > expected
filters() {
  prints_expected "$1"
  traps "out of bounds memory access" "$TENON" "$1" trap
  cmp expected output
}
for simd in "" -msimd128; do
  wasi_cc -O3 $simd filter.c -o filter.wasm
  every_way filters filter.wasm "--opt-level=0|--opt-level=2|--opt-level=3" "$all_modes" --cpu=native
done
