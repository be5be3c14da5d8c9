// Counts iterations over a part of the Mandelbrot set: a chain of dependent
// floating-point operations with a data-dependent end.
#include "kernel.h"

// Near the edge of the set one rounding decides the count, and WebAssembly has
// no fused multiply-add: without this the results could not be compared.
#pragma STDC FP_CONTRACT OFF

static int Iterations(double real, double imaginary, int limit) {
  double x = 0.0;
  double y = 0.0;
  int count = 0;
  while (count < limit && x * x + y * y <= 4.0) {
    const double next = x * x - y * y + real;
    y = 2.0 * x * y + imaginary;
    x = next;
    ++count;
  }
  return count;
}

int main(void) {
  const int width = Opaque(400);
  const int height = Opaque(300);
  const int limit = Opaque(1000);
  long long total = 0;
  KernelBegin();
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      total += Iterations(-2.0 + 2.75 * column / width, -1.15 + 2.3 * row / height, limit);
    }
  }
  KernelEnd();
  printf("iterations %lld\n", total);
  return 0;
}
