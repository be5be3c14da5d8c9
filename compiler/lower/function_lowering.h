// Lowers one function body to LLVM IR; the class that the lower_*.cc files implement, one job each.
//
// The operand stack becomes SSA values; locals are stack slots that mem2reg turns into SSA right
// after (optimize/order.cc); block results and loop parameters are phis. The module is valid, so
// nothing is checked here. Nesting is kept on a vector, never on the native stack.
//
// Internal to code generation: ModuleLowering's users call LowerFunction.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include <map>
#include <span>
#include <vector>

#include "compiler/lower/module_lowering.h"
#include "compiler/wasm/instruction.h"
#include "compiler/wasm/opcode_info.h"

namespace tenon::compiler {

using wasm::Instruction;
using wasm::Opcode;

struct ControlFrame {
  enum class Kind { kFunction, kBlock, kLoop, kIf, kElse, kTryTable, kTry, kCatch };
  Kind kind;
  llvm::BasicBlock* end;  // what follows the construct
  llvm::BasicBlock* loop_header = nullptr;
  llvm::BasicBlock* else_block = nullptr;
  std::vector<llvm::PHINode*> end_phis = {};
  std::vector<llvm::PHINode*> loop_phis = {};
  std::vector<llvm::Value*> else_operands = {};  // the if's parameters, for the else branch
  llvm::BasicBlock* handler = nullptr;           // try_table, try: where its body's exceptions go
  llvm::Value* caught = nullptr;                 // kCatch: the exception
  llvm::BasicBlock* next_catch = nullptr;        // kCatch: for what the catches so far do not take
  std::size_t height = 0;            // of the operand stack below the construct's parameters
  bool entered_unreachable = false;  // the whole construct is dead code
};

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& lowering, std::uint32_t function_index)
      : lowering_(lowering),
        wasm_(lowering.wasm),
        function_(wasm_.functions[function_index]),
        type_(wasm_.TypeOf(function_)),
        native_(lowering.Declare(function_index)),
        builder_(lowering.context) {}

  void Lower();

 private:
  void LowerInstruction(const Instruction& instruction);
  void LowerSimple(const Instruction& instruction);
  void LowerControl(const Instruction& instruction);
  void LowerLoad(const Instruction& instruction);
  void LowerStore(const Instruction& instruction);
  void LowerNumeric(Opcode opcode);
  bool LowerInteger(Opcode opcode);
  bool LowerFloat(Opcode opcode);
  void LowerConversion(Opcode opcode);
  void LowerBulk(const Instruction& instruction);
  void LowerVector(const Instruction& instruction);
  bool LowerVectorInteger(Opcode opcode, unsigned lane_bits);
  bool LowerVectorFloat(Opcode opcode, llvm::Type* lane);
  void LowerVectorOther(const Instruction& instruction);
  void LowerVectorMemory(const Instruction& instruction);
  void LowerAtomic(const Instruction& instruction);
  void LowerWaitOrNotify(const Instruction& instruction);
  llvm::Value* AtomicAddress(const Instruction& instruction, llvm::Value* index,
                             std::uint64_t width);
  bool LowerWide(Opcode opcode);

  // ---- operand stack
  void Push(llvm::Value* value) { stack_.push_back(value); }
  void PushAll(const std::vector<llvm::Value*>& values) {
    stack_.insert(stack_.end(), values.begin(), values.end());
  }
  llvm::Value* Pop() {
    llvm::Value* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  std::vector<llvm::Value*> PopMany(std::size_t count) {
    std::vector<llvm::Value*> values(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                     stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }

  // ---- control
  std::vector<ValueType> ParametersOf(const wasm::BlockType& type) const;
  std::vector<ValueType> ResultsOf(const wasm::BlockType& type) const;
  std::vector<llvm::PHINode*> MakePhis(llvm::BasicBlock* block,
                                       const std::vector<ValueType>& types);
  ControlFrame& Target(std::uint32_t depth) { return control_[control_.size() - 1 - depth]; }
  llvm::BasicBlock* TargetBlock(ControlFrame& frame) {
    return frame.kind == ControlFrame::Kind::kLoop ? frame.loop_header : frame.end;
  }
  std::vector<llvm::PHINode*>& TargetPhis(ControlFrame& frame) {
    return frame.kind == ControlFrame::Kind::kLoop ? frame.loop_phis : frame.end_phis;
  }
  // Adds the operands on top of the stack to the target's phis, from the current block.
  void FeedPhis(std::vector<llvm::PHINode*>& phis);
  void BeginBlock(const Instruction& instruction);
  void Else();
  void End();
  void BranchTable(const Instruction& instruction);
  void ForgoOptimization();
  void BranchOnNull(const Instruction& instruction);
  void SetUnreachable() {
    unreachable_ = true;
    stack_.resize(control_.back().height);
  }
  llvm::BasicBlock* NewBlock(const char* name) {
    return llvm::BasicBlock::Create(lowering_.context, name, native_);
  }

  // ---- exceptions
  llvm::Value* ExceptionSlot();
  llvm::Value* LoadException();
  void StoreException(llvm::Value* exception);
  llvm::Value* TagAddress(std::uint32_t tag);
  llvm::BasicBlock* HandlerAround(std::size_t depth);
  void CheckForException();
  void GoToHandler();
  void Throw(std::uint32_t tag);
  void ThrowReference();
  void PushPayload(llvm::Value* exception, std::uint32_t tag);
  void Caught(llvm::Value* exception, bool is_referenced);
  llvm::BasicBlock* TryTableHandler(std::span<const wasm::CatchClause> clauses);
  void BranchOnTag(llvm::Value* exception, std::uint32_t tag, llvm::BasicBlock* otherwise);
  void Catch(const Instruction& instruction);
  void Rethrow(std::uint32_t depth);
  void Delegate(std::uint32_t depth);
  void EndTry(const ControlFrame& frame);

  // ---- traps
  // Branches to the function's trap block of `kind` if `condition`.
  void TrapIf(llvm::Value* condition, abi::TrapKind kind);

  // ---- calls
  using Callee = ModuleLowering::Callee;
  Callee CalleeOf(llvm::Value* record);
  Callee OwnCalleeOf(llvm::Value* record);
  void TailCallForeign(llvm::Value* record, std::uint32_t type_index,
                       std::vector<llvm::Value*> arguments);
  llvm::Value* ResultsBuffer(std::size_t cells);
  std::vector<llvm::Value*> CallAndLoad(const Callee& callee, const wasm::FunctionType& type,
                                        std::vector<llvm::Value*> arguments);
  void HandOver(llvm::Value* callee_context);
  // VmContext::traits.
  llvm::Value* TraitsOf(llvm::Value* callee_context);
  // One of the environment's fields that abi.h names.
  void StoreInEnvironment(llvm::Value* value, std::uint64_t offset);
  llvm::Value* GuardedCode(llvm::Value* record, llvm::Value* context, llvm::Value* code,
                           std::uint32_t type_index);
  std::vector<llvm::Value*> CallForeign(llvm::Value* record, std::uint32_t type_index,
                                        std::vector<llvm::Value*> arguments);
  void TailCall(const Callee& callee, const wasm::FunctionType& type,
                std::vector<llvm::Value*> arguments);
  void CheckFunctionType(llvm::Value* record, std::uint32_t type_index);
  void CallReference(llvm::Value* record, std::uint32_t type_index,
                     std::vector<llvm::Value*> arguments, bool is_tail);
  void LowerCall(std::uint32_t function_index, bool is_tail);
  void LowerCallIndirect(const Instruction& instruction, bool is_tail);
  void LowerCallRef(std::uint32_t type_index, bool is_tail);

  // ---- memory, tables, globals
  llvm::Value* MemoryDescriptor(std::uint32_t memory_index);
  llvm::Value* MemoryField(std::uint32_t memory_index, std::size_t offset, llvm::Type* type);
  llvm::Value* Address(const Instruction& instruction, llvm::Value* index, std::uint64_t width);
  llvm::Value* TableDescriptor(std::uint32_t table_index);
  llvm::Value* TableSize(std::uint32_t table_index);
  llvm::Value* TableSlot(std::uint32_t table_index, llvm::Value* index, abi::TrapKind kind);
  llvm::Value* GlobalAddress(std::uint32_t global_index);
  llvm::LoadInst* Load(llvm::Type* type, llvm::Value* address, llvm::MDNode* tag,
                       std::uint64_t align) {
    llvm::LoadInst* load = builder_.CreateAlignedLoad(type, address, llvm::Align(align));
    SetAliasTag(*load, tag);
    return load;
  }
  void Store(llvm::Value* value, llvm::Value* address, llvm::MDNode* tag, std::uint64_t align) {
    SetAliasTag(*builder_.CreateAlignedStore(value, address, llvm::Align(align)), tag);
  }

  llvm::Value* Context() { return native_->getArg(0); }
  llvm::Value* Intrinsic(llvm::Intrinsic::ID id, std::vector<llvm::Value*> operands) {
    return builder_.CreateIntrinsic(id, {operands[0]->getType()}, operands);
  }
  void PushBool(llvm::Value* condition) { Push(builder_.CreateZExt(condition, lowering_.i32)); }
  llvm::Value* FloatOperation(llvm::Instruction::BinaryOps operation, llvm::Value* a,
                              llvm::Value* b);
  // ceil, floor, trunc or roundeven; a NaN comes out quiet.
  llvm::Value* Round(llvm::Intrinsic::ID id, llvm::Value* value);
  llvm::Value* RoundByAddition(llvm::Intrinsic::ID id, llvm::Value* value);
  llvm::Value* MinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum);
  llvm::Value* OrderedMinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum);
  llvm::Value* CheckedDivide(llvm::Value* a, llvm::Value* b, Opcode opcode);
  llvm::Value* CheckedTruncate(llvm::Value* value, llvm::IntegerType* to, bool is_signed);

  // ---- vectors
  llvm::FixedVectorType* Shape(llvm::Type* lane) const;
  llvm::FixedVectorType* IntegerShape(unsigned lane_bits) const;
  llvm::Value* PopVector(llvm::FixedVectorType* shape);
  void PushVector(llvm::Value* vector);
  llvm::Value* Half(llvm::Value* vector, bool high);
  llvm::Value* Widen(llvm::Value* vector, bool is_signed);
  llvm::Value* WithZeroHalf(llvm::Value* half);
  llvm::Value* AddPairs(llvm::Value* vector);
  llvm::Value* Swizzle(llvm::Value* bytes, llvm::Value* indices, bool relaxed);
  llvm::Value* MultiplyQ15(llvm::Value* a, llvm::Value* b);
  llvm::Value* TruncateSaturating(llvm::Value* floats, unsigned lanes, bool is_signed);

  ModuleLowering& lowering_;
  const wasm::Module& wasm_;
  const wasm::Function& function_;
  const wasm::FunctionType& type_;
  llvm::Function* native_;
  llvm::IRBuilder<> builder_;
  std::vector<llvm::AllocaInst*> locals_;
  std::vector<llvm::Value*> stack_;
  std::vector<ControlFrame> control_;
  std::map<abi::TrapKind, llvm::BasicBlock*> trap_blocks_;
  std::map<std::size_t, llvm::AllocaInst*> result_buffers_;  // by cells
  llvm::Value* exception_slot_ = nullptr;
  llvm::BasicBlock* leave_block_ = nullptr;  // returns an exception to the caller
  bool unreachable_ = false;
  std::uint32_t dead_depth_ = 0;  // constructs opened inside dead code
  std::uint32_t loop_depth_ = 0;
  // Instructions since a block last began or ended.
  std::uint32_t straight_length_ = 0;
};

}  // namespace tenon::compiler
