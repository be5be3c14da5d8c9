// Blocks and branches: wasm's structured control becomes basic blocks with phis.
#include "compiler/lower/function_lowering.h"

namespace tenon::compiler {

namespace {

// Functions beyond these are not optimised. LLVM's loop-invariant code motion takes more than the
// fourth power of the depth of loops (9 s for 120), its placement of blocks more than the square
// of the targets of a branch (20 s for 6,000). No program is known that comes near.
constexpr std::uint32_t kDeepestLoop = 64;
constexpr unsigned kMostBranchTargets = 4096;

}  // namespace

std::vector<ValueType> FunctionLowering::ParametersOf(const wasm::BlockType& type) const {
  if (type.kind != wasm::BlockType::Kind::kTypeIndex) return {};
  return wasm_.types[type.type_index].parameters;
}

std::vector<ValueType> FunctionLowering::ResultsOf(const wasm::BlockType& type) const {
  switch (type.kind) {
    case wasm::BlockType::Kind::kEmpty: return {};
    case wasm::BlockType::Kind::kValue: return {type.value};
    case wasm::BlockType::Kind::kTypeIndex: return wasm_.types[type.type_index].results;
  }
  return {};
}

std::vector<llvm::PHINode*> FunctionLowering::MakePhis(llvm::BasicBlock* block,
                                                       const std::vector<ValueType>& types) {
  std::vector<llvm::PHINode*> phis;
  for (const ValueType type : types) {
    phis.push_back(llvm::PHINode::Create(lowering_.TypeOf(type), 2, "", block));
  }
  return phis;
}

void FunctionLowering::FeedPhis(std::vector<llvm::PHINode*>& phis) {
  const std::size_t base = stack_.size() - phis.size();
  for (std::size_t i = 0; i < phis.size(); ++i) {
    phis[i]->addIncoming(stack_[base + i], builder_.GetInsertBlock());
  }
}

void FunctionLowering::BeginBlock(const Instruction& instruction) {
  const std::vector<ValueType> parameters = ParametersOf(instruction.block_type);
  ControlFrame frame{.kind = ControlFrame::Kind::kBlock, .end = NewBlock("end")};
  frame.end_phis = MakePhis(frame.end, ResultsOf(instruction.block_type));
  if (instruction.opcode == Opcode::kIf) {
    frame.kind = ControlFrame::Kind::kIf;
    llvm::Value* condition = builder_.CreateICmpNE(Pop(), builder_.getInt32(0));
    llvm::BasicBlock* then_block = NewBlock("then");
    frame.else_block = NewBlock("else");
    frame.else_operands.assign(stack_.end() - static_cast<std::ptrdiff_t>(parameters.size()),
                               stack_.end());
    builder_.CreateCondBr(condition, then_block, frame.else_block);
    builder_.SetInsertPoint(then_block);
  }
  if (instruction.opcode == Opcode::kTryTable) {
    frame.kind = ControlFrame::Kind::kTryTable;
    frame.handler = TryTableHandler(instruction.catches);
  }
  if (instruction.opcode == Opcode::kTry) {
    frame.kind = ControlFrame::Kind::kTry;
    frame.handler = NewBlock("handler");
  }
  frame.height = stack_.size() - parameters.size();
  if (instruction.opcode == Opcode::kLoop) {
    frame.kind = ControlFrame::Kind::kLoop;
    frame.loop_header = NewBlock("loop");
    frame.loop_phis = MakePhis(frame.loop_header, parameters);
    FeedPhis(frame.loop_phis);
    builder_.CreateBr(frame.loop_header);
    builder_.SetInsertPoint(frame.loop_header);
    stack_.resize(frame.height);
    for (llvm::PHINode* phi : frame.loop_phis) Push(phi);
    if (++loop_depth_ > kDeepestLoop) ForgoOptimization();
  }
  control_.push_back(std::move(frame));
}

void FunctionLowering::Else() {
  ControlFrame& frame = control_.back();
  if (!unreachable_) {
    FeedPhis(frame.end_phis);
    builder_.CreateBr(frame.end);
  }
  stack_.resize(frame.height);
  for (llvm::Value* operand : frame.else_operands) Push(operand);
  builder_.SetInsertPoint(frame.else_block);
  frame.kind = ControlFrame::Kind::kElse;
  frame.else_block = nullptr;
  unreachable_ = false;
}

void FunctionLowering::End() {
  if (control_.back().kind == ControlFrame::Kind::kTry ||
      control_.back().kind == ControlFrame::Kind::kCatch) {
    EndTry(control_.back());
  }
  ControlFrame frame = std::move(control_.back());
  if (frame.kind == ControlFrame::Kind::kLoop) --loop_depth_;
  if (!unreachable_) {
    FeedPhis(frame.end_phis);
    builder_.CreateBr(frame.end);
  }
  if (frame.else_block != nullptr) {
    // An if without else: its parameters are its results.
    builder_.SetInsertPoint(frame.else_block);
    for (std::size_t i = 0; i < frame.end_phis.size(); ++i) {
      frame.end_phis[i]->addIncoming(frame.else_operands[i], frame.else_block);
    }
    builder_.CreateBr(frame.end);
  }
  control_.pop_back();
  stack_.resize(frame.height);
  builder_.SetInsertPoint(frame.end);
  // Nothing may branch here: then what follows is dead, but lowering it as if it were not is
  // harmless and keeps the operand stack typed; LLVM removes it.
  for (llvm::PHINode* phi : frame.end_phis) {
    if (phi->getNumIncomingValues() == 0) {
      phi->replaceAllUsesWith(llvm::PoisonValue::get(phi->getType()));
      Push(llvm::Constant::getNullValue(phi->getType()));
      phi->eraseFromParent();
    } else {
      Push(phi);
    }
  }
  unreachable_ = false;
}

// The optimiser and code generation then do the least that they can for this function.
void FunctionLowering::ForgoOptimization() {
  native_->addFnAttr(llvm::Attribute::OptimizeNone);
  native_->addFnAttr(llvm::Attribute::NoInline);
}

void FunctionLowering::BranchTable(const Instruction& instruction) {
  llvm::Value* selector = Pop();
  const std::span<const std::uint32_t> targets = instruction.targets;
  // A block that is named twice needs one phi entry per edge.
  const auto count = static_cast<unsigned>(targets.size() - 1);
  if (count > kMostBranchTargets) ForgoOptimization();
  ControlFrame& fallback = Target(targets.back());
  llvm::SwitchInst* branch = builder_.CreateSwitch(selector, TargetBlock(fallback), count);
  FeedPhis(TargetPhis(fallback));
  for (std::uint32_t i = 0; i < count; ++i) {
    ControlFrame& frame = Target(targets[i]);
    branch->addCase(builder_.getInt32(i), TargetBlock(frame));
    FeedPhis(TargetPhis(frame));
  }
  SetUnreachable();
}

void FunctionLowering::BranchOnNull(const Instruction& instruction) {
  const bool if_null = instruction.opcode == Opcode::kBrOnNull;
  llvm::Value* reference = Pop();
  ControlFrame& frame = Target(instruction.index);
  if (!if_null) Push(reference);  // the label takes it
  FeedPhis(TargetPhis(frame));
  llvm::BasicBlock* next = NewBlock("next");
  llvm::Value* is_null = builder_.CreateIsNull(reference);
  builder_.CreateCondBr(if_null ? is_null : builder_.CreateNot(is_null), TargetBlock(frame), next);
  builder_.SetInsertPoint(next);
  if (if_null) {
    Push(reference);
  } else {
    Pop();
  }
}

void FunctionLowering::LowerControl(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::kUnreachable:
      TrapIf(builder_.getTrue(), abi::TrapKind::kUnreachable);
      builder_.CreateUnreachable();
      SetUnreachable();
      break;
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTryTable:
    case Opcode::kTry: BeginBlock(instruction); break;
    case Opcode::kCatch:
    case Opcode::kCatchAll: Catch(instruction); break;
    case Opcode::kDelegate:
      Delegate(instruction.index);
      End();
      break;
    case Opcode::kThrow: Throw(instruction.index); break;
    case Opcode::kThrowRef: ThrowReference(); break;
    case Opcode::kRethrow: Rethrow(instruction.index); break;
    case Opcode::kElse: Else(); break;
    case Opcode::kEnd: End(); break;
    case Opcode::kBr: {
      ControlFrame& frame = Target(instruction.index);
      FeedPhis(TargetPhis(frame));
      builder_.CreateBr(TargetBlock(frame));
      SetUnreachable();
      break;
    }
    case Opcode::kBrIf: {
      llvm::Value* condition = builder_.CreateICmpNE(Pop(), builder_.getInt32(0));
      ControlFrame& frame = Target(instruction.index);
      FeedPhis(TargetPhis(frame));
      llvm::BasicBlock* next = NewBlock("next");
      builder_.CreateCondBr(condition, TargetBlock(frame), next);
      builder_.SetInsertPoint(next);
      break;
    }
    case Opcode::kBrTable: BranchTable(instruction); break;
    case Opcode::kReturn: {
      ControlFrame& frame = control_.front();
      FeedPhis(frame.end_phis);
      builder_.CreateBr(frame.end);
      SetUnreachable();
      break;
    }
    case Opcode::kCall: LowerCall(instruction.index, false); break;
    case Opcode::kReturnCall: LowerCall(instruction.index, true); break;
    case Opcode::kCallIndirect: LowerCallIndirect(instruction, false); break;
    case Opcode::kReturnCallIndirect: LowerCallIndirect(instruction, true); break;
    case Opcode::kCallRef: LowerCallRef(instruction.index, false); break;
    case Opcode::kReturnCallRef: LowerCallRef(instruction.index, true); break;
    case Opcode::kBrOnNull:
    case Opcode::kBrOnNonNull: BranchOnNull(instruction); break;
    default: break;
  }
}

}  // namespace tenon::compiler
