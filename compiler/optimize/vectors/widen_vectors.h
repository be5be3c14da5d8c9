// Widens loops of 128-bit vectors to what the processor has.
#pragma once

#include <llvm/IR/PassManager.h>
#include <llvm/Target/TargetMachine.h>

namespace tenon::compiler {

// Runs where the loop vectoriser runs, which leaves loops alone that have vectors. LICM should run
// after it.
class WidenVectorsPass : public llvm::PassInfoMixin<WidenVectorsPass> {
 public:
  // The machine must outlive the pass.
  explicit WidenVectorsPass(const llvm::TargetMachine& machine) : machine_(&machine) {}

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

 private:
  const llvm::TargetMachine* machine_;
};

}  // namespace tenon::compiler
