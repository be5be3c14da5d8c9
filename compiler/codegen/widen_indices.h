// Keeps 32-bit memory indices in 64-bit registers from where they are made to where they are used.
#pragma once

#include <llvm/IR/Function.h>

namespace tenon::compiler {

// Makes each 32-bit value that is zero-extended away from its definition 64 bits wide there, phis
// included. Runs after the middle end, which would undo it.
void WidenIndices(llvm::Function& function);

}  // namespace tenon::compiler
