# A host gives a program callbacks for its streams, a descriptor, a directory, arguments and variables,
# and gets its trace, with the system's allocator and with everything in a pool.
source "$(dirname "$0")/../common.sh"
cat > guest.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char** argv) {
  char line[100];
  FILE* file = fopen("guest/file.txt", "r");
  if (argc != 2 || !file || !fgets(line, sizeof line, file)) return 1;
  printf("%s %s %s\n", argv[1], getenv("NAME"), line);
  while (fgets(line, sizeof line, stdin)) fputs(line, stdout);
  fputs("to stderr\n", stderr);
  fflush(stdout);
  exit(5);
}
C
mkdir files
printf file > files/file.txt
wasi_cc guest.c -o guest.wasm
"$TENONC" guest.wasm -o guest.aot
build_host "$top/tests/wasi/embedder.c"
./host guest.aot files
