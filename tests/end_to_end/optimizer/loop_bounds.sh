# Loops that run off the memory's end trap in the same iteration, with the same stores done, whether
# pages guard the memory, or comparisons that may have been moved out of the loop, optimised or not.
source "$(dirname "$0")/../common.sh"
cat > loops.c <<'C'
#define EXPORT(name) __attribute__((export_name(#name))) void name(unsigned start, unsigned count, unsigned step)
EXPORT(up) { for (unsigned i = 0; i < count; ++i) ((double*)start)[i] = i + 0.5; }
EXPORT(down) {
  for (unsigned i = count; i-- > 0;) *(unsigned*)(start + 8 * i) = i ^ step;
}
EXPORT(strided) { for (unsigned i = 0; i < count; ++i) *(unsigned*)(start + step * i) += i; }
EXPORT(conditional) {
  for (unsigned i = 0; i < count; ++i) if (i % 3 == 0) *(unsigned short*)(start + step * i) = (unsigned short)(i + 1);
}
EXPORT(two_arrays) {
  const unsigned* from = (const unsigned*)4096;
  for (unsigned i = 0; i < count; ++i) ((unsigned*)start)[i] = from[i] + i;
}
EXPORT(nested) {
  for (unsigned row = 0; row < 4; ++row)
    for (unsigned i = 0; i < count; ++i) *(unsigned char*)(start + step * row + i) += (unsigned char)(row + i);
}
EXPORT(matrix) {
  unsigned n = count & 63;
  for (unsigned row = 0; row < n; ++row)
    for (unsigned column = row; column < n; ++column) {
      unsigned sum = step;
      for (unsigned i = 0; i < n; ++i)
        sum += ((const unsigned short*)start)[row * n + i] * ((const unsigned short*)8192)[i * n + column];
      ((unsigned*)start)[column * n + row] = sum;
    }
}
EXPORT(fields) {
  struct { unsigned a, b, c; struct { unsigned d, e; }* inner; } *object = (void*)start;
  for (unsigned i = 0; i < (count & 1023); ++i, ++object) {
    unsigned c = object->c, a = object->a;
    object->b = a + c + i;
    object->c = step;
  }
}
C
wasm_cc -Wl,-z,stack-size=1024 -Wl,--initial-memory=65536 loops.c -o loops.wasm
build_host "$top/tests/end_to_end/optimizer/loop_bounds_host.c"
"$TENONC" loops.wasm -o loops.aot --opt-level=0
./host loops.aot > expected
stops_the_same() { prints expected ./host "$1"; }
every_way stops_the_same loops.wasm "$all_levels" "$all_modes"
test "$(grep -c 'out of bounds' expected)" -gt 40
test "$(grep -c 'returned' expected)" -gt 40
