// Multiplies square matrices of doubles: an inner loop over consecutive elements
// that a compiler should turn into vector instructions.
#include "kernel.h"

enum { kSize = 640 };

static double left[kSize][kSize];
static double right[kSize][kSize];
static double product[kSize][kSize];

static void Multiply(int size) {
  for (int row = 0; row < size; ++row) {
    for (int inner = 0; inner < size; ++inner) {
      const double factor = left[row][inner];
      for (int column = 0; column < size; ++column) {
        product[row][column] += factor * right[inner][column];
      }
    }
  }
}

int main(void) {
  const int size = Opaque(kSize);
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      left[row][column] = (double)((row * 7 + column * 3) % 11) / 11.0;
      right[row][column] = (double)((row * 5 + column * 2) % 13) / 13.0;
    }
  }
  KernelBegin();
  for (int repeat = Opaque(4); repeat > 0; --repeat) Multiply(size);
  KernelEnd();
  double trace = 0.0;
  for (int row = 0; row < size; ++row) trace += product[row][row];
  printf("trace %.6e corner %.6e\n", trace, product[size - 1][0]);
  return 0;
}
