// POSIX threads on wasi-threads: mutexes, condition variables, barriers, thread-local variables,
// many short threads; and, by the first argument, how threads end the program. See run.sh.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { kThreads = 8, kRounds = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static long locked_sum;
static atomic_long atomic_sum;
static _Thread_local long own_sum;
static int turn;

static void* add(void* argument) {
  const long number = (long)argument;
  pthread_barrier_wait(&barrier);
  for (long i = 0; i < kRounds; ++i) {
    pthread_mutex_lock(&mutex);
    locked_sum += number;
    pthread_mutex_unlock(&mutex);
    atomic_fetch_add(&atomic_sum, number);
    own_sum += number;
  }
  return (void*)own_sum;
}

// Each waits for its turn; a block of memory comes and goes meanwhile.
static void* take_turns(void* argument) {
  const int number = (int)(long)argument;
  for (int i = 0; i < 50; ++i) {
    char* block = malloc((size_t)(1000 + number * 100));
    memset(block, number, 1000);
    pthread_mutex_lock(&mutex);
    while (turn % 4 != number) pthread_cond_wait(&changed, &mutex);
    ++turn;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    free(block);
  }
  return NULL;
}

static void* write_file(void* argument) {
  char name[40], text[40];
  snprintf(name, sizeof name, "data/thread%ld", (long)argument);
  for (int i = 0; i < 20; ++i) {
    FILE* file = fopen(name, "w+");
    if (!file || fprintf(file, "%ld %d", (long)argument, i) < 3) return (void*)1;
    rewind(file);
    long number;
    int round;
    if (!fgets(text, sizeof text, file) || sscanf(text, "%ld %d", &number, &round) != 2)
      return (void*)2;
    if (number != (long)argument || round != i) return (void*)3;
    fclose(file);
  }
  return unlink(name) == 0 ? NULL : (void*)4;
}

static void* nothing(void* argument) { return argument; }

static void run_all(pthread_t* threads, int count, void* (*function)(void*)) {
  for (long i = 0; i < count; ++i) {
    if (pthread_create(&threads[i], NULL, function, (void*)i) != 0) {
      printf("no thread %ld\n", i);
      exit(1);
    }
  }
}

static void* wait_for_ever(void* how) {
  switch (*(const char*)how) {
    case 'b':  // busy
      for (;;) atomic_fetch_add(&atomic_sum, 1);
    case 'w':  // in a wait
      pthread_mutex_lock(&mutex);
      for (;;) pthread_cond_wait(&changed, &mutex);
    case 's':  // in the system
      for (;;) sleep(1000);
    case 'r': {  // reading
      char byte;
      for (;;) read(0, &byte, 1);
    }
  }
  return NULL;
}

static void* leave(void* how) {
  usleep(30000);
  if (strcmp(how, "trap") == 0) __builtin_trap();
  exit(33);
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  pthread_t threads[kThreads];
  if (argc > 2) {
    // threads.wasm HOW WAITING…: threads that wait like that, and one that ends the program by
    // "exit" or "trap"; or the main function does: "return".
    for (int i = 2; i < argc; ++i) pthread_create(&threads[0], NULL, wait_for_ever, argv[i]);
    usleep(50000);
    if (strcmp(argv[1], "return") == 0) return 34;
    pthread_create(&threads[0], NULL, leave, argv[1]);
    wait_for_ever(argv[2]);
  }
  pthread_barrier_init(&barrier, NULL, kThreads);
  run_all(threads, kThreads, add);
  long own = 0;
  for (int i = 0; i < kThreads; ++i) {
    void* result;
    pthread_join(threads[i], &result);
    own += (long)result;
  }
  printf("sums %ld %ld %ld\n", locked_sum, (long)atomic_sum, own);

  run_all(threads, 4, take_turns);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  printf("turns %d\n", turn);

  run_all(threads, kThreads, write_file);
  for (int i = 0; i < kThreads; ++i) {
    void* result;
    pthread_join(threads[i], &result);
    if (result) printf("thread %d failed: %ld\n", i, (long)result);
  }
  long joined = 0;
  for (long i = 0; i < 300; ++i) {
    void* result;
    if (pthread_create(&threads[0], NULL, nothing, (void*)i) != 0) break;
    pthread_join(threads[0], &result);
    joined += (long)result == i;
  }
  printf("joined %ld\n", joined);

  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_nsec += 20000000;
  if (deadline.tv_nsec >= 1000000000) ++deadline.tv_sec, deadline.tv_nsec -= 1000000000;
  pthread_mutex_lock(&mutex);
  printf("timed wait %s\n",
         pthread_cond_timedwait(&changed, &mutex, &deadline) == ETIMEDOUT ? "timed out" : "woken");
  return 6;
}
