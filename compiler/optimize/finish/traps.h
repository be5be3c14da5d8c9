// What traps become, once nothing is optimised any more.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Calls of TrapFunction (ir/conventions.h) become instructions that raise a signal, which says the
// kind of the trap (ArchitectureInfo::trap): smaller, and for variants with guard pages, whose
// traps the signal handler sees anyway.
struct TrapByInstructionPass : llvm::PassInfoMixin<TrapByInstructionPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

// They become calls of the builtin: for variants with explicit checks, which need no signal
// handler.
struct TrapByCallPass : llvm::PassInfoMixin<TrapByCallPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
