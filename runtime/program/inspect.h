// What `tenon inspect` does. A build with -DTENON_INSPECT=OFF refuses instead.
#pragma once

#include "format/result.h"

namespace tenon::runtime {

// Verifies a container, for whatever machine it is, and prints what is in it to standard output.
Status Inspect(const char* path, bool as_json);

}  // namespace tenon::runtime
