# A C program that prints and returns an exit status.
source "$(dirname "$0")/common.sh"
cat > hello.c <<'C'
#include <stdio.h>
int main(void) {
  puts("hello");
  return 7;
}
C
wasi_cc hello.c -o hello.wasm
"$TENONC" hello.wasm -o hello.aot
ends_with 7 "$TENON" hello.aot
[ "$(cat output)" = hello ] || fail "printed: $(cat output)"
