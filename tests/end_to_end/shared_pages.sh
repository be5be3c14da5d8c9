# The code of a mapped .aot is the file's own clean pages, shared by all processes that run it: no
# page of it is written, none is writable.
source "$(dirname "$0")/common.sh"
cat > pages.c <<'C'
#include <stdio.h>
__attribute__((noinline)) static int collatz(unsigned n) {
  int steps = 0;
  for (; n != 1; ++steps) n = n % 2 ? 3 * n + 1 : n / 2;
  return steps;
}
int main(void) {
  printf("%d\n", collatz(27));
  fflush(stdout);
  getchar();  // while others look
}
C
wasi_cc pages.c -o pages.wasm
"$TENONC" pages.wasm -o pages.aot
sync pages.aot  # pages of a file that is not on disk yet count as dirty
cat > look.py <<'P'
import os, re, subprocess, sys, time

def start():
    process = subprocess.Popen([sys.argv[1], "pages.aot"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"111\n"
    return process

def mappings(process):
    """(permissions, {field: KB}) of the file's mappings."""
    found, current = [], None
    for line in open(f"/proc/{process.pid}/smaps"):
        head = re.match(r"[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ \d+ *(.*)$", line)
        if head:
            current = (head[1], {})
            if os.path.basename(head[2]) == "pages.aot":
                found.append(current)
        elif current and (field := re.match(r"(\w+): +(\d+) kB", line)):
            current[1][field[1]] = int(field[2])
    return found

first, second = start(), start()
for process in first, second:
    found = mappings(process)
    code = [fields for permissions, fields in found if "x" in permissions]
    assert code, found
    for permissions, fields in found:
        assert not ("w" in permissions and "x" in permissions), permissions
    for fields in code:
        print("code:", {name: fields[name] for name in ("Rss", "Shared_Clean", "Private_Clean", "Private_Dirty")})
        assert fields["Private_Dirty"] == fields["Anonymous"] == 0, fields  # none of our own
    assert sum(fields["Shared_Clean"] for fields in code) > 0, code  # the other process has them too
for process in first, second:
    process.communicate(b"\n")
    assert process.returncode == 0
P
[ -r /proc/self/smaps ] || { echo "this system has no /proc/self/smaps"; exit 77; }
python3 look.py "$TENON"
