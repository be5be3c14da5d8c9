// inspect.h in a build with -DTENON_INSPECT=OFF: on a small target the program runs files; on a
// build machine it inspects them.
#include "runtime/program/inspect.h"

namespace tenon::runtime {

Status Inspect(const char*, bool) {
  return Error::Format("This build of tenon inspects no files; one with -DTENON_INSPECT=ON does.");
}

}  // namespace tenon::runtime
