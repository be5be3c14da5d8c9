# A recursive function that needs nothing of its instance still checks the stack.
set -eu
cat > recursion.c <<'C'
__attribute__((noinline)) static int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
__attribute__((noinline)) static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1) * depth(0); }
int run(int n) { return fibonacci(n); }
int descend(int n) { return depth(n); }
C
clang-22 --target=wasm32 -O1 -fno-optimize-sibling-calls -nostdlib -Wl,--no-entry -Wl,--export=run -Wl,--export=descend recursion.c -o recursion.wasm
"$TENONC" recursion.wasm -o recursion.aot
[ "$("$TENON" --invoke=run recursion.aot 20)" = 6765 ]
status=0
"$TENON" --invoke=descend recursion.aot 100000000 2> output || status=$?
[ "$status" = 134 ] || { echo "exit status $status, not 134"; cat output; exit 1; }
grep -q "call stack exhausted" output
