// A data-flow analysis: all values begin as unknown and only move towards varying, so it ends.
#include "compiler/optimize/vectors/iteration_shapes.h"

#include <llvm/Analysis/LoopIterator.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace tenon::compiler {

namespace {

using Kind = Shape::Kind;

constexpr Shape kUniform{Kind::kUniform};
constexpr Shape kVarying{Kind::kVarying};

Shape Strided(std::int64_t stride) {
  return stride == 0 ? kUniform : Shape{Kind::kStrided, stride};
}

Shape Join(Shape one, Shape other) {
  if (one.kind == Kind::kUnknown) return other;
  if (other.kind == Kind::kUnknown || one == other) return one;
  return kVarying;
}

// Strides are kept small: what they are multiplied by stays far from 64 bits.
Shape Scaled(Shape shape, const llvm::Value* factor, bool is_shift) {
  constexpr std::int64_t kLargest = 1 << 20;
  const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(factor);
  if (constant == nullptr || constant->getBitWidth() > 64) return kVarying;
  const std::int64_t by = constant->getSExtValue();
  if (is_shift ? by < 0 || by > 20 : by > kLargest || by < -kLargest) return kVarying;
  const std::int64_t stride = is_shift ? shape.stride * (std::int64_t{1} << by) : shape.stride * by;
  return stride > kLargest || stride < -kLargest ? kVarying : Strided(stride);
}

}  // namespace

IterationShapes::IterationShapes(const llvm::Loop& loop, llvm::LoopInfo& loops,
                                 llvm::ScalarEvolution& evolution,
                                 const llvm::SmallPtrSetImpl<const llvm::Instruction*>& varying)
    : loop_(loop) {
  for (const llvm::Instruction* instruction : varying) shapes_[instruction] = kVarying;
  llvm::LoopBlocksRPO order(const_cast<llvm::Loop*>(&loop));
  order.perform(&loops);
  for (bool changed = true; changed;) {
    changed = false;
    for (const llvm::BasicBlock* block : order) {
      for (const llvm::Instruction& instruction : *block) {
        Shape& known = shapes_[&instruction];
        const Shape shape = Join(known, Of(instruction, evolution));
        changed |= !(shape == known);
        // Of may have made the table grow.
        shapes_[&instruction] = shape;
      }
    }
  }
}

Shape IterationShapes::Of(const llvm::Value* value) const {
  const auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
  if (instruction == nullptr || !loop_.contains(instruction)) return kUniform;
  return shapes_.lookup(value);
}

Shape IterationShapes::Of(const llvm::Instruction& instruction,
                          llvm::ScalarEvolution& evolution) const {
  if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) return OfPhi(*phi, evolution);
  if (const auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction))
    return OfElement(*element);
  if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    const Shape pointer = Of(load->getPointerOperand());
    return pointer.is_strided() ? kVarying : pointer;
  }
  return OfOperator(instruction);
}

Shape IterationShapes::OfPhi(const llvm::PHINode& phi, llvm::ScalarEvolution& evolution) const {
  if (phi.getParent() == loop_.getHeader()) {
    if (!phi.getType()->isIntegerTy() || phi.getType()->getIntegerBitWidth() > 64) return kVarying;
    const auto* recurrence =
        llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution.getSCEV(const_cast<llvm::PHINode*>(&phi)));
    if (recurrence == nullptr || recurrence->getLoop() != &loop_ || !recurrence->isAffine())
      return kVarying;
    const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(recurrence->getStepRecurrence(evolution));
    return step == nullptr ? kVarying : Scaled(Strided(1), step->getValue(), /*is_shift=*/false);
  }
  Shape shape;
  for (const llvm::Value* value : phi.incoming_values()) shape = Join(shape, Of(value));
  return shape;
}

Shape IterationShapes::OfElement(const llvm::GetElementPtrInst& element) const {
  const Shape pointer = Of(element.getPointerOperand());
  if (element.getNumIndices() != 1) return kVarying;
  const Shape index = Of(*element.idx_begin());
  if (pointer.kind == Kind::kUnknown || index.kind == Kind::kUnknown) return Shape{};
  if (pointer.is_varying() || index.is_varying()) return kVarying;
  if (index.is_strided() && !element.getSourceElementType()->isIntegerTy(8)) return kVarying;
  return Strided(pointer.stride + index.stride);
}

bool IterationShapes::IsAddressOnly(const llvm::Instruction& instruction) const {
  for (const llvm::User* user : instruction.users()) {
    if (!llvm::isa<llvm::GetElementPtrInst>(user)) return false;
  }
  return true;
}

Shape IterationShapes::OfOperator(const llvm::Instruction& instruction) const {
  bool all_uniform = true;
  for (const llvm::Value* operand : instruction.operands()) {
    const Shape shape = Of(operand);
    if (shape.kind == Kind::kUnknown) return Shape{};
    if (shape.is_varying()) return kVarying;
    all_uniform &= shape.is_uniform();
  }
  if (all_uniform) return kUniform;
  const Shape first = Of(instruction.getOperand(0));
  switch (instruction.getOpcode()) {
    case llvm::Instruction::Add:
      return Strided(first.stride + Of(instruction.getOperand(1)).stride);
    case llvm::Instruction::Or:
      return llvm::cast<llvm::PossiblyDisjointInst>(instruction).isDisjoint()
                 ? Strided(first.stride + Of(instruction.getOperand(1)).stride)
                 : kVarying;
    case llvm::Instruction::Sub:
      return Strided(first.stride - Of(instruction.getOperand(1)).stride);
    case llvm::Instruction::Mul:
      return first.is_strided() ? Scaled(first, instruction.getOperand(1), false) : kVarying;
    case llvm::Instruction::Shl:
      return first.is_strided() ? Scaled(first, instruction.getOperand(1), true) : kVarying;
    case llvm::Instruction::Trunc:
      return instruction.getType()->getIntegerBitWidth() >= 32 ? first : kVarying;
    case llvm::Instruction::ZExt:
      return instruction.getOperand(0)->getType()->isIntegerTy(32) && IsAddressOnly(instruction)
                 ? first
                 : kVarying;
    default: return kVarying;
  }
}

}  // namespace tenon::compiler
