# A recursive function that needs nothing of its instance still checks the stack.
source "$(dirname "$0")/common.sh"
cat > recursion.c <<'C'
__attribute__((noinline)) static int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
__attribute__((noinline)) static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1) * depth(0); }
int run(int n) { return fibonacci(n); }
int descend(int n) { return depth(n); }
C
wasm_cc -O1 -fno-optimize-sibling-calls -Wl,--export=run -Wl,--export=descend recursion.c -o recursion.wasm
"$TENONC" recursion.wasm -o recursion.aot
[ "$("$TENON" --invoke=run recursion.aot 20)" = 6765 ]
traps "call stack exhausted" "$TENON" --invoke=descend recursion.aot 100000000
