// A load of a value that is only selected sometimes becomes, in code generation, a conditional move
// from memory or a masked load, which does not trap where the value is not selected. An empty piece
// of assembly between load and selection keeps them apart.
#include "compiler/optimize/finish/selected_loads.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>

#include <vector>

#include "compiler/ir/conventions.h"
#include "compiler/target/architecture.h"

namespace tenon::compiler {

namespace {

bool IsSelectedValue(const llvm::Use& use) {
  return llvm::isa<llvm::SelectInst>(use.getUser()) && use.getOperandNo() != 0;
}

// Whether the one use of a load is as a selected value, or, of vectors, in an operation of which
// that is the one use.
bool IsOnlySelected(const llvm::LoadInst& load) {
  if (!load.hasOneUse()) return false;
  const llvm::Use* use = &*load.use_begin();
  while (!IsSelectedValue(*use)) {
    const llvm::User* user = use->getUser();
    if (!load.getType()->isVectorTy() || !user->getType()->isVectorTy() || !user->hasOneUse())
      return false;
    use = &*user->use_begin();
  }
  return true;
}

}  // namespace

void KeepLoadWhole(llvm::LoadInst& load) {
  llvm::Type* type = load.getType();
  const unsigned bits = static_cast<unsigned>(type->getPrimitiveSizeInBits());
  const bool fits = type->isVectorTy() ? bits == 128 : bits <= 64;
  if (!InfoOf(*load.getModule()).folds_volatile_loads || !fits) return SetPinned(load, true);
  llvm::FunctionType* same = llvm::FunctionType::get(type, {type}, false);
  llvm::IRBuilder<> builder(load.getNextNode());
  // No instruction, but it wants its operand in a register.
  llvm::CallInst* value =
      builder.CreateCall(same,
                         llvm::InlineAsm::get(same, "", type->isIntegerTy() ? "=r,0" : "=x,0",
                                              /*hasSideEffects=*/false),
                         {&load});
  load.replaceUsesWithIf(value, [&](const llvm::Use& use) { return use.getUser() != value; });
}

llvm::PreservedAnalyses SeparateSelectedLoadsPass::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& /*analyses*/) {
  if (!InfoOf(*function.getParent()).folds_volatile_loads || !IsWasmFunction(function))
    return llvm::PreservedAnalyses::all();
  std::vector<llvm::LoadInst*> loads;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
      if (load != nullptr && IsPinned(*load) && IsOnlySelected(*load)) loads.push_back(load);
    }
  }
  for (llvm::LoadInst* load : loads) KeepLoadWhole(*load);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
