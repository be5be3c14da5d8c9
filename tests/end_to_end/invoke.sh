# --invoke calls an exported function and prints its result.
set -eu
cat > add.c <<'C'
__attribute__((export_name("add"))) int add(int a, int b) { return a + b; }
C
$WASM_CC -nostdlib -Wl,--no-entry add.c -o add.wasm
"$TENONC" add.wasm -o add.aot
output=$("$TENON" --invoke=add add.aot 40 2)
case $output in
  42*) ;;
  *) echo "printed: $output"; exit 1 ;;
esac
