// The smallest program that prints: startup.py measures how long it takes from
// its start to its end.
#include <stdio.h>

int main(void) {
  puts("hello");
  return 0;
}
