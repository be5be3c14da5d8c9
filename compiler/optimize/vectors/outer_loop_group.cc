// Uniform and strided instructions are copied once and give the value of the group's first
// iteration; varying ones become vectors, or a copy for each iteration where they work on vectors
// already. Blocks are copied in an order in which definitions come before uses, phis are connected
// at the end.
#include "compiler/optimize/vectors/outer_loop_group.h"

#include <llvm/IR/IntrinsicInst.h>

#include <cassert>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

OuterLoopGroup::OuterLoopGroup(llvm::Loop& loop, llvm::LoopInfo& loops, const OuterLoopPlan& plan)
    : loop_(loop),
      plan_(plan),
      order_(&loop),
      builder_(loop.getHeader()->getContext()),
      scopes_(plan.classes, builder_.getContext()) {
  order_.perform(&loops);
}

void OuterLoopGroup::Copy() {
  llvm::Function* function = loop_.getHeader()->getParent();
  for (llvm::BasicBlock* block : order_) {
    copies_[block] =
        llvm::BasicBlock::Create(block->getContext(), "group", function, loop_.getExitBlock());
  }
  for (llvm::BasicBlock* block : order_) {
    builder_.SetInsertPoint(llvm::cast<llvm::BasicBlock>(copies_[block]));
    for (llvm::Instruction& instruction : *block) {
      const bool is_counted = llvm::isa<llvm::PHINode>(instruction) && block == loop_.getHeader();
      const bool is_end = instruction.isTerminator() && block == loop_.getLoopLatch();
      if (!is_counted && !is_end) Widen(instruction);
    }
  }
  for (llvm::Instruction* scalar : scalars_) {
    llvm::RemapInstruction(scalar, copies_,
                           llvm::RF_IgnoreMissingLocals | llvm::RF_NoModuleLevelChanges);
  }
  ConnectPhis();
}

void OuterLoopGroup::ConnectPhis() {
  for (auto [phi, wide] : wide_phis_) {
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      auto* from = llvm::cast<llvm::BasicBlock>(copies_[phi->getIncomingBlock(i)]);
      builder_.SetInsertPoint(from->getTerminator());
      wide->addIncoming(Wide(phi->getIncomingValue(i)), from);
    }
  }
  for (llvm::PHINode* phi : own_phis_) {
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      auto* from = llvm::cast<llvm::BasicBlock>(copies_[phi->getIncomingBlock(i)]);
      builder_.SetInsertPoint(from->getTerminator());
      for (unsigned lane = 0; lane < plan_.group; ++lane) {
        auto* own = llvm::cast<llvm::PHINode>(own_[phi][lane]);
        own->setIncomingBlock(i, from);
        own->setIncomingValue(i, Own(phi->getIncomingValue(i), lane));
      }
    }
  }
}

llvm::BasicBlock* OuterLoopGroup::first() {
  return llvm::cast<llvm::BasicBlock>(copies_[loop_.getHeader()]);
}
llvm::BasicBlock* OuterLoopGroup::last() {
  return llvm::cast<llvm::BasicBlock>(copies_[loop_.getLoopLatch()]);
}

llvm::Value* OuterLoopGroup::Moved(llvm::Value* value, std::int64_t by) {
  if (value->getType()->isPointerTy())
    return builder_.CreatePtrAdd(value, builder_.getInt64(static_cast<std::uint64_t>(by)));
  return builder_.CreateAdd(value,
                            llvm::ConstantInt::get(value->getType(), static_cast<std::uint64_t>(by),
                                                   /*IsSigned=*/true, /*ImplicitTrunc=*/true));
}

llvm::Value* OuterLoopGroup::Scalar(llvm::Value* value) {
  llvm::Value* copy = copies_.lookup(value);
  return copy != nullptr ? copy : value;
}

// The value of all iterations as a vector, at the place where code is being made.
llvm::Value* OuterLoopGroup::Wide(llvm::Value* value) {
  if (const auto found = wide_.find(value); found != wide_.end()) return found->second;
  if (const auto found = own_.find(value); found != own_.end()) {
    llvm::Value* wide = llvm::PoisonValue::get(WideType(value->getType()));
    for (unsigned lane = 0; lane < plan_.group; ++lane)
      wide = builder_.CreateInsertElement(wide, found->second[lane], std::uint64_t{lane});
    return wide;
  }
  assert(!plan_.shapes.Of(value).is_varying());
  llvm::Value* splat = builder_.CreateVectorSplat(plan_.group, Scalar(value));
  const Shape shape = plan_.shapes.Of(value);
  if (!shape.is_strided()) return splat;
  std::vector<llvm::Constant*> steps;
  for (unsigned i = 0; i < plan_.group; ++i) {
    steps.push_back(llvm::ConstantInt::get(value->getType(),
                                           static_cast<std::uint64_t>(shape.stride * i),
                                           /*IsSigned=*/true, /*ImplicitTrunc=*/true));
  }
  return builder_.CreateAdd(splat, llvm::ConstantVector::get(steps));
}

llvm::Type* OuterLoopGroup::WideType(llvm::Type* type) {
  return llvm::FixedVectorType::get(type, plan_.group);
}

void OuterLoopGroup::Widen(llvm::Instruction& instruction) {
  const Shape shape = plan_.shapes.Of(&instruction);
  if (const Accumulation* accumulation = plan_.AccumulationOf(instruction)) {
    if (&instruction == accumulation->store) Accumulate(*accumulation);
  } else if (llvm::isa<llvm::LoadInst>(instruction) && shape.is_varying()) {
    WideLoad(llvm::cast<llvm::LoadInst>(instruction));
  } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    WideStore(*store);
  } else if (!shape.is_varying()) {
    llvm::Instruction* copy = instruction.clone();
    builder_.Insert(copy);
    copies_[&instruction] = copy;
    scalars_.push_back(copy);
    scopes_.Tell(instruction, *copy);
  } else if (HasVectors(instruction)) {
    std::vector<llvm::Value*>& own = own_[&instruction];
    for (unsigned lane = 0; lane < plan_.group; ++lane) own.push_back(CopyFor(instruction, lane));
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) own_phis_.push_back(phi);
  } else if (auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
    llvm::PHINode* wide = builder_.CreatePHI(WideType(phi->getType()), phi->getNumOperands());
    wide_[phi] = wide;
    wide_phis_.push_back({phi, wide});
  } else {
    llvm::Value* wide = WideOperation(instruction);
    if (auto* made = llvm::dyn_cast<llvm::Instruction>(wide)) made->copyIRFlags(&instruction);
    wide_[&instruction] = wide;
  }
}

// A copy for one iteration of the group. The operands of phis follow when all is copied.
llvm::Instruction* OuterLoopGroup::CopyFor(llvm::Instruction& instruction, unsigned lane) {
  llvm::Instruction* copy = instruction.clone();
  if (!llvm::isa<llvm::PHINode>(instruction)) {
    for (llvm::Use& operand : copy->operands()) operand.set(Own(operand.get(), lane));
  }
  return builder_.Insert(copy);
}

// The value of one iteration of the group.
llvm::Value* OuterLoopGroup::Own(llvm::Value* value, unsigned lane) {
  if (const auto found = own_.find(value); found != own_.end()) return found->second[lane];
  const Shape shape = plan_.shapes.Of(value);
  if (shape.is_varying()) return builder_.CreateExtractElement(Wide(value), std::uint64_t{lane});
  return shape.is_strided() ? Moved(Scalar(value), shape.stride * lane) : Scalar(value);
}

void OuterLoopGroup::Accumulate(const Accumulation& accumulation) {
  llvm::LoadInst& load = *accumulation.load;
  llvm::Value* pointer = Scalar(load.getPointerOperand());
  llvm::LoadInst* first = builder_.CreateAlignedLoad(load.getType(), pointer, load.getAlign());
  scopes_.Tell(load, *first);
  llvm::Value* sum = first;
  for (unsigned lane = 0; lane < plan_.group; ++lane) {
    const llvm::Value* previous = &load;
    for (llvm::BinaryOperator* operation : accumulation.operations) {
      const unsigned side = operation->getOperand(0) == previous ? 0 : 1;
      llvm::Value* other = Own(operation->getOperand(1 - side), lane);
      llvm::Instruction* copy = operation->clone();
      copy->setOperand(side, sum);
      copy->setOperand(1 - side, other);
      sum = builder_.Insert(copy);
      previous = operation;
    }
  }
  llvm::StoreInst& store = *accumulation.store;
  scopes_.Tell(store, *builder_.CreateAlignedStore(sum, pointer, store.getAlign()));
}

llvm::Value* OuterLoopGroup::WideOperation(llvm::Instruction& instruction) {
  const auto operand = [&](unsigned i) { return Wide(instruction.getOperand(i)); };
  if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(&instruction))
    return builder_.CreateBinOp(binary->getOpcode(), operand(0), operand(1));
  if (auto* unary = llvm::dyn_cast<llvm::UnaryOperator>(&instruction))
    return builder_.CreateUnOp(unary->getOpcode(), operand(0));
  if (auto* cast = llvm::dyn_cast<llvm::CastInst>(&instruction))
    return builder_.CreateCast(cast->getOpcode(), operand(0), WideType(cast->getType()));
  if (auto* compare = llvm::dyn_cast<llvm::CmpInst>(&instruction))
    return builder_.CreateCmp(compare->getPredicate(), operand(0), operand(1));
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&instruction)) {
    llvm::Value* condition = plan_.shapes.Of(select->getCondition()).is_uniform()
                                 ? Scalar(select->getCondition())
                                 : operand(0);
    return builder_.CreateSelect(condition, operand(1), operand(2));
  }
  auto& intrinsic = llvm::cast<llvm::IntrinsicInst>(instruction);
  std::vector<llvm::Value*> arguments;
  for (unsigned i = 0; i < intrinsic.arg_size(); ++i) arguments.push_back(operand(i));
  return builder_.CreateIntrinsic(WideType(intrinsic.getType()), intrinsic.getIntrinsicID(),
                                  arguments);
}

// The pointer of the iteration `lane` of the group.
llvm::Value* OuterLoopGroup::PointerOf(llvm::Instruction& access, unsigned lane) {
  llvm::Value* pointer = llvm::getLoadStorePointerOperand(&access);
  const std::int64_t offset = plan_.shapes.Of(pointer).stride * lane;
  return builder_.CreatePtrAdd(Scalar(pointer),
                               builder_.getInt64(static_cast<std::uint64_t>(offset)));
}

void OuterLoopGroup::WideLoad(llvm::LoadInst& load) {
  if (IsContiguous(load, plan_.shapes)) {
    llvm::LoadInst* wide = builder_.CreateAlignedLoad(
        WideType(load.getType()), Scalar(load.getPointerOperand()), load.getAlign());
    scopes_.Tell(load, *wide);
    wide_[&load] = wide;
    return;
  }
  std::vector<llvm::Value*>& own = own_[&load];
  for (unsigned lane = 0; lane < plan_.group; ++lane) {
    llvm::LoadInst* one =
        builder_.CreateAlignedLoad(load.getType(), PointerOf(load, lane), load.getAlign());
    scopes_.Tell(load, *one);
    own.push_back(one);
  }
}

void OuterLoopGroup::WideStore(llvm::StoreInst& store) {
  if (IsContiguous(store, plan_.shapes)) {
    scopes_.Tell(store,
                 *builder_.CreateAlignedStore(Wide(store.getValueOperand()),
                                              Scalar(store.getPointerOperand()), store.getAlign()));
    return;
  }
  for (unsigned lane = 0; lane < plan_.group; ++lane) {
    llvm::Value* one = Own(store.getValueOperand(), lane);
    scopes_.Tell(store,
                 *builder_.CreateAlignedStore(one, PointerOf(store, lane), store.getAlign()));
  }
}

}  // namespace tenon::compiler
