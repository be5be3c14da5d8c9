// Compares masked numbers as the bytes that they are.
#pragma once

#include <llvm/IR/Function.h>

namespace tenon::compiler {

// Makes unsigned comparisons of `x & 0xff` with constants comparisons of bytes.
// Runs after the middle end, which would undo it.
void NarrowComparisons(llvm::Function& function);

}  // namespace tenon::compiler
