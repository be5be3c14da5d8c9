# --invoke calls an exported function and prints its result.
source "$(dirname "$0")/common.sh"
cat > add.c <<'C'
__attribute__((export_name("add"))) int add(int a, int b) { return a + b; }
C
wasm_cc add.c -o add.wasm
"$TENONC" add.wasm -o add.aot
output=$("$TENON" --invoke=add add.aot 40 2)
case $output in
  42*) ;;
  *) fail "printed: $output" ;;
esac
