// See exit_status.h.
#include "runtime/program/exit_status.h"

#include <cstdio>
#include <cstring>

namespace tenon::runtime {

int UsageError(const char* sentence) {
  std::fprintf(stderr, "tenon: %s Try tenon --help.\n", sentence);
  return kExitUsage;
}

int FileError(const char* file, const char* sentence) {
  // The loader's sentences begin with the file's name already.
  const std::size_t length = std::strlen(file);
  const bool is_named = std::strncmp(sentence, file, length) == 0 && sentence[length] == ':';
  std::fprintf(stderr, "%s%s%s\n", is_named ? "" : file, is_named ? "" : ": ", sentence);
  return kExitBadFile;
}

}  // namespace tenon::runtime
