// What the thread tests run: sums over shared memory, C stack included, endless loops, traps.
#define EXPORT(name) __attribute__((export_name(#name))) name

static int counter;
static int numbers[1000];

int EXPORT(sum)(int start, int length) {
  volatile int parts[16] = {0};  // on the C stack
  for (int i = start; i < start + length; ++i) parts[i & 15] += i;
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += parts[i];
  return sum;
}
int EXPORT(count)(int times) {
  for (int i = 0; i < times; ++i) __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
  return __atomic_load_n(&counter, __ATOMIC_SEQ_CST);
}
int EXPORT(spin)(int forever) {
  do __atomic_fetch_add(&counter, 0, __ATOMIC_SEQ_CST);
  while (forever);
  return 1;
}
int EXPORT(descend)(int n) { return n == 0 ? 0 : descend(n - 1) + numbers[n % 1000] + 1; }
int EXPORT(load)(int address) { return *(volatile int*)address; }
