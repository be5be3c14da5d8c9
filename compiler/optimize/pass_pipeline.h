// Which of LLVM's passes run at which --opt-level.
#pragma once

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

namespace tenon::compiler {

// What to make `passes` of for the level.
llvm::PipelineTuningOptions TuningOf(int opt_level);

// `machine` is the one of `passes` and must outlive what is returned. The passes of a module that
// has been through mem2reg and the passes of our own.
llvm::ModulePassManager BuildPipeline(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                                      int opt_level);

}  // namespace tenon::compiler
