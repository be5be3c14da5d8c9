# Loops whose checks were taken away run no further than their own conditions let them: what a check proved while it was
# there ("this index does not wrap") must not decide, without it, how often a loop runs or whether an access is inside.
source "$(dirname "$0")/../common.sh"
cat > loops.c <<'C'
#define EXPORT(name) __attribute__((export_name(#name)))
// Steps that never meet the end: the program's own trap ends them, at the same iteration.
#define LOOP(name, type, step)                         \
  EXPORT(name) unsigned long name(type from, type to) { \
    type i = from;                                     \
    do {                                               \
      if (i >= 50000) __builtin_trap();                \
      *(unsigned char*)i = 7;                          \
      i += step;                                       \
    } while (i != to);                                 \
    return i;                                          \
  }
LOOP(by3, unsigned long, 3)
LOOP(by8, unsigned long, 8)
LOOP(by3_32, unsigned, 3)
LOOP(by8_32, unsigned, 8)
// A comparison of the program's own with the size less a constant is no bounds check.
EXPORT(peek) unsigned peek(unsigned long i) {
  if (i > __builtin_wasm_memory_size(0) * 65536 - 70000) __builtin_trap();
  return *(unsigned char*)i;
}
int table[16];
EXPORT(fill) int fill(int from, int to) {
  for (int i = from; i < to; ++i) {
    if ((unsigned)i >= 16) __builtin_trap();
    table[i] = i * 3;
  }
  return table[from];
}
C
clang="clang-22 --no-wasm-opt -nostdlib -O2 -Wno-int-to-pointer-cast -Wl,--no-entry"
$clang --target=wasm32 loops.c -o loops32.wasm
$clang --target=wasm64 loops.c -o loops64.wasm
trap_at() {  # FILE, WORDS, FUNCTION, ARGUMENTS...
  local status=0
  "$TENON" --invoke="$3" "$1" "${@:4}" > output 2>&1 || status=$?
  grep -q "trap: $2" output || { cat output; fail "$3 ${*:4}: not \"$2\" (status $status)"; }
}
loops_trap() {
  for function in by3 by8 by3_32 by8_32; do
    trap_at "$1" unreachable $function 44 88 && continue
  done
  trap_at "$1" unreachable fill 1 40
  trap_at "$1" unreachable peek 4294967295
}
for bits in 32 64; do
  every_way loops_trap loops$bits.wasm "$all_levels" "$all_modes"
done
