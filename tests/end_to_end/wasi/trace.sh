# --trace-wasi prints each call with names, results and durations, and changes nothing else.
source "$(dirname "$0")/../common.sh"
cat > traced.c <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  int file = open("folder/in.txt", O_RDONLY);
  char text[100];
  ssize_t size = read(file, text, sizeof text);
  write(1, text, (size_t)size);
  open("folder/missing", O_RDWR | O_CREAT | O_EXCL | O_DIRECTORY);
  lseek(file, -2, SEEK_END);
  close(17);
  exit(5);
}
C
mkdir folder
printf 'a "line"\nand\ttab' > folder/in.txt
wasi_cc traced.c -o traced.wasm
"$TENONC" traced.wasm -o traced.aot
ends_with 5 "$TENON" --dir=folder --trace-wasi traced.aot
mv error trace
cmp output folder/in.txt
has() { grep -qE "^$1 <[0-9]+\.[0-9]{9}>\$" trace || { echo "no line $1"; cat trace; exit 1; }; }
has 'fd_prestat_dir_name\(fd=3, path="folder"\) = 0'
has 'path_open\(fd=3, dirflags=SYMLINK_FOLLOW, path="in.txt", oflags=0, rights=0x[0-9a-f]+, inheriting=0x[0-9a-f]+, fdflags=0, opened_fd=4\) = 0'
has 'fd_read\(fd=4, iovs=\["a \\"line\\"\\nand\\x09tab"...\[100\]\], nread=16\) = 0'
has 'fd_write\(fd=1, iovs=\["a \\"line\\"\\nand\\x09tab"\], nwritten=16\) = 0'
has 'path_open\(fd=3, .*oflags=CREAT\|DIRECTORY\|EXCL, .*\) = 28 EINVAL \(Invalid argument\)'
has 'fd_seek\(fd=4, offset=-2, whence=END, newoffset=14\) = 0'
has 'fd_close\(fd=17\) = 8 EBADF \(Bad file descriptor\)'
has 'proc_exit\(rval=5\) = \?'
# Without the option there is no trace.
"$TENON" --dir=folder traced.aot 2> trace > output || true
[ ! -s trace ]
