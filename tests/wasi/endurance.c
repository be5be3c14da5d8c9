// A program in difficulties, one per first argument; wasi_endurance.sh makes them and looks at what
// is left afterwards.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Writes records to files/log and says "written N" after each, until it is killed.
static int log_for_ever(void) {
  const int log = open("files/log", O_WRONLY | O_CREAT | O_APPEND, 0666);
  char record[100];
  for (unsigned i = 0;; ++i) {
    const int size = snprintf(record, sizeof record, "record %u\n", i);
    if (write(log, record, (size_t)size) != size) return 1;
    printf("written %u\n", i);
    fflush(stdout);
  }
}

// Exits while its streams and a file are open and partly written.
static int exit_in_the_middle(void) {
  FILE* file = fopen("files/middle", "w");
  fprintf(file, "buffered by the C library");
  fflush(file);
  fprintf(file, ", never flushed");
  printf("said before\n");
  fflush(stdout);
  _exit(42);
}

// Standard output closed: writing fails, nothing else does, and the number is used again.
static int close_own_streams(void) {
  close(STDOUT_FILENO);
  if (write(STDOUT_FILENO, "x", 1) != -1 || errno != EBADF) return 1;
  close(STDIN_FILENO);
  const int first = open("files/first", O_WRONLY | O_CREAT, 0666);
  const int second = open("files/second", O_WRONLY | O_CREAT, 0666);
  if (first != 0 || second != 1) return 2;
  puts("to second");  // standard output is that file now
  fflush(stdout);
  dprintf(first, "to first");
  close(STDERR_FILENO);
  return 7;
}

// Writes to standard output until it is full. Says on standard error how much it was told had been
// written, and the error.
static int fill(void) {
  static char block[5000];
  unsigned long long total = 0;
  memset(block, 'x', sizeof block);
  for (;;) {
    const ssize_t written = write(STDOUT_FILENO, block, sizeof block);
    if (written < 0) {
      fprintf(stderr, "%llu bytes, then %s\n", total, strerror(errno));
      return errno == ENOSPC || errno == EFBIG ? 0 : 1;
    }
    total += (unsigned long long)written;
  }
}

// Opens files until there are no more descriptors, then finds all of them usable.
static int open_many(void) {
  int descriptors[4096];
  int count = 0;
  char name[40];
  for (; count < 4096; ++count) {
    snprintf(name, sizeof name, "files/many%d", count);
    descriptors[count] = open(name, O_RDWR | O_CREAT, 0666);
    if (descriptors[count] < 0) break;
  }
  if (errno != EMFILE) return 1;
  for (int i = 0; i < count; ++i) {
    if (write(descriptors[i], name, 10) != 10) return 2;
  }
  close(descriptors[0]);
  const int again = open("files/again", O_RDWR | O_CREAT, 0666);
  if (again != descriptors[0]) return 3;
  printf("%d files\n", count);
  return 0;
}

// Copies standard input to standard output through short reads and short writes.
static int copy(void) {
  static char block[100000];
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, block, sizeof block);
    if (size == 0) return 0;
    if (size < 0) return 1;
    for (ssize_t done = 0; done < size;) {
      const ssize_t written = write(STDOUT_FILENO, block + done, (size_t)(size - done));
      if (written < 0 && errno == EAGAIN) continue;
      if (written <= 0) return 2;
      done += written;
    }
  }
}

// The reader of its standard output has gone.
static int write_to_nobody(void) {
  char block[1000] = "";
  for (int i = 0; i < 1000; ++i) {
    if (write(STDOUT_FILENO, block, sizeof block) < 0) {
      fprintf(stderr, "%s\n", strerror(errno));
      return errno == EPIPE ? 0 : 1;
    }
  }
  return 2;
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    int (*run)(void);
  } kModes[] = {{"log", log_for_ever},        {"exit", exit_in_the_middle},
                {"close", close_own_streams}, {"fill", fill},
                {"many", open_many},          {"copy", copy},
                {"nobody", write_to_nobody}};
  for (unsigned i = 0; argc > 1 && i < sizeof kModes / sizeof *kModes; ++i) {
    if (strcmp(argv[1], kModes[i].name) == 0) return kModes[i].run();
  }
  return 100;
}
