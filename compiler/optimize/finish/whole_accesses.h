// Accesses that code generation must not make narrower, because their trap may be in the rest.
#pragma once

#include <llvm/IR/Instructions.h>
#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Whether something needs the last byte that the load reads, as far as is seen.
bool ReadsLastByte(const llvm::LoadInst& load);

// Whether the value to store is what a place holds, but for an element.
bool ChangesElement(const llvm::StoreInst& store);

// Of functions whose memory is guarded by pages. Runs after the middle end.
struct KeepAccessesWholePass : llvm::PassInfoMixin<KeepAccessesWholePass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
