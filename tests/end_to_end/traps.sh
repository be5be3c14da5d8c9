# A trap ends the process with status 134 and says what happened, in both bounds-check modes.
source "$(dirname "$0")/common.sh"
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
wasi_cc trap.c -o trap.wasm
traps_each_time() {
  traps unreachable "$TENON" "$1"
  traps "out of bounds memory access" "$TENON" "$1" load
  traps "out of bounds memory access" "$TENON" "$1" load unused
}
every_way traps_each_time trap.wasm "$all_modes"
