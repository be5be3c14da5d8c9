// First checks are merged, while all lead to the same trap; then what they compare with moves out
// of loops, and then the checks themselves (merge_checks.h, hoist_descriptors.h, hoist_checks.h).
// Before anything else is done to loops: without checks, they are what clang made.
#include "compiler/optimize/checks/reduce_checks.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>

#include "compiler/optimize/checks/hoist_checks.h"
#include "compiler/optimize/checks/hoist_descriptors.h"
#include "compiler/optimize/checks/merge_checks.h"

namespace tenon::compiler {

void ReduceChecks(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  llvm::FunctionPassManager common;
  common.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  common.addPass(llvm::SimplifyCFGPass());
  llvm::FunctionPassManager fold;
  fold.addPass(llvm::InstCombinePass());
  fold.addPass(llvm::SimplifyCFGPass());
  llvm::FunctionPassManager loop_form;
  loop_form.addPass(llvm::LoopSimplifyPass());
  llvm::FunctionPassManager invariants;
  invariants.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                           /*UseMemorySSA=*/true));
  const auto forget = [&] { analyses.clear(function, function.getName()); };

  common.run(function, analyses);
  if (MergeChecks(analyses.getResult<llvm::DominatorTreeAnalysis>(function))) {
    forget();
    fold.run(function, analyses);
  }
  loop_form.run(function, analyses);
  if (HoistMemoryDescriptors(analyses.getResult<llvm::LoopAnalysis>(function))) forget();
  invariants.run(function, analyses);
  if (HoistChecks(function, analyses.getResult<llvm::LoopAnalysis>(function),
                  analyses.getResult<llvm::DominatorTreeAnalysis>(function),
                  analyses.getResult<llvm::ScalarEvolutionAnalysis>(function),
                  analyses.getResult<llvm::TargetIRAnalysis>(function))) {
    forget();
    fold.run(function, analyses);
  }
  forget();
}

}  // namespace tenon::compiler
