// What stands behind inspect.h in a build with -DTENON_INSPECT=OFF: a program for a small
// target runs files; a build machine's looks into them.
#include "runtime/program/inspect.h"

namespace tenon::runtime {

Status Inspect(const char*, bool) {
  return Error::Format("This build of tenon inspects no files; one with -DTENON_INSPECT=ON does.");
}

}  // namespace tenon::runtime
