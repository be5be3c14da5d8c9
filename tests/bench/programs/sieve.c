// The sieve of Eratosthenes: strided stores of single bytes.
#include <string.h>

#include "kernel.h"

static int CountPrimes(uint8_t* composite, int limit) {
  memset(composite, 0, (size_t)limit + 1);
  int count = 0;
  for (int candidate = 2; candidate <= limit; ++candidate) {
    if (composite[candidate]) continue;
    ++count;
    if (candidate > limit / candidate) continue;
    for (int multiple = candidate * candidate; multiple <= limit; multiple += candidate) {
      composite[multiple] = 1;
    }
  }
  return count;
}

int main(void) {
  const int limit = Opaque(4000000);
  uint8_t* composite = Allocate((size_t)limit + 1);
  long total = 0;
  KernelBegin();
  for (int repeat = Opaque(12); repeat > 0; --repeat) {
    total += CountPrimes(composite, limit - repeat * 1000);
  }
  KernelEnd();
  printf("primes %ld\n", total);
  free(composite);
  return 0;
}
