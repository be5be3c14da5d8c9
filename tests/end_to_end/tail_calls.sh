# Ten million tail calls in a small stack: direct ones, with more arguments than registers, through
# a table, and back from C++ code that clang compiles with tail calls.
source "$(dirname "$0")/common.sh"
cat > tail.c <<'END'
typedef long (*Step)(long, long, long, long, long, long, long, long, long);
static long Odd(long n, long b, long c, long d, long e, long f, long g, long h, long i);
static long Even(long n, long a, long b, long c, long d, long e, long f, long g, long h) {
  if (n == 0) return a + b + c + d + e + f + g + h;
  __attribute__((musttail)) return Odd(n - 1, h, a, b, c, d, e, f, g);
}
static volatile Step g_even = Even;
static long Odd(long n, long a, long b, long c, long d, long e, long f, long g, long h) {
  __attribute__((musttail)) return g_even(n - 1, h, a, b, c, d, e, f, g);
}
__attribute__((export_name("run"))) int Run(int n) { return Even(n, 1, 2, 3, 4, 5, 6, 7, 8); }
END
wasm_cc -mtail-call tail.c -o tail.wasm
"$TENONC" tail.wasm -o tail.aot
for mode in $modes; do
  [ "$("$TENON" --bounds-checks=$mode --stack-size=65536 --invoke=run tail.aot 10000000)" = 36 ]
done
