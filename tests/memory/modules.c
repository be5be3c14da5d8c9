// What the memory tests run: calls both ways, growth, traps, deep recursion, table growth.
#define IMPORT(name) __attribute__((import_module("env"), import_name(#name))) name
#define EXPORT(name) __attribute__((export_name(#name))) name

int IMPORT(host_add)(int, int);
int IMPORT(host_text)(char* text, int length, const char* from);
double IMPORT(host_raw)(int, long long, float, double);
int IMPORT(host_call_back)(int);

static char buffer[64];
static int numbers[3000] = {1, 2, 3};

int EXPORT(add)(int a, int b) { return host_add(a, b) + numbers[1] - 2; }
int EXPORT(text)(void) { return host_text(buffer, sizeof buffer, "hello") + buffer[0]; }
int EXPORT(bad_text)(void) { return host_text((char*)0x7FFFFFF0, 32, "hello"); }
double EXPORT(raw)(void) { return host_raw(1, 2, 3.5f, 4.25); }
int EXPORT(call_back)(int n) { return n == 0 ? 0 : host_call_back(n - 1) + 1; }
int EXPORT(grow)(int pages) { return (int)__builtin_wasm_memory_grow(0, (unsigned long)pages); }
int EXPORT(descend)(int n) {
  volatile int local = n;
  return n == 0 ? 0 : descend(n - 1) + local;
}
int EXPORT(load)(int address) { return *(volatile int*)address; }
int EXPORT(spin)(int forever) {
  volatile int turns = 0;
  do ++turns;
  while (forever);
  return turns;
}
void EXPORT(nothing)(void) {}
int EXPORT(identity)(int x) { return x; }
int EXPORT(loop_host)(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) sum = host_add(sum, i);
  return sum;
}
