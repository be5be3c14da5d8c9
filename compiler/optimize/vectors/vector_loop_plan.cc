// Only what is done to each 128 bits alike can be done to several of them as one vector: operations
// on elements and shuffles. Numbers that are not vectors must be the same in all iterations, or
// grow evenly, as addresses do.
#include "compiler/optimize/vectors/vector_loop_plan.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

constexpr unsigned kVectorBits = 128;
constexpr std::size_t kMostInstructions = 400;

// What lowering has of a processor's own, and what does the same in each 128 bits of more.
struct TargetIntrinsic {
  llvm::Intrinsic::ID narrow;
  unsigned bits;
  llvm::Intrinsic::ID wide;
  const char* feature;
};
constexpr TargetIntrinsic kTargetIntrinsics[] = {
    {llvm::Intrinsic::x86_ssse3_pshuf_b_128, 256, llvm::Intrinsic::x86_avx2_pshuf_b, "+avx2"},
    {llvm::Intrinsic::x86_ssse3_pshuf_b_128, 512, llvm::Intrinsic::x86_avx512_pshuf_b_512,
     "+avx512bw"},
};

bool IsVector(const llvm::Value& value) { return value.getType()->isVectorTy(); }

// Of operations that can be done part by part.
std::optional<VectorReduction::Order> OrderOf(const llvm::Instruction& operation) {
  using Order = VectorReduction::Order;
  switch (operation.getOpcode()) {
    case llvm::Instruction::Add:
    case llvm::Instruction::Xor: return Order::kAny;
    case llvm::Instruction::And:
    case llvm::Instruction::Or: return Order::kAnyRepeated;
    default: break;
  }
  if (llvm::isa<llvm::MinMaxIntrinsic>(operation)) return Order::kAnyRepeated;
  if (llvm::isa<llvm::BinaryOperator>(operation)) return Order::kKept;
  return std::nullopt;
}

std::optional<VectorReduction> FindReduction(llvm::PHINode& phi, const llvm::Loop& loop) {
  auto* operation =
      llvm::dyn_cast<llvm::Instruction>(phi.getIncomingValueForBlock(loop.getLoopLatch()));
  if (operation == nullptr || !IsVector(phi) || !loop.contains(operation)) return std::nullopt;
  const auto order = OrderOf(*operation);
  if (!order || !phi.hasOneUse() || *phi.user_begin() != operation) return std::nullopt;
  for (const llvm::User* user : operation->users()) {
    if (user != &phi && loop.contains(llvm::cast<llvm::Instruction>(user))) return std::nullopt;
  }
  return VectorReduction{&phi, operation, *order};
}

// A value of another phi is not known in several iterations ahead.
bool FindReductions(const llvm::Loop& loop, const IterationShapes& shapes,
                    std::vector<VectorReduction>& reductions) {
  for (llvm::PHINode& phi : loop.getHeader()->phis()) {
    if (!shapes.Of(&phi).is_varying()) continue;
    const auto reduction = FindReduction(phi, loop);
    if (!reduction) return false;
    reductions.push_back(*reduction);
  }
  return true;
}

std::vector<llvm::Instruction*> FindNeeded(const llvm::Loop& loop,
                                           llvm::ArrayRef<VectorReduction> reductions) {
  llvm::SetVector<llvm::Instruction*> found;
  for (llvm::Instruction& instruction : *loop.getHeader()) {
    if (llvm::isa<llvm::StoreInst>(instruction)) found.insert(&instruction);
  }
  for (const VectorReduction& reduction : reductions) found.insert(reduction.operation);
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (llvm::Value* operand : found[i]->operands()) {
      auto* instruction = llvm::dyn_cast<llvm::Instruction>(operand);
      if (instruction != nullptr && loop.contains(instruction) &&
          !llvm::isa<llvm::PHINode>(instruction))
        found.insert(instruction);
    }
  }
  std::vector<llvm::Instruction*> needed;
  for (llvm::Instruction& instruction : *loop.getHeader()) {
    if (found.contains(&instruction)) needed.push_back(&instruction);
  }
  return needed;
}

// Whether the next iteration's vector lies behind this one's.
bool IsNextToNext(const llvm::Instruction& access, const IterationShapes& shapes) {
  const llvm::Type* type = llvm::getLoadStoreType(&access);
  const Shape pointer = shapes.Of(llvm::getLoadStorePointerOperand(&access));
  return type->isVectorTy() && pointer.is_strided() &&
         pointer.stride == static_cast<std::int64_t>(access.getDataLayout().getTypeStoreSize(
                               const_cast<llvm::Type*>(type))) &&
         type->getScalarSizeInBits() % 8 == 0;
}

bool IsElementwise(const llvm::IntrinsicInst& intrinsic, const IterationShapes& shapes) {
  const llvm::Intrinsic::ID id = intrinsic.getIntrinsicID();
  if (!llvm::isTriviallyVectorizable(id)) return false;
  for (unsigned i = 0; i < intrinsic.arg_size(); ++i) {
    if (llvm::isVectorIntrinsicWithScalarOpAtArg(id, i, nullptr) &&
        !shapes.Of(intrinsic.getArgOperand(i)).is_uniform())
      return false;
  }
  return true;
}

bool CanWiden(const llvm::Instruction& instruction, const IterationShapes& shapes, unsigned bits,
              const llvm::MCSubtargetInfo& processor) {
  if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
    return store->isSimple() && IsNextToNext(*store, shapes);
  const Shape shape = shapes.Of(&instruction);
  if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
    return !load->isAtomic() && (shape.is_uniform() || IsNextToNext(*load, shapes));
  if (instruction.mayReadOrWriteMemory() || instruction.mayHaveSideEffects()) return false;
  if (!shape.is_varying()) return shape.kind != Shape::Kind::kUnknown;
  if (!IsVector(instruction)) return false;
  for (const llvm::Value* operand : instruction.operands()) {
    if (!IsVector(*operand) && !shapes.Of(operand).is_uniform()) return false;
  }
  if (const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
    return IsElementwise(*intrinsic, shapes) ||
           WideTargetIntrinsic(intrinsic->getIntrinsicID(), bits, processor) !=
               llvm::Intrinsic::not_intrinsic;
  }
  if (llvm::isa<llvm::CastInst>(instruction)) return IsVector(*instruction.getOperand(0));
  return llvm::isa<llvm::BinaryOperator, llvm::UnaryOperator, llvm::CmpInst, llvm::SelectInst,
                   llvm::FreezeInst, llvm::ShuffleVectorInst>(instruction);
}

}  // namespace

const VectorReduction* VectorLoopPlan::ReductionOf(const llvm::Value* value) const {
  for (const VectorReduction& reduction : reductions) {
    if (reduction.phi == value || reduction.operation == value) return &reduction;
  }
  return nullptr;
}

std::optional<VectorLoopPlan> MakeVectorLoopPlan(const llvm::Loop& loop, llvm::LoopInfo& loops,
                                                 llvm::ScalarEvolution& evolution,
                                                 const llvm::TargetTransformInfo& target,
                                                 const llvm::MCSubtargetInfo& processor) {
  if (loop.getNumBlocks() != 1 || loop.getLoopPreheader() == nullptr ||
      loop.getHeader()->size() > kMostInstructions || llvm::none_of(*loop.getHeader(), IsVector) ||
      llvm::isa<llvm::SCEVCouldNotCompute>(evolution.getBackedgeTakenCount(&loop)))
    return std::nullopt;
  const auto bits = static_cast<unsigned>(
      target.getRegisterBitWidth(llvm::TargetTransformInfo::RGK_FixedWidthVector).getFixedValue());
  if (bits < 2 * kVectorBits) return std::nullopt;
  VectorLoopPlan plan{.shapes = IterationShapes(loop, loops, evolution,
                                                llvm::SmallPtrSet<const llvm::Instruction*, 1>()),
                      .needed = {},
                      .reductions = {},
                      .classes = {},
                      .group = bits / kVectorBits};
  if (!FindReductions(loop, plan.shapes, plan.reductions)) return std::nullopt;
  plan.needed = FindNeeded(loop, plan.reductions);
  for (const llvm::Instruction* instruction : plan.needed) {
    if (!CanWiden(*instruction, plan.shapes, bits, processor)) return std::nullopt;
  }
  if (llvm::none_of(plan.needed, [&](const llvm::Instruction* instruction) {
        return IsVector(*instruction) && plan.shapes.Of(instruction).is_varying();
      }))
    return std::nullopt;
  auto classes = FindAddressClasses(loop, evolution, plan.group);
  if (!classes) return std::nullopt;
  plan.classes = std::move(*classes);
  return plan;
}

llvm::Intrinsic::ID WideTargetIntrinsic(llvm::Intrinsic::ID id, unsigned bits,
                                        const llvm::MCSubtargetInfo& processor) {
  for (const TargetIntrinsic& intrinsic : kTargetIntrinsics) {
    if (intrinsic.narrow == id && intrinsic.bits == bits &&
        processor.checkFeatures(intrinsic.feature))
      return intrinsic.wide;
  }
  return llvm::Intrinsic::not_intrinsic;
}

}  // namespace tenon::compiler
