# A trap ends the process with status 134 and says what happened, in both bounds-check modes.
set -eu
cat > trap.c <<'C'
int main(int argc, char** argv) {
  (void)argv;
  if (argc > 1) return *(volatile int*)0xFFFF0000;
  __builtin_trap();
}
C
$WASM_CC trap.c -o trap.wasm
for mode in ${TENON_MODES:-guard explicit}; do
  "$TENONC" --bounds-checks=$mode trap.wasm -o trap.aot
  status=0
  "$TENON" trap.aot 2> output || status=$?
  [ "$status" = 134 ] || { echo "$mode: exit status $status, not 134"; cat output; exit 1; }
  grep -q unreachable output
  status=0
  "$TENON" trap.aot load 2> output || status=$?
  [ "$status" = 134 ] || { echo "$mode: exit status $status, not 134"; cat output; exit 1; }
  grep -q "out of bounds memory access" output
done
