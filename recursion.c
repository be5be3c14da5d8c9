__attribute__((noinline)) static int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
__attribute__((noinline)) static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1) * depth(0); }
int run(int n) { return fibonacci(n); }
int descend(int n) { return depth(n); }
