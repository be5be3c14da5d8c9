// What LLVM calls on 32-bit ARM without a divider or rounding instructions, as LLVM IR.
#pragma once

namespace tenon::compiler {

extern const char kArmSupport[];

}  // namespace tenon::compiler
