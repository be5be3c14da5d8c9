// Text as bytes: copying, searching, counting and changing letters, which compilers
// turn into wide loads where they can, and libraries into memory instructions.
#include <string.h>

#include "kernel.h"

static int CountOf(const char* text, int length, char wanted) {
  int count = 0;
  for (int index = 0; index < length; ++index) count += text[index] == wanted;
  return count;
}

static void ToUpper(const char* from, char* to, int length) {
  for (int index = 0; index < length; ++index) {
    const char letter = from[index];
    to[index] = letter >= 'a' && letter <= 'z' ? (char)(letter - 32) : letter;
  }
}

int main(void) {
  const int length = Opaque(1 << 20);
  char* text = Allocate((size_t)length + 1);
  char* other = Allocate((size_t)length + 1);
  uint32_t state = 77777777u;
  for (int index = 0; index < length; ++index) {
    const uint32_t letter = NextRandom(&state) % 28;
    text[index] = letter < 26 ? (char)('a' + letter) : letter == 26 ? ' ' : '\n';
  }
  long long digest = 0;
  KernelBegin();
  for (int repeat = Opaque(200); repeat > 0; --repeat) {
    ToUpper(text, other, length);
    digest += CountOf(other, length, (char)('A' + repeat % 26));
    memmove(text + repeat, text, (size_t)(length - repeat));
    text[length - repeat] = 'e';
    const char* line = text;
    while ((line = memchr(line, '\n', (size_t)(text + length - line))) != NULL) {
      ++line;
      ++digest;
    }
    digest += memcmp(text, other, (size_t)length) != 0;
  }
  KernelEnd();
  printf("digest %lld\n", digest);
  free(other);
  free(text);
  return 0;
}
