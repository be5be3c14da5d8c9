// Keeps floating-point operations that leave a number as it is, because they quiet NaNs.
#pragma once

#include <llvm/IR/Module.h>

namespace tenon::compiler {

// To be run once, at every level, on SSA before anything else is simplified.
void ShieldIdentities(llvm::Module& module);

}  // namespace tenon::compiler
