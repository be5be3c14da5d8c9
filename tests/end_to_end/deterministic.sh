# The output's bytes depend on neither the number of threads nor the path nor the run.
source "$(dirname "$0")/common.sh"
{
  echo '#include <stdio.h>'
  for i in $(seq 1 200); do
    echo "__attribute__((noinline)) int function_$i(int x) { for (int i = 0; i < x; ++i) x ^= x * $i + i; return x; }"
  done
  echo 'int main(int argc, char** argv) { (void)argv; int sum = 0;'
  for i in $(seq 1 200); do echo "  sum += function_$i(argc);"; done
  echo '  printf("%d\n", sum); return 0; }'
} > many.c
wasi_cc many.c -o many.wasm
"$TENONC" --jobs=1 many.wasm -o one.aot
"$TENONC" --jobs=2 many.wasm -o two.aot
cmp one.aot two.aot
mkdir -p elsewhere
cp many.wasm elsewhere/other_name.wasm
(cd elsewhere && "$TENONC" --jobs=3 other_name.wasm -o three.aot)
cmp one.aot elsewhere/three.aot
