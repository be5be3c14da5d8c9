// A loop is taken only if every instruction in it can be done for a group of iterations as it
// stands and every address can be described; what must be known at run time is left to the range
// checks.
#include "compiler/optimize/vectors/outer_loop_plan.h"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/IntrinsicInst.h>

namespace tenon::compiler {

namespace {

constexpr std::size_t kMostInstructions = 250;
constexpr std::size_t kMostOfEachIteration = 24;
// Vectors of a group: several hide the latency of an addition behind that of the others.
constexpr unsigned kRegistersOfGroup = 4;

// Looks for the way from `value`, which has no other use, to a load of what `store` stores to.
bool FindLoad(llvm::Value* value, Accumulation& accumulation) {
  auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
  const llvm::StoreInst& store = *accumulation.store;
  if (instruction == nullptr || instruction->getParent() != store.getParent() ||
      !instruction->hasOneUse()) {
    return false;
  }
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(instruction)) {
    accumulation.load = load;
    return load->isSimple() && load->getPointerOperand() == store.getPointerOperand() &&
           load->getType() == store.getValueOperand()->getType();
  }
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(instruction);
  if (operation == nullptr || operation->isIntDivRem()) return false;
  for (llvm::Value* operand : operation->operands()) {
    if (!FindLoad(operand, accumulation)) continue;
    accumulation.operations.push_back(operation);
    return true;
  }
  return false;
}

// None where one store has no such form.
std::optional<std::vector<Accumulation>> FindAccumulations(const llvm::Loop& loop,
                                                           const IterationShapes& shapes) {
  std::vector<Accumulation> accumulations;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
      if (store == nullptr || !shapes.Of(store->getPointerOperand()).is_uniform()) continue;
      Accumulation accumulation{.load = nullptr, .operations = {}, .store = store};
      if (!FindLoad(store->getValueOperand(), accumulation) || accumulation.operations.empty())
        return std::nullopt;
      accumulations.push_back(std::move(accumulation));
    }
  }
  return accumulations;
}

bool IsWideIntrinsic(const llvm::IntrinsicInst& intrinsic) {
  const llvm::Intrinsic::ID id = intrinsic.getIntrinsicID();
  if (!llvm::isTriviallyVectorizable(id)) return false;
  for (unsigned i = 0; i < intrinsic.arg_size(); ++i) {
    if (llvm::isVectorIntrinsicWithScalarOpAtArg(id, i, nullptr)) return false;
  }
  return true;
}

// Whether `instruction` can be done for a group, in what shape its operands have.
bool CanWiden(const llvm::Instruction& instruction, const llvm::Loop& loop,
              const IterationShapes& shapes) {
  const Shape shape = shapes.Of(&instruction);
  if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    return load->isSimple() && !shapes.Of(load->getPointerOperand()).is_varying();
  }
  if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    return store->isSimple() && !shapes.Of(store->getPointerOperand()).is_varying() &&
           store->getValueOperand()->getType()->isSingleValueType();
  }
  if (const auto* branch = llvm::dyn_cast<llvm::BranchInst>(&instruction)) {
    return branch->isUnconditional() || branch->getParent() == loop.getLoopLatch() ||
           shapes.Of(branch->getCondition()).is_uniform();
  }
  if (instruction.isTerminator() || instruction.mayReadOrWriteMemory() ||
      instruction.mayHaveSideEffects()) {
    return false;
  }
  if (llvm::isa<llvm::PHINode>(instruction) && instruction.getParent() == loop.getHeader())
    return shape.is_strided() || shape.is_uniform();
  if (!shape.is_varying()) return shape.kind != Shape::Kind::kUnknown;
  for (const llvm::Value* operand : instruction.operands()) {
    if (operand->getType()->isPointerTy()) return false;
  }
  if (const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction))
    return IsWideIntrinsic(*intrinsic) || HasVectors(instruction);
  return llvm::isa<llvm::BinaryOperator, llvm::UnaryOperator, llvm::CastInst, llvm::CmpInst,
                   llvm::SelectInst, llvm::PHINode, llvm::InsertElementInst,
                   llvm::ExtractElementInst, llvm::ShuffleVectorInst>(instruction) &&
         !instruction.getType()->isPointerTy();
}

std::uint64_t SizeOfAccess(const llvm::Instruction& access) {
  return access.getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(&access));
}

// Whether all accesses can be made for a group in an order that gives the same: in inner loops what
// is not the same for all iterations lies side by side, and nothing is stored across each other.
bool KeepsOrder(const llvm::Loop& loop, const llvm::LoopInfo& loops, const IterationShapes& shapes,
                llvm::ArrayRef<AddressClass> classes) {
  for (const AddressClass& address : classes) {
    for (const llvm::Instruction* access : address.accesses) {
      const unsigned inner_depth = loops.getLoopDepth(access->getParent()) - loop.getLoopDepth();
      if (address.stride == 0) {
        // What is accumulated in one place over all iterations of an inner loop has their order,
        // and so has what is accumulated in one place twice.
        const bool moves = llvm::all_of(address.inner, [&](const AddressClass::InnerStride& inner) {
          return inner.loop->contains(access);
        });
        if (address.is_stored &&
            (address.accesses.size() != 2 || address.inner.size() != inner_depth || !moves))
          return false;
      } else if (!IsContiguous(*access, shapes) &&
                 (inner_depth > 0 ||
                  std::abs(address.stride) < static_cast<std::int64_t>(address.size))) {
        return false;
      }
    }
  }
  return true;
}

// Whether an inner loop jumps through memory that the loop walks in order. Where it does not,
// LLVM's vectoriser does as well with the inner loop, and it gathers what jumps in one place at
// less than it takes to add one by one.
bool Pays(const llvm::Loop& loop, const llvm::LoopInfo& loops, const IterationShapes& shapes,
          llvm::ArrayRef<AddressClass> classes, bool accumulates) {
  int jumps = 0;
  for (const AddressClass& address : classes) {
    const bool is_inner = llvm::any_of(address.accesses, [&](const llvm::Instruction* access) {
      return loops.getLoopFor(access->getParent()) != &loop && IsContiguous(*access, shapes);
    });
    if (!is_inner) continue;
    for (const AddressClass::InnerStride& inner : address.inner) {
      const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(inner.step);
      jumps += step == nullptr || step->getAPInt().abs().ugt(address.size);
    }
  }
  return jumps > (accumulates ? 1 : 0);
}

// How many iterations fill the registers of a group with the widest elements. Fewer where each
// iteration has instructions of its own.
unsigned GroupOf(const llvm::Loop& loop, const IterationShapes& shapes,
                 llvm::ScalarEvolution& evolution, const llvm::TargetTransformInfo& target) {
  const std::uint64_t bits =
      target.getRegisterBitWidth(llvm::TargetTransformInfo::RGK_FixedWidthVector).getFixedValue();
  std::uint64_t widest = 0;
  std::size_t own = 0;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (llvm::getLoadStorePointerOperand(&instruction) != nullptr &&
          IsContiguous(instruction, shapes))
        widest = std::max(widest, SizeOfAccess(instruction) * 8);
      own += shapes.Of(&instruction).is_varying() && HasVectors(instruction);
    }
  }
  if (widest == 0 || bits <= widest || own > kMostOfEachIteration) return 0;
  const auto lanes = static_cast<unsigned>(bits / widest);
  unsigned group = lanes * (own > 0 ? 2 : kRegistersOfGroup);
  const unsigned most = evolution.getSmallConstantMaxTripCount(&loop);
  while (most != 0 && group > most && group > lanes) group /= 2;
  return group;
}

}  // namespace

const Accumulation* OuterLoopPlan::AccumulationOf(const llvm::Instruction& instruction) const {
  for (const Accumulation& accumulation : accumulations) {
    if (&instruction == accumulation.load || &instruction == accumulation.store ||
        llvm::is_contained(accumulation.operations, &instruction))
      return &accumulation;
  }
  return nullptr;
}

bool HasOuterLoopForm(const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  return !loop.isInnermost() && loop.isLoopSimplifyForm() && loop.getExitBlock() != nullptr &&
         loop.getExitingBlock() == loop.getLoopLatch() &&
         !llvm::isa<llvm::SCEVCouldNotCompute>(evolution.getBackedgeTakenCount(&loop));
}

bool HasVectors(const llvm::Instruction& instruction) {
  return instruction.getType()->isVectorTy() ||
         llvm::any_of(instruction.operands(),
                      [](const llvm::Value* operand) { return operand->getType()->isVectorTy(); });
}

bool IsContiguous(const llvm::Instruction& access, const IterationShapes& shapes) {
  const Shape pointer = shapes.Of(llvm::getLoadStorePointerOperand(&access));
  const llvm::Type* type = llvm::getLoadStoreType(&access);
  return pointer.is_strided() && !type->isVectorTy() && !type->isPointerTy() &&
         pointer.stride == static_cast<std::int64_t>(SizeOfAccess(access));
}

std::optional<OuterLoopPlan> MakeOuterLoopPlan(const llvm::Loop& loop, llvm::LoopInfo& loops,
                                               llvm::ScalarEvolution& evolution,
                                               const llvm::TargetTransformInfo& target) {
  std::size_t count = 0;
  for (const llvm::BasicBlock* block : loop.blocks()) count += block->size();
  if (count > kMostInstructions) return std::nullopt;
  llvm::SmallPtrSet<const llvm::Instruction*, 8> accumulated;
  auto accumulations =
      FindAccumulations(loop, IterationShapes(loop, loops, evolution, accumulated));
  if (!accumulations) return std::nullopt;
  for (const Accumulation& accumulation : *accumulations) {
    accumulated.insert(accumulation.load);
    accumulated.insert(accumulation.operations.begin(), accumulation.operations.end());
  }
  IterationShapes shapes(loop, loops, evolution, accumulated);
  for (const llvm::BasicBlock* block : loop.blocks()) {
    for (const llvm::Instruction& instruction : *block) {
      if (!CanWiden(instruction, loop, shapes)) return std::nullopt;
    }
  }
  const unsigned group = GroupOf(loop, shapes, evolution, target);
  if (group == 0) return std::nullopt;
  auto classes = FindAddressClasses(loop, evolution, group);
  if (!classes || !KeepsOrder(loop, loops, shapes, *classes) ||
      !Pays(loop, loops, shapes, *classes, !accumulations->empty()))
    return std::nullopt;
  return OuterLoopPlan{std::move(shapes), std::move(*accumulations), std::move(*classes), group};
}

}  // namespace tenon::compiler
