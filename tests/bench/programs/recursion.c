// Functions that call themselves: what a direct call costs, with its stack check
// and whatever a function does at its start and end.
#include "kernel.h"

static int Fibonacci(int n) { return n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2); }

static int Ackermann(int m, int n) {
  if (m == 0) return n + 1;
  if (n == 0) return Ackermann(m - 1, 1);
  return Ackermann(m - 1, Ackermann(m, n - 1));
}

// How many ways there are to place queens that do not attack each other.
static int Queens(uint32_t all, uint32_t columns, uint32_t falling, uint32_t rising) {
  if (columns == all) return 1;
  int ways = 0;
  uint32_t open = all & ~(columns | falling | rising);
  while (open != 0) {
    const uint32_t place = open & -open;
    open ^= place;
    ways += Queens(all, columns | place, (falling | place) << 1, (rising | place) >> 1);
  }
  return ways;
}

int main(void) {
  const int fibonacci_of = Opaque(38);
  const int ackermann_of = Opaque(8);
  const int queens = Opaque(12);
  KernelBegin();
  const int fibonacci = Fibonacci(fibonacci_of);
  const int ackermann = Ackermann(3, ackermann_of);
  const int ways = Queens((1u << queens) - 1, 0, 0, 0);
  KernelEnd();
  printf("fibonacci %d ackermann %d queens %d\n", fibonacci, ackermann, ways);
  return 0;
}
