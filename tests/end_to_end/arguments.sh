# Arguments, environment variables and a preopened directory reach the program.
source "$(dirname "$0")/common.sh"
cat > arguments.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) printf("argument %s\n", argv[i]);
  const char* colour = getenv("COLOUR");
  printf("colour %s\n", colour ? colour : "none");
  FILE* file = fopen("folder/in.txt", "r");
  char line[64];
  if (!file || !fgets(line, sizeof line, file)) return 1;
  printf("read %s", line);
  return 0;
}
C
mkdir -p folder
echo "the file" > folder/in.txt
wasi_cc arguments.c -o arguments.wasm
"$TENONC" arguments.wasm -o arguments.aot
"$TENON" --dir=folder --env=COLOUR=blue arguments.aot one "two three" > output
printf 'argument one\nargument two three\ncolour blue\nread the file\n' | diff - output
# What is not given is not there.
! "$TENON" arguments.aot > output
grep -q 'colour none' output
