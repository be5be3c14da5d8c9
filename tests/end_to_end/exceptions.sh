# C++ exceptions compiled by clang in both forms: thrown through frames with destructors, caught by
# type, rethrown, and one that nothing catches. The little of a C++ runtime that this needs is here.
source "$(dirname "$0")/common.sh"
cat > exceptions.cc <<'END'
using size_t = decltype(sizeof 0);
struct LandingPad { int index; const unsigned char* lsda; int selector; };
extern "C" {
LandingPad __wasm_lpad_context;
static int g_value;
void* __cxa_begin_catch(void* object) { return object; }
void __cxa_end_catch() {}
[[noreturn]] void Raise(int value) { g_value = value; __builtin_wasm_throw(0, &g_value); }
int _Unwind_CallPersonality(void*) { return 0; }
int __gxx_wasm_personality_v0(...) { return 0; }
void __cxa_rethrow() { __builtin_wasm_throw(0, &g_value); }
void _ZSt9terminatev() { __builtin_trap(); }
}
static int g_destroyed;
struct Guard { ~Guard() { ++g_destroyed; } };
__attribute__((noinline)) static int Deep(int n) {
  Guard guard;
  if (n == 0) Raise(42);
  return Deep(n - 1) + 1;
}
__attribute__((noinline)) static int Middle(int n) {
  try {
    return Deep(n);
  } catch (...) {
    g_value += 1;
    throw;
  }
}
__attribute__((export_name("run"))) extern "C" int Run(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    try {
      sum += Middle(i % 10);
    } catch (...) {
      sum += g_value;
    }
  }
  return sum + g_destroyed;
}
__attribute__((export_name("uncaught"))) extern "C" int Uncaught(int n) { return Middle(n); }
END
printf '  .tagtype __cpp_exception i32\n  .globl __cpp_exception\n__cpp_exception:\n' > tag.s
for legacy in true false; do
  clang-22 --target=wasm32-wasi -mexception-handling -c tag.s -o tag.o
  wasm_cc --target=wasm32-wasi -Wno-deprecated tag.o -x c++ -fno-rtti -fwasm-exceptions -mllvm -wasm-use-legacy-eh=$legacy \
    exceptions.cc -o exceptions.wasm 2> messages || { cat messages; exit 1; }
  "$TENONC" exceptions.wasm -o exceptions.aot
  for mode in $modes; do
    [ "$("$TENON" --bounds-checks=$mode --invoke=run exceptions.aot 1000)" = 48500 ]
    traps "uncaught exception: tag" "$TENON" --bounds-checks=$mode --invoke=uncaught exceptions.aot 3
    grep -q "#0 " error
  done
  # Exceptions that were caught leave nothing behind.
  [ "$("$TENON" --memory-report=json --bounds-checks=explicit --invoke=run exceptions.aot 100000 2> report)" = 4850000 ]
  peak=$(python3 -c 'import json; print(json.load(open("report"))["the_instance"]["peak_bytes"])')
  [ "$peak" -lt 1000000 ] || fail "100000 exceptions take $peak bytes"
done
