# --time-report names every stage, goes to the standard output, and leaves the file as it was.
source "$(dirname "$0")/common.sh"
cat > sum.c <<'C'
#include <stdio.h>
int main(int argc, char** argv) {
  (void)argv;
  double sum = 0;
  for (int i = 0; i < 100 * argc; ++i) sum += i * 0.5;
  printf("%f\n", sum);
  return 0;
}
C
wasi_cc sum.c -o sum.wasm
for level in 0 1 2 3; do
  "$TENONC" --opt-level=$level sum.wasm -o plain.aot
  "$TENONC" --opt-level=$level --time-report sum.wasm -o timed.aot > report
  cmp plain.aot timed.aot
  for stage in reading validating lowering optimising 'generating code' linking writing; do
    grep -q "%  $stage" report || { cat report; fail "no $stage in the report"; }
  done
done
grep -q "    *InstCombinePass" report
