// Prints the most memory that a command had resident, in bytes. A process of its own, because what the
// system counts begins with the size of whoever starts the command.
//
//   peak_memory COMMAND [ARGUMENTS...]
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const pid_t child = fork();
  if (child == 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execv(arguments[1], arguments + 1);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) return 1;
  printf("%lld\n", (long long)usage.ru_maxrss * 1024);
  return 0;
}
