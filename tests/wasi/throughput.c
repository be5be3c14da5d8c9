// Writes and reads a file in blocks, as the same program for WASI and for the host. Prints
// the seconds of each phase. Arguments: directory, block size, MiB.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const size_t block = (size_t)atol(argv[2]);
  const size_t count = (size_t)atol(argv[3]) * 1024 * 1024 / block;
  char name[1000];
  snprintf(name, sizeof name, "%s/throughput", argv[1]);
  char* bytes = malloc(block);
  memset(bytes, 'x', block);
  const int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0666);
  if (file < 0) return 1;
  for (size_t i = 0; i < count; ++i)  // so that the phases find the file's pages there
    if (write(file, bytes, block) != (ssize_t)block) return 1;

  lseek(file, 0, SEEK_SET);
  double begin = now();
  for (size_t i = 0; i < count; ++i)
    if (write(file, bytes, block) != (ssize_t)block) return 1;
  printf("write %.6f\n", now() - begin);

  lseek(file, 0, SEEK_SET);
  begin = now();
  for (size_t i = 0; i < count; ++i)
    if (read(file, bytes, block) != (ssize_t)block) return 1;
  printf("read %.6f\n", now() - begin);

  struct iovec parts[4];
  for (int i = 0; i < 4; ++i) parts[i] = (struct iovec){bytes + (size_t)i * (block / 4), block / 4};
  lseek(file, 0, SEEK_SET);
  begin = now();
  for (size_t i = 0; i < count; ++i)
    if (writev(file, parts, 4) != (ssize_t)(block / 4 * 4)) return 1;
  printf("writev %.6f\n", now() - begin);
  close(file);
  unlink(name);
  return 0;
}
