# A trap ends the process with status 134 and says what happened, in both bounds-check modes.
set -eu
cat > trap.c <<'C'
int sink;
int main(int argc, char** argv) {
  (void)argv;
  if (argc > 2) {  // a load whose value is used on one way only
    const int value = *(volatile int*)0xFFFF0000;
    if (argc > 3) sink = value * argc;
    return 0;
  }
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
  for arguments in "load" "load unused"; do
    status=0
    "$TENON" trap.aot $arguments 2> output || status=$?
    [ "$status" = 134 ] || { echo "$mode: $arguments: exit status $status, not 134"; cat output; exit 1; }
    grep -q "out of bounds memory access" output
  done
done
