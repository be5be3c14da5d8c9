// Heat spreading over a plate: each point becomes the mean of its neighbours,
// back and forth between two arrays reached through pointers.
#include "kernel.h"

static void Spread(const double* from, double* to, int size) {
  for (int row = 1; row < size - 1; ++row) {
    for (int column = 1; column < size - 1; ++column) {
      const int place = row * size + column;
      to[place] = 0.2 * (from[place] + from[place - 1] + from[place + 1] + from[place - size] +
                         from[place + size]);
    }
  }
}

int main(void) {
  const int size = Opaque(700);
  const size_t points = (size_t)size * (size_t)size;
  double* plate = Allocate(points * sizeof(double));
  double* next = Allocate(points * sizeof(double));
  for (size_t point = 0; point < points; ++point) {
    plate[point] = next[point] = (double)(point * 37 % 101);
  }
  KernelBegin();
  for (int step = Opaque(400); step > 0; step -= 2) {
    Spread(plate, next, size);
    Spread(next, plate, size);
  }
  KernelEnd();
  double total = 0.0;
  for (size_t point = 0; point < points; ++point) total += plate[point];
  printf("heat %.6e middle %.6f\n", total, plate[points / 2 + (size_t)size / 2]);
  free(next);
  free(plate);
  return 0;
}
