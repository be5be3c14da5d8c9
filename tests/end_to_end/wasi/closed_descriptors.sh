# A descriptor 0, 1 or 2 that is closed when tenon starts is not taken by the next file that is
# opened: what the program prints goes nowhere, and not into the .aot or a directory's file.
set -eu
cat > closed.c <<'C'
#include <stdio.h>
int main(void) {
  FILE* file = fopen("/dir/data", "r+");
  char line[20] = "";
  if (!file || !fgets(line, sizeof line, file)) return 1;
  printf("output\n");
  fprintf(stderr, "error\n");
  int c = getchar();
  return line[0] == 'd' && c == EOF ? 5 : 2;
}
C
$WASM_CC closed.c -o closed.wasm
"$TENONC" closed.wasm -o closed.aot
sum=$(cksum closed.aot)
mkdir -p dir
for closed in "0<&-" "1>&-" "2>&-" "0<&- 1>&- 2>&-"; do
  echo data > dir/data
  status=0
  eval "\"\$TENON\" --dir=dir::/dir closed.aot < /dev/null $closed" > /dev/null 2> /dev/null || status=$?
  [ "$status" = 5 ] || { echo "$closed: status $status"; exit 1; }
  [ "$(cat dir/data)" = data ] || { echo "$closed: the file was written to"; exit 1; }
  [ "$(cksum closed.aot)" = "$sum" ] || { echo "$closed: the .aot was written to"; exit 1; }
done
