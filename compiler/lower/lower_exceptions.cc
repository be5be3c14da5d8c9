// Exceptions as ordinary control flow (abi.h, exceptions): whoever calls a function that may throw
// looks afterwards whether an exception is on its way, and then goes to the handler around the call
// or returns.
//
// A handler is a block that compares the exception's tag. It is reached by branches only and finds
// the exception in the execution environment, so that any number of calls can share it.
#include "compiler/lower/function_lowering.h"

namespace tenon::compiler {

// Where the exception that is on its way is kept. The environment stays the same while a
// function runs.
llvm::Value* FunctionLowering::ExceptionSlot() {
  if (exception_slot_ == nullptr) {
    llvm::IRBuilder<> entry(&native_->getEntryBlock(), native_->getEntryBlock().begin());
    llvm::LoadInst* environment = entry.CreateAlignedLoad(
        lowering_.pointer, lowering_.Offset(entry, Context(), offsetof(abi::VmContext, exec_env)),
        llvm::Align(8));
    SetAliasTag(*environment, lowering_.AliasTag(AliasClass::kContext));
    exception_slot_ = lowering_.Offset(entry, environment, abi::kEnvironmentException);
  }
  return exception_slot_;
}

llvm::Value* FunctionLowering::LoadException() {
  return Load(lowering_.pointer, ExceptionSlot(), lowering_.AliasTag(AliasClass::kException), 8);
}

void FunctionLowering::StoreException(llvm::Value* exception) {
  Store(exception, ExceptionSlot(), lowering_.AliasTag(AliasClass::kException), 8);
}

llvm::Value* FunctionLowering::TagAddress(std::uint32_t tag) {
  if (tag < wasm_.imported_tags) {
    return lowering_.LoadInvariant(builder_, Context(),
                                   lowering_.layout.tag_pointers + std::uint64_t{8} * tag,
                                   lowering_.pointer);
  }
  return lowering_.Offset(
      builder_, Context(),
      lowering_.layout.tags + sizeof(abi::TagInstance) * (tag - wasm_.imported_tags));
}

// Of the innermost try around the first `depth` open constructs, or the block that returns.
llvm::BasicBlock* FunctionLowering::HandlerAround(std::size_t depth) {
  for (std::size_t i = depth; i-- > 0;) {
    const ControlFrame& frame = control_[i];
    if (frame.kind == ControlFrame::Kind::kTryTable || frame.kind == ControlFrame::Kind::kTry)
      return frame.handler;
  }
  if (leave_block_ == nullptr) {
    leave_block_ = NewBlock("leave");
    llvm::IRBuilder<> builder(leave_block_);
    // What is returned beside an exception means nothing.
    if (native_->getReturnType()->isVoidTy()) {
      builder.CreateRetVoid();
    } else {
      builder.CreateRet(llvm::Constant::getNullValue(native_->getReturnType()));
    }
  }
  return leave_block_;
}

void FunctionLowering::CheckForException() {
  llvm::BasicBlock* next = NewBlock("returned");
  llvm::BranchInst* branch = builder_.CreateCondBr(builder_.CreateIsNotNull(LoadException()),
                                                   HandlerAround(control_.size()), next);
  MarkFirstSuccessorUnlikely(*branch);
  builder_.SetInsertPoint(next);
}

void FunctionLowering::GoToHandler() {
  builder_.CreateBr(HandlerAround(control_.size()));
  SetUnreachable();
}

void FunctionLowering::Throw(std::uint32_t tag) {
  const wasm::FunctionType& type = wasm_.types[wasm_.tags[tag].type_index];
  std::size_t cells = 0;
  for (const ValueType value : type.parameters) cells += abi::CellsOf(value);
  llvm::Value* address = TagAddress(tag);
  llvm::Value* exception =
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::exception_new,
                            {address, builder_.getInt32(static_cast<std::uint32_t>(cells))});
  llvm::MDNode* alias = lowering_.AliasTag(AliasClass::kException);
  Store(address, lowering_.Offset(builder_, exception, offsetof(abi::Exception, tag)), alias, 8);
  llvm::Value* payload = lowering_.Offset(builder_, exception, sizeof(abi::Exception));
  std::size_t cell = 0;
  const std::vector<llvm::Value*> values = PopMany(type.parameters.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    lowering_.StoreCell(builder_, values[i], payload, cell);
    cell += abi::CellsOf(type.parameters[i]);
  }
  StoreException(exception);
  GoToHandler();
}

void FunctionLowering::ThrowReference() {
  llvm::Value* exception = Pop();
  TrapIf(builder_.CreateIsNull(exception), abi::TrapKind::kNullExceptionReference);
  StoreException(exception);
  GoToHandler();
}

// Pushes what an exception of the tag carries.
void FunctionLowering::PushPayload(llvm::Value* exception, std::uint32_t tag) {
  std::size_t cell = 0;
  for (const ValueType value : wasm_.types[wasm_.tags[tag].type_index].parameters) {
    llvm::Value* address = lowering_.Offset(builder_, exception, sizeof(abi::Exception) + 8 * cell);
    Push(builder_.CreateAlignedLoad(lowering_.TypeOf(value), address, llvm::Align(8)));
    cell += abi::CellsOf(value);
  }
}

// The exception is here to stay, as a reference or not at all.
void FunctionLowering::Caught(llvm::Value* exception, bool is_referenced) {
  StoreException(llvm::ConstantPointerNull::get(lowering_.pointer));
  if (is_referenced) {
    Store(builder_.getInt64(1),
          lowering_.Offset(builder_, exception, offsetof(abi::Exception, is_referenced)),
          lowering_.AliasTag(AliasClass::kException), 8);
    return;
  }
  lowering_.CallBuiltin(builder_, Context(), abi::Builtin::exception_release, {exception});
}

// Writes the try_table's handler, before the construct is open: labels count from outside of it.
llvm::BasicBlock* FunctionLowering::TryTableHandler(std::span<const wasm::CatchClause> clauses) {
  const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
  llvm::BasicBlock* handler = NewBlock("handler");
  builder_.SetInsertPoint(handler);
  llvm::Value* exception = LoadException();
  bool catches_all = false;
  for (const wasm::CatchClause& clause : clauses) {
    llvm::BasicBlock* next = nullptr;
    if (clause.has_tag()) {
      next = NewBlock("uncaught");
      BranchOnTag(exception, clause.tag, next);
    }
    const std::size_t height = stack_.size();
    if (clause.has_tag()) PushPayload(exception, clause.tag);
    if (clause.has_reference()) Push(exception);
    Caught(exception, clause.has_reference());
    ControlFrame& frame = Target(clause.label);
    FeedPhis(TargetPhis(frame));
    builder_.CreateBr(TargetBlock(frame));
    stack_.resize(height);
    catches_all = next == nullptr;
    if (catches_all) break;
    builder_.SetInsertPoint(next);
  }
  if (!catches_all) builder_.CreateBr(HandlerAround(control_.size()));
  return handler;
}

// Goes on in a new block if the exception has the tag, and in `otherwise` if not.
void FunctionLowering::BranchOnTag(llvm::Value* exception, std::uint32_t tag,
                                   llvm::BasicBlock* otherwise) {
  llvm::Value* actual =
      Load(lowering_.pointer, lowering_.Offset(builder_, exception, offsetof(abi::Exception, tag)),
           lowering_.AliasTag(AliasClass::kException), 8);
  llvm::BasicBlock* caught = NewBlock("caught");
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, TagAddress(tag)), caught, otherwise);
  builder_.SetInsertPoint(caught);
}

// ---- the older form -----------------------------------------------------------------------

// Ends the try's body or the catch before, and begins another catch.
void FunctionLowering::Catch(const Instruction& instruction) {
  ControlFrame& frame = control_.back();
  if (!unreachable_) {
    FeedPhis(frame.end_phis);
    builder_.CreateBr(frame.end);
  }
  stack_.resize(frame.height);
  unreachable_ = false;
  if (frame.kind == ControlFrame::Kind::kTry) {
    frame.kind = ControlFrame::Kind::kCatch;
    builder_.SetInsertPoint(frame.handler);
    frame.caught = LoadException();
  } else {
    builder_.SetInsertPoint(frame.next_catch);
  }
  frame.next_catch = nullptr;
  // Whether a rethrow will need the exception is not known here, so it is kept.
  if (instruction.opcode == Opcode::kCatchAll) {
    Caught(frame.caught, true);
    return;
  }
  llvm::BasicBlock* next = NewBlock("uncaught");
  llvm::Value* exception = frame.caught;
  frame.next_catch = next;
  BranchOnTag(exception, instruction.index, next);
  PushPayload(exception, instruction.index);
  Caught(exception, true);
}

void FunctionLowering::Rethrow(std::uint32_t depth) {
  StoreException(Target(depth).caught);
  GoToHandler();
}

// `depth` counts from outside of the try.
void FunctionLowering::Delegate(std::uint32_t depth) {
  ControlFrame& frame = control_.back();
  const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
  builder_.SetInsertPoint(frame.handler);
  builder_.CreateBr(HandlerAround(control_.size() - 1 - depth));
  frame.kind = ControlFrame::Kind::kBlock;
}

// At the end of a try: exceptions that no catch took go on.
void FunctionLowering::EndTry(const ControlFrame& frame) {
  llvm::BasicBlock* open =
      frame.kind == ControlFrame::Kind::kTry ? frame.handler : frame.next_catch;
  if (open == nullptr) return;
  const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
  builder_.SetInsertPoint(open);
  builder_.CreateBr(HandlerAround(control_.size() - 1));
}

}  // namespace tenon::compiler
