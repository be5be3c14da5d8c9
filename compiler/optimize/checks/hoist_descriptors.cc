// Only a call can make a memory grow and move, or, of a shared one, an atomic operation can show
// that it has. LLVM moves such a load out of a loop too, but where the loop might not reach it, the
// load loses its alias information on the way, and then stays inside of all loops around that one.
#include "compiler/optimize/checks/hoist_descriptors.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

bool MayChangeMemories(const llvm::Loop& loop) {
  return llvm::any_of(loop.blocks(), [](const llvm::BasicBlock* block) {
    return llvm::any_of(*block, [](const llvm::Instruction& instruction) {
      return tenon::compiler::MayChangeMemories(instruction);
    });
  });
}

class DescriptorHoisting {
 public:
  explicit DescriptorHoisting(llvm::Loop& loop)
      : loop_(loop),
        layout_(loop.getHeader()->getDataLayout()),
        builder_(loop.getLoopPreheader()->getTerminator()) {}

  bool Run() {
    bool changed = false;
    for (llvm::BasicBlock* block : loop_.blocks()) {
      for (llvm::Instruction& instruction : llvm::make_early_inc_range(*block)) {
        if (IsMemoryDescriptorLoad(instruction))
          changed |= Hoist(llvm::cast<llvm::LoadInst>(instruction));
      }
    }
    return changed;
  }

 private:
  bool Hoist(llvm::LoadInst& load) {
    llvm::APInt offset(layout_.getIndexTypeSizeInBits(load.getPointerOperandType()), 0);
    llvm::Value* descriptor = load.getPointerOperand()->stripAndAccumulateConstantOffsets(
        layout_, offset, /*AllowNonInbounds=*/false);
    if (!loop_.isLoopInvariant(descriptor)) return false;
    llvm::Value*& value = values_[{descriptor, offset.getZExtValue()}];
    if (value == nullptr) {
      llvm::LoadInst* before =
          builder_.CreateAlignedLoad(load.getType(),
                                     builder_.CreateConstInBoundsGEP1_64(
                                         builder_.getInt8Ty(), descriptor, offset.getZExtValue()),
                                     load.getAlign());
      CopyAliasClass(load, *before);
      value = before;
    }
    if (value->getType() != load.getType()) return false;
    load.replaceAllUsesWith(value);
    load.eraseFromParent();
    return true;
  }

  llvm::Loop& loop_;
  const llvm::DataLayout& layout_;
  llvm::IRBuilder<> builder_;
  llvm::DenseMap<std::pair<llvm::Value*, std::uint64_t>, llvm::Value*> values_;
};

// The outermost loops that cannot change a memory, and no loop inside of those.
bool HoistFrom(llvm::Loop& loop) {
  if (!MayChangeMemories(loop))
    return loop.getLoopPreheader() != nullptr && DescriptorHoisting(loop).Run();
  bool changed = false;
  for (llvm::Loop* inner : loop) changed |= HoistFrom(*inner);
  return changed;
}

}  // namespace

llvm::PreservedAnalyses HoistDescriptorsPass::run(llvm::Function& function,
                                                  llvm::FunctionAnalysisManager& analyses) {
  bool changed = false;
  for (llvm::Loop* loop : analyses.getResult<llvm::LoopAnalysis>(function))
    changed |= HoistFrom(*loop);
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
