# Threads of a program (wasi-threads): each has its own instance over the shared memory; exit or a
# trap in any of them ends all, whether the others run, wait in the system, or call each other.
source "$(dirname "$0")/../common.sh"
cat > threads.c <<'C'
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
IMPORT("wasi", "thread-spawn") int thread_spawn(int argument);
IMPORT("wasi_snapshot_preview1", "proc_exit") void proc_exit(int status);
IMPORT("wasi_snapshot_preview1", "poll_oneoff") int poll_oneoff(const void*, void*, int, int*);
IMPORT("wasi_snapshot_preview1", "fd_read") int fd_read(int, const void*, int, int*);
enum { kNothing, kBusy, kWait, kRead, kExit, kTrap, kDeep };
volatile int seen[1000];

static void wait_milliseconds(long long milliseconds) {
  struct { long long data; int tag, pad, clock, pad2; long long timeout, precision; int flags, pad3; }
      subscription = {0, 0, 0, 1, 0, milliseconds * 1000000, 0, 0, 0};
  char event[32];
  int count;
  poll_oneoff(&subscription, event, 1, &count);
}
static volatile int kept = 1;  // not on the C stack, which lies in linear memory
__attribute__((noinline)) static int deep(volatile int* depth) { return *depth ? deep(depth) + kept : 0; }

// A thread's stack pointer is the C library's business; without one, each thread takes 4 KB here.
static char stacks[1000][4096] __attribute__((aligned(16)));
__attribute__((noinline)) static void run(int number, int argument) {
  seen[number] = argument + 1;
  char byte;
  volatile int one = 1;
  const struct { char* at; int size; } vector = {&byte, 1};
  int size;
  switch (argument) {
    case kBusy: for (;;) seen[0] = number;
    case kWait: for (;;) wait_milliseconds(100000);
    case kRead: for (;;) fd_read(0, &vector, 1, &size);
    case kExit: wait_milliseconds(10); proc_exit(33);
    case kTrap: wait_milliseconds(10); __builtin_trap();
    case kDeep: deep(&one);
  }
}
EXPORT("wasi_thread_start") void wasi_thread_start(int number, int argument) {
  __asm__ volatile("local.get %0\n global.set __stack_pointer" : : "r"(stacks[number] + 4096));
  run(number, argument);
}
static void spawn(int argument) {
  if (thread_spawn(argument) <= 0) __builtin_trap();
}
static void spawn_waiting(void) { spawn(kBusy); spawn(kWait); spawn(kRead); spawn(kBusy); }
EXPORT("return") void do_return(void) { spawn_waiting(); }
EXPORT("exit_from_main") void exit_from_main(void) { spawn_waiting(); wait_milliseconds(10); proc_exit(7); }
EXPORT("trap_in_main") void trap_in_main(void) { spawn_waiting(); __builtin_trap(); }
EXPORT("exit_from_thread") void exit_from_thread(int how) { spawn_waiting(); spawn(kExit); run(999, how); }
EXPORT("trap_in_thread") void trap_in_thread(int how) { spawn_waiting(); spawn(kTrap); run(999, how); }
EXPORT("overflow_in_thread") void overflow_in_thread(void) { spawn(kDeep); run(999, kWait); }
// Threads that have ended make room for others; all of them have written to the one memory.
EXPORT("many") int many(void) {
  int written = 0;
  for (int i = 1; i <= 200; ++i) {
    spawn(kNothing);
    while (!seen[i]) wait_milliseconds(0);
    written += seen[i];
  }
  return written;
}
C
wasm_cc -matomics -mbulk-memory -Wl,--shared-memory,--import-memory,--max-memory=16777216,--no-check-features \
  -Wl,--export-memory threads.c -o threads.wasm
"$TENONC" threads.wasm -o threads.aot
expect() {  # status, words on standard error, then the arguments
  local wanted=$1 words=$2
  shift 2
  for mode in $modes; do
    ends_with "$wanted" "$TENON" --bounds-checks=$mode --invoke="$1" threads.aot "${@:2}" <&8
    [ -z "$words" ] || grep -q "$words" error || { cat error; fail "no \"$words\" from: $mode $*"; }
  done
}
busy=1 wait=2 read=3
mkfifo silent
exec 8<> silent  # nothing ever comes from it
expect 0 "" return
expect 7 "" exit_from_main
expect 134 "unreachable" trap_in_main
for how in $busy $wait $read; do
  expect 33 "" exit_from_thread $how
  expect 134 "unreachable" trap_in_thread $how
done
expect 134 "call stack exhausted" overflow_in_thread
expect 0 "" many
[ "$(cat output)" = 200 ]

# What threads need is the runtime's memory, and used again when they have ended.
"$TENON" --memory-report=json --invoke=many threads.aot > output 2> report
python3 - <<'PY'
import json
runtime = json.load(open("report"))["runtime"]
assert 256 * 1024 <= runtime["peak_bytes"] < 20 * 256 * 1024, runtime
PY
