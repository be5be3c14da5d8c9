// An address is a constant offset (the instruction's), on top of a byte index, on top of a base.
#include "compiler/ir/memory_address.h"

#include <llvm/IR/PatternMatch.h>

namespace tenon::compiler {

std::optional<MemoryAddress> FindMemoryAddress(llvm::Value* pointer,
                                               llvm::ScalarEvolution& evolution) {
  using namespace llvm::PatternMatch;
  llvm::APInt offset(64, 0);
  llvm::Value* inner = pointer->stripAndAccumulateConstantOffsets(evolution.getDataLayout(), offset,
                                                                  /*AllowNonInbounds=*/true);
  auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(inner);
  if (element == nullptr || element->getNumIndices() != 1 ||
      !element->getSourceElementType()->isIntegerTy(8)) {
    return std::nullopt;
  }
  llvm::Value* index = *element->idx_begin();
  llvm::Value* narrow = nullptr;
  if (match(index, m_ZExt(m_Value(narrow))) && narrow->getType()->isIntegerTy(32)) index = narrow;
  const llvm::SCEV* sum = evolution.getAddExpr(
      evolution.getSCEV(index), evolution.getConstant(index->getType(), offset.getZExtValue()));
  return MemoryAddress{element, sum};
}

}  // namespace tenon::compiler
