# A reactor is initialised once before its exports are called, and its exports can use WASI.
source "$(dirname "$0")/../common.sh"
cat > reactor.c <<'C'
#include <stdio.h>
#include <stdlib.h>
static int constructed;
__attribute__((constructor)) static void construct(void) { constructed += 1; }
__attribute__((export_name("count"))) int count(int with) {
  const char* value = getenv("STEP");
  printf("constructed %d times\n", constructed);
  fflush(stdout);
  return with + (value ? atoi(value) : 0);
}
__attribute__((export_name("leave"))) void leave(int status) { exit(status); }
C
wasi_cc -mexec-model=reactor reactor.c -o reactor.wasm
"$TENONC" reactor.wasm -o reactor.aot
"$TENON" --env=STEP=30 --invoke=count reactor.aot 12 > output
printf 'constructed 1 times\n42\n' | diff - output
ends_with 9 "$TENON" --invoke=leave reactor.aot 9
# It has no _start, and the error says what to do.
! "$TENON" reactor.aot 2> error
grep -q -- '--invoke' error
