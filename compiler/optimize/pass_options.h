// What a user asks of the passes: tenonc's --disable-pass and --print-after.
#pragma once

#include <string>
#include <vector>

namespace tenon::compiler {

struct PassOptions {
  std::vector<std::string> disabled;       // names of ours that are left out
  std::vector<std::string> printed_after;  // names, ours or LLVM's: IR is printed after each run
};

}  // namespace tenon::compiler
