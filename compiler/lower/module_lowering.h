// Lowers a validated module (or a run of its functions) to LLVM IR.
//
// What is common to all functions lies here: LLVM types, symbol names, alias information, the
// thunks and trampolines. One function's body is FunctionLowering's work.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/ir/conventions.h"
#include "compiler/plan/instance_layout.h"
#include "compiler/wasm/module.h"
#include "format/abi.h"
#include "format/container.h"

namespace tenon::compiler {

// Functions [first, last) of the index space, all of them defined. The first chunk also carries
// the thunks and trampolines.
struct Chunk {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool carries_thunks = false;
};

class ModuleLowering {
 public:
  // `may_throw`: FunctionsThatMayThrow, in modules with exceptions.
  ModuleLowering(const wasm::Module& wasm, const InstanceLayout& layout,
                 const std::vector<bool>& may_throw, bool single_chunk,
                 const llvm::TargetMachine& machine, llvm::Module& module);

  void Lower(const Chunk& chunk);

  // ---- for function lowering
  llvm::Type* TypeOf(ValueType type) const;
  llvm::Type* ResultTypeOf(const wasm::FunctionType& type) const;
  // Results that no registers are surely there for are returned in memory (abi.h).
  static bool ResultsInMemory(const wasm::FunctionType& type);
  static std::size_t ResultCells(const wasm::FunctionType& type);
  // The context, then a pointer for results in memory, then the parameters: as others call a
  // function, and as this module's functions call each other.
  llvm::FunctionType* NativeTypeOf(const wasm::FunctionType& type) const;
  llvm::FunctionType* OwnTypeOf(const wasm::FunctionType& type) const;
  // A function to call. `buffer`: the instance's tail_arguments, if it is called as this module's
  // functions call each other; else null.
  struct Callee {
    llvm::Value* code;
    llvm::Value* context;
    llvm::Value* buffer;
  };
  // `arguments`: with the pointer for results in memory.
  llvm::CallInst* EmitCall(llvm::IRBuilder<>& builder, const Callee& callee,
                           const wasm::FunctionType& type,
                           std::vector<llvm::Value*> arguments) const;
  // What was passed to `function`, which has OwnTypeOf(type), by the parameters of the wasm type,
  // with the pointer for results in memory. Empty if there is no buffer in this module.
  std::vector<llvm::Value*> ArgumentsOf(llvm::IRBuilder<>& builder, llvm::Function* function,
                                        const wasm::FunctionType& type, llvm::Value* buffer) const;
  llvm::Value* Buffer(llvm::IRBuilder<>& builder, llvm::Value* own_context) const {
    return Offset(builder, own_context, layout.tail_arguments);
  }
  // Whether functions that can become funcrefs have wrappers (abi.h).
  bool HasWrappers() const { return HasWrappers(wasm); }
  static bool HasWrappers(const wasm::Module& module) {
    return module.uses_tail_calls || module.uses_exceptions;
  }
  // abi::FunctionTrait of the module's functions.
  static std::uint64_t TraitsOf(const wasm::Module& module) {
    std::uint64_t traits = 0;
    if (module.uses_tail_calls) traits |= abi::kTraitTailConvention;
    if (module.uses_exceptions) traits |= abi::kTraitThrows;
    return traits;
  }
  std::uint64_t OwnTraits() const { return TraitsOf(wasm); }
  // Whether an exception can come out of a function of this module.
  bool MayThrow(std::uint32_t function_index) const {
    return wasm.uses_exceptions && may_throw_[function_index];
  }
  // What code with exceptions calls in the place of functions without (abi.h, exceptions).
  llvm::Function* ExceptionGuard(std::uint32_t type_index);
  // What a tail call into a function without that convention jumps to; takes the callee's context.
  llvm::Function* TailAdapter(std::uint32_t type_index);
  // Makes a call that a return follows a tail call, in constant stack.
  void MarkTailCall(llvm::CallInst* call) const;
  void StoreCell(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Value* cells,
                 std::size_t cell) const;
  llvm::Function* Declare(std::uint32_t function_index);

  llvm::MDNode* AliasTag(AliasClass alias_class) const { return tags_.Of(alias_class); }
  llvm::MDNode* GlobalTag(std::uint32_t global_index) {
    return wasm.globals[global_index].imported ? tags_.Of(AliasClass::kImportedGlobals)
                                               : tags_.OfGlobal(global_index);
  }

  // A value that never changes while the instance lives, at context + offset.
  llvm::LoadInst* LoadInvariant(llvm::IRBuilder<>& builder, llvm::Value* pointer,
                                std::uint64_t offset, llvm::Type* type) const;
  llvm::Value* Offset(llvm::IRBuilder<>& builder, llvm::Value* pointer, std::uint64_t offset) const;
  llvm::CallInst* CallBuiltin(llvm::IRBuilder<>& builder, llvm::Value* context,
                              abi::Builtin builtin, std::vector<llvm::Value*> arguments) const;
  // Ends the block with the trap.
  void EmitTrap(llvm::IRBuilder<>& builder, llvm::Value* context, abi::TrapKind kind) const;

  const wasm::Module& wasm;
  const InstanceLayout& layout;
  // The instruction that chooses bytes of a vector by variable indices, if the target has one.
  enum class ByteLookup { kNone, kPshufb, kTbl };
  const ByteLookup byte_lookup;
  const bool has_fused_multiply_add;
  const bool has_rounding;
  // Of this module's functions among each other (abi.h, tail calls).
  const llvm::CallingConv::ID convention;
  // Whether a funcref in a table or value may belong to another instance.
  bool funcrefs_may_be_foreign = true;
  llvm::Module& module;
  llvm::LLVMContext& context;
  llvm::IntegerType* i32;
  llvm::IntegerType* i64;
  llvm::PointerType* pointer;

 private:
  void LowerEntryTrampoline(std::uint32_t type_index);
  void LowerHostThunk(std::uint32_t type_index);
  void LowerWrapper(std::uint32_t function_index);
  llvm::Function* FindFunction(SymbolKind kind, std::uint32_t index) const;
  // A function with the context argument and an empty entry block.
  llvm::Function* CreateFunction(llvm::FunctionType* type, SymbolKind kind, std::uint32_t index,
                                 llvm::GlobalValue::LinkageTypes linkage);
  void SetFunctionAttributes(llvm::Function* function) const;

  bool single_chunk_;
  const std::vector<bool>& may_throw_;  // by function
  AliasTags tags_;
  std::vector<llvm::Function*> functions_;
};

// Fills in the body of `function_index`.
void LowerFunction(ModuleLowering& lowering, std::uint32_t function_index);

// Which types need an entry trampoline (types of referenced functions) and which a host
// thunk (types of imported functions).
std::vector<bool> TypesWithEntryTrampoline(const wasm::Module& module,
                                           const InstanceLayout& layout);
std::vector<bool> TypesWithHostThunk(const wasm::Module& module);

}  // namespace tenon::compiler
