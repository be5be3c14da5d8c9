# The example of the quick start counts words.
source "$(dirname "$0")/common.sh"
wasi_cc "$top/examples/wordcount.c" -o wordcount.wasm
"$TENONC" wordcount.wasm -o wordcount.aot
printf 'The cat and the dog.\nThe end' | "$TENON" wordcount.aot > output
head -n 2 output | diff - <(printf '7 words, 5 different\n      3  the\n')
