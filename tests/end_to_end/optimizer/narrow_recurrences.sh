# Indices that come round again every few iterations, as i & 15 or a byte that is counted up, give
# what the C says beside addresses that go on, at every level. LLVM's vectoriser may take neither for
# granted (compiler/optimize/loops/keep_wrap_checks.cc).
source "$(dirname "$0")/../common.sh"
cat > round.c <<'C'
#include <stdint.h>
#include <stdio.h>
enum { N = 3000 };
static uint8_t bytes[N], from[N], key[70000];
static int words[N], factors[256];
static double reals[N], ring[512];
#define APART __attribute__((noinline)) static
APART void encrypt(uint8_t* p, const uint8_t* k, unsigned n) { for (unsigned i = 0; i < n; ++i) p[i] ^= k[i & 15]; }
APART void add(unsigned n) { for (unsigned i = 0; i < n; ++i) bytes[i] += key[i & 15]; }
APART void down(uint8_t* end, unsigned n) { for (unsigned i = n; i > 0; --i) end[-(int)i] += key[-i & 15]; }
APART void map(uint8_t* to, const uint8_t* table, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] = table[(uint8_t)i]; }
APART void scale(int* to, const int* by, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] = to[i] * by[i % 8]; }
APART void shifted(int* to, const int* by, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] += by[((i << 2) & 60) >> 2]; }
APART void signed_byte(int* to, const int* by, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] -= by[(int8_t)i]; }
APART void signed_short(uint8_t* to, const uint8_t* k, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] ^= k[(int16_t)(i * 100)]; }
APART void later(int* to, const int* by, unsigned n, unsigned start) { for (unsigned i = 0; i < n; ++i) to[i] += by[(start + i) & 31]; }
APART void strided(int* to, const int* by, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i] ^= by[(i * 3) & 63]; }
APART void by_stride(int* to, const int* by, unsigned n, unsigned step) { for (unsigned i = 0; i < n; ++i) to[i * step] ^= by[(i * step) & 63]; }
APART void inside(uint8_t* to, const uint8_t* k, unsigned n, uint16_t at) { for (unsigned i = 0; i < n; ++i) to[i] += k[(uint16_t)((i & 31) + at)]; }
APART void counted_byte(int* to, const int* by, unsigned n) { uint8_t c = 200; for (unsigned i = 0; i < n; ++i) to[i] += by[c++]; }
APART void byte_to_limit(uint8_t* to, unsigned limit) { unsigned i = 0; do { to[i] += (uint8_t)i; ++i; } while ((uint8_t)i != (uint8_t)limit || i < 600); }
APART void to_ring(int* to, const int* values, unsigned n) { for (unsigned i = 0; i < n; ++i) to[i & 127] = values[i] + (int)i; }
APART double dot(const double* x, const double* r, unsigned n) { double s = 0; for (unsigned i = 0; i < n; ++i) s += x[i] * r[i & 63]; return s; }
APART int sum(const int* x, const int* r, unsigned n) { int s = 0; for (unsigned i = 0; i < n; ++i) s += x[i] * r[i & 63]; return s; }
static uint32_t hash = 0;
static void mix(const void* at, unsigned size) { for (unsigned i = 0; i < size; ++i) hash = hash * 31 + ((const uint8_t*)at)[i]; }
int main(void) {
  static const unsigned lengths[] = {1, 7, 15, 16, 17, 40, 250, 257, 1000, 2900};
  for (unsigned i = 0; i < sizeof key; ++i) key[i] = (uint8_t)(i * 37 + (i >> 8));
  for (unsigned i = 0; i < 256; ++i) factors[i] = (int)(i * i + 3);
  for (unsigned i = 0; i < 512; ++i) ring[i] = i * 0.5;
  for (unsigned i = 0; i < N; ++i) { bytes[i] = (uint8_t)i; from[i] = (uint8_t)(i * 5 + 1); words[i] = (int)i; reals[i] = i; }
  for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; ++l) {
    const unsigned n = lengths[l];
    encrypt(bytes, key + 100, n); add(n); down(bytes + n, n); map(bytes + 20, from, n);
    scale(words, factors, n); shifted(words, factors, n); signed_byte(words, factors + 128, n);
    signed_short(bytes, key + 33000, n); later(words, factors, n, n * 7); strided(words, factors, n);
    by_stride(words, factors, n / 3, 1 + n % 3); by_stride(words, factors, n, 1); inside(bytes, key, n, 65520);
    counted_byte(words, factors, n); byte_to_limit(bytes, n); to_ring(words, factors, n < 256 ? n : 256);
    mix(bytes, sizeof bytes); mix(words, sizeof words);
    printf("%08x %.17g %d\n", (unsigned)hash, dot(reals, ring, n), sum(words, factors, n));
  }
  return 0;
}
C
clang-22 -O0 -fwrapv round.c -o native
./native > expected
for optimization in -O1 -Os -O3; do
  wasi_cc $optimization -fwrapv round.c -o round.wasm
  every_way prints_expected_in_each_mode round.wasm "$all_levels" "--cpu=x86-64-v2|--cpu=native"
done
