// What LLVM calls on 32-bit ARM without a divider or for 64-bit conversions, as LLVM IR.
#pragma once

#include <string>

namespace tenon::compiler {

std::string ArmSupport();

}  // namespace tenon::compiler
