/* Computes Fibonacci numbers, with the results so far in linear memory. */
static unsigned long long numbers[100] = {0, 1};

__attribute__((export_name("fibonacci"))) unsigned long long fibonacci(unsigned n) {
  for (unsigned i = 2; i <= n; ++i) numbers[i] = numbers[i - 1] + numbers[i - 2];
  return numbers[n];
}
