# A program of preview 0 (wasi_unstable): the calls that are the same, and those whose layouts and
# constants were different then. Both preview's imports in one module are fine too.
source "$(dirname "$0")/../common.sh"
cat > unstable.c <<'C'
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
typedef unsigned long long u64;
typedef struct { const char* at; unsigned size; } Buffer;
IMPORT("wasi_unstable", "fd_write") int fd_write(int, const Buffer*, int, unsigned*);
IMPORT("wasi_unstable", "fd_seek") int fd_seek(int, long long, int, u64*);
IMPORT("wasi_unstable", "fd_filestat_get") int fd_filestat_get(int, void*);
IMPORT("wasi_unstable", "path_filestat_get") int path_filestat_get(int, int, const char*, int, void*);
IMPORT("wasi_unstable", "path_open") int path_open(int, int, const char*, int, int, u64, u64, int, int*);
IMPORT("wasi_unstable", "poll_oneoff") int poll_oneoff(const void*, void*, int, int*);
IMPORT("wasi_unstable", "clock_time_get") int clock_time_get(int, u64, u64*);
IMPORT("wasi_unstable", "proc_exit") _Noreturn void proc_exit(int);
IMPORT("wasi_snapshot_preview1", "fd_seek") int new_fd_seek(int, long long, int, u64*);
// Of preview 0: the number of links has 32 bits, the identifier of a clock's subscription comes first.
typedef struct { u64 device, inode; unsigned char type; unsigned links; u64 size, accessed, modified, changed; } Status;
typedef struct { u64 data; unsigned char type; u64 identifier; unsigned clock; u64 timeout, precision; unsigned short flags; } Clock;
typedef struct { u64 data; unsigned short error; unsigned char type; u64 bytes; unsigned short flags; } Event;
_Static_assert(sizeof(Status) == 56 && sizeof(Clock) == 56 && sizeof(Event) == 32, "preview 0");
enum { kCurrent, kEnd, kSet };

static void expect(int line, int good) {
  if (!good) proc_exit(line % 256);
}
#define EXPECT(condition) expect(__LINE__, condition)
void _start(void) {
  int file, count;
  unsigned written;
  u64 at, begin, end;
  Status status;
  struct { Status inside; u64 behind; } guarded = {.behind = 0x1122334455667788};
  EXPECT(path_open(3, 0, "in.txt", 6, 0, 0x1FFFFFFF, 0, 0, &file) == 0);
  EXPECT(fd_filestat_get(file, &guarded.inside) == 0 && guarded.inside.size == 11 && guarded.inside.links == 2);
  EXPECT(guarded.inside.type == 4 && guarded.behind == 0x1122334455667788);
  EXPECT(path_filestat_get(3, 0, "in.txt", 6, &status) == 0 && status.size == 11 && status.inode == guarded.inside.inode);
  EXPECT(fd_seek(file, 4, kSet, &at) == 0 && at == 4);
  EXPECT(fd_seek(file, 3, kCurrent, &at) == 0 && at == 7);
  EXPECT(fd_seek(file, -1, kEnd, &at) == 0 && at == 10);
  EXPECT(fd_seek(file, 0, 3, &at) == 28);
  EXPECT(new_fd_seek(file, 2, 0, &at) == 0 && at == 2);  // SET of preview 1
  const Clock wait = {.data = 77, .clock = 1, .timeout = 20000000};
  Event event;
  EXPECT(clock_time_get(1, 0, &begin) == 0);
  EXPECT(poll_oneoff(&wait, &event, 1, &count) == 0 && count == 1);
  EXPECT(event.data == 77 && event.error == 0 && event.type == 0);
  EXPECT(clock_time_get(1, 0, &end) == 0 && end - begin >= 20000000);
  const Buffer text = {"all as it was\n", 14};
  EXPECT(fd_write(1, &text, 1, &written) == 0 && written == 14);
}
C
mkdir files
printf 'hello there' > files/in.txt
ln files/in.txt files/link.txt
wasi_cc -nostdlib unstable.c -o unstable.wasm
"$TENONC" unstable.wasm -o unstable.aot
ends_with 0 "$TENON" --dir=files unstable.aot  # the status is the line that failed
[ "$(cat output)" = "all as it was" ]

# Its calls are traced under their names.
"$TENON" --trace-wasi --dir=files unstable.aot 2> trace > output
grep -q '^fd_seek(fd=4, offset=-1, whence=END, newoffset=10) = 0' trace
