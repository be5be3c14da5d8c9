# A C program that prints and returns an exit status.
set -eu
cat > hello.c <<'C'
#include <stdio.h>
int main(void) {
  puts("hello");
  return 7;
}
C
$WASM_CC hello.c -o hello.wasm
"$TENONC" hello.wasm -o hello.aot
status=0
"$TENON" hello.aot > output || status=$?
[ "$(cat output)" = hello ] || { echo "printed: $(cat output)"; exit 1; }
[ "$status" = 7 ] || { echo "exit status $status, not 7"; exit 1; }
