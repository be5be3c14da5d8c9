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
#include <vector>

#include "compiler/codegen/instance_layout.h"
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
  ModuleLowering(const wasm::Module& wasm, const InstanceLayout& layout,
                 container::BoundsChecks bounds_checks, bool single_chunk,
                 const llvm::TargetMachine& machine, llvm::Module& module);

  void Lower(const Chunk& chunk);

  // ---- for function lowering
  llvm::Type* TypeOf(ValueType type) const;
  llvm::Type* ResultTypeOf(const wasm::FunctionType& type) const;
  llvm::FunctionType* NativeTypeOf(const wasm::FunctionType& type) const;
  llvm::Function* Declare(std::uint32_t function_index);
  // Marks the context parameter of a call or function.
  static void MarkContext(llvm::CallBase* call);

  enum class Alias {
    kHead,
    kMemoryDescriptor,
    kTableDescriptor,
    kTableElements,
    kMemory,
    kImportedGlobals
  };
  llvm::MDNode* AliasTag(Alias alias) const { return tags_[static_cast<std::size_t>(alias)]; }
  llvm::MDNode* GlobalTag(std::uint32_t global_index) const { return global_tags_[global_index]; }

  // A value that never changes while the instance lives, at context + offset.
  llvm::Value* LoadInvariant(llvm::IRBuilder<>& builder, llvm::Value* pointer, std::uint64_t offset,
                             llvm::Type* type) const;
  llvm::Value* Offset(llvm::IRBuilder<>& builder, llvm::Value* pointer, std::uint64_t offset) const;
  llvm::CallInst* CallBuiltin(llvm::IRBuilder<>& builder, llvm::Value* context,
                              abi::Builtin builtin, std::vector<llvm::Value*> arguments) const;
  // Ends the block with the trap.
  void EmitTrap(llvm::IRBuilder<>& builder, llvm::Value* context, abi::TrapKind kind) const;

  const wasm::Module& wasm;
  const InstanceLayout& layout;
  const bool guard;
  // The instruction that chooses bytes of a vector by variable indices, if the target has one.
  enum class ByteLookup { kNone, kPshufb, kTbl };
  const ByteLookup byte_lookup;
  const bool has_fused_multiply_add;
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
  void SetFunctionAttributes(llvm::Function* function) const;

  bool single_chunk_;
  std::vector<llvm::MDNode*> tags_;
  std::vector<llvm::MDNode*> global_tags_;
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
