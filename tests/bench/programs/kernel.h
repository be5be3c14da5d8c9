// What every program of the benchmark shares: it times its kernel itself, so
// that starting the process and preparing the data are left out, and says so on
// standard error in the form that bench.py reads. Results go to standard output,
// where they are compared between engines.
#ifndef TENON_TESTS_BENCH_PROGRAMS_KERNEL_H_
#define TENON_TESTS_BENCH_PROGRAMS_KERNEL_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct timespec kernel_started;

static inline void KernelBegin(void) { clock_gettime(CLOCK_MONOTONIC, &kernel_started); }

static inline void KernelEnd(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const double seconds = (double)(now.tv_sec - kernel_started.tv_sec) +
                         (double)(now.tv_nsec - kernel_started.tv_nsec) * 1e-9;
  fprintf(stderr, "kernel seconds: %.9f\n", seconds);
}

// `value`, hidden from the optimiser: with sizes it can see, a compiler may
// compute a whole kernel ahead of time.
static inline int Opaque(int value) {
  volatile int hidden = value;
  return hidden;
}

// The next number of a fixed sequence (xorshift), the same on every machine.
static inline uint32_t NextRandom(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

// Memory or the end of the program: the kernels need not look at null.
static inline void* Allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (memory == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

#endif  // TENON_TESTS_BENCH_PROGRAMS_KERNEL_H_
