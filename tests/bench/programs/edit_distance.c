// How many edits make one text into another, by dynamic programming: whole
// numbers, least-of-three, one row depending on the row before.
#include "kernel.h"

static int Least(int left, int right) { return left < right ? left : right; }

static int Distance(const char* first, int first_length, const char* second, int second_length,
                    int* row) {
  for (int column = 0; column <= second_length; ++column) row[column] = column;
  for (int line = 1; line <= first_length; ++line) {
    int diagonal = row[0];
    row[0] = line;
    for (int column = 1; column <= second_length; ++column) {
      const int above = row[column];
      const int changed = diagonal + (first[line - 1] != second[column - 1]);
      row[column] = Least(changed, Least(above, row[column - 1]) + 1);
      diagonal = above;
    }
  }
  return row[second_length];
}

int main(void) {
  const int length = Opaque(10000);
  char* first = Allocate((size_t)length);
  char* second = Allocate((size_t)length);
  int* row = Allocate(((size_t)length + 1) * sizeof(int));
  uint32_t state = 915332191u;
  for (int index = 0; index < length; ++index) {
    first[index] = (char)('a' + NextRandom(&state) % 6);
    second[index] = NextRandom(&state) % 4 != 0 ? first[index] : 'z';
  }
  KernelBegin();
  const int distance = Distance(first, length, second, length - 7, row);
  KernelEnd();
  printf("distance %d\n", distance);
  free(row);
  free(second);
  free(first);
  return 0;
}
