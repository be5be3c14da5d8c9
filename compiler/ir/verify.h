// Whether IR is valid and keeps our conventions (conventions.h).
#pragma once

#include <llvm/IR/Module.h>

#include <string>

namespace tenon::compiler {

// What is wrong first, as a sentence; empty if nothing is. For debug builds: it takes as long as a
// pass.
std::string FindFault(const llvm::Function& function);
std::string FindFault(const llvm::Module& module);

}  // namespace tenon::compiler
