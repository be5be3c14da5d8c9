# A program with 64-bit addresses, in both bounds-check modes: its data lie beyond what 32 bits
# reach, and what lies behind the memory's end traps.
source "$(dirname "$0")/common.sh"
cat > big.c <<'END'
typedef unsigned long size_t;
static char* At(size_t offset) { return (char*)(__builtin_wasm_memory_size(0) * 65536 - offset); }
__attribute__((export_name("run"))) long Run(long n) {
  if (__builtin_wasm_memory_grow(0, 70000) == (size_t)-1) return -1;  // more than 4 GiB
  long* numbers = (long*)At(1 << 20);
  for (long i = 0; i < n; ++i) numbers[i] = i * i;
  long sum = (size_t)numbers > 0xFFFFFFFF;
  for (long i = 0; i < n; ++i) sum += numbers[i];
  __builtin_memcpy(At(4096), numbers, 1024);
  return sum + ((long*)At(4096))[10];
}
__attribute__((export_name("beyond"))) int Beyond(long offset) { return *At(-offset); }
END
wasm_cc --target=wasm64 -mbulk-memory big.c -o big.wasm
"$TENONC" big.wasm -o big.aot
"$TENON" inspect big.aot | grep -q "wasm features:.* memory64"
for mode in $modes; do
  [ "$("$TENON" --bounds-checks=$mode --invoke=run big.aot 1000)" = 332833601 ]
  for offset in 0 4294967296 -9223372036854775808; do
    traps "out of bounds memory access" "$TENON" --bounds-checks=$mode --invoke=beyond big.aot $offset
  done
done
ends_with 1 "$TENONC" --disable-memory64 big.wasm -o no.aot
grep -q "needs the feature memory64, which is disabled" error
