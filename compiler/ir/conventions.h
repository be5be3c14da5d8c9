// What our LLVM IR means beyond what LLVM's language reference says: one place for lowering, which
// makes it, for every pass, which reads it, and for the container, which finds code by symbols.
//
// - Symbols: a letter says what a function is, a number which one.
// - The context: each function's first argument is the instance's VmContext, or, of host thunks,
//   the HostFunction; it travels in the register of LLVM's `swiftself`.
// - Alias classes: type-based alias metadata tells linear memory, descriptors, tables and globals
//   apart. A store into linear memory never changes a descriptor or a global, whatever its address,
//   since it is checked or guarded first.
// - Accesses: each access of a memory or a table is a comparison of ours, a branch to a trap, and
//   the access, whatever the bounds-check mode. To LLVM the access always succeeds, and it does: it
//   is reached only if the comparison passes.
// - Traps: a block that ends in `unreachable` is a trap if a conditional branch leads to it. LLVM's
//   passes also end dead code so: the default of a switch, a function that nothing calls. A trap
//   calls TrapFunction, which may read all memory, so that no store before it is dead; what that
//   call becomes depends on the mode and is said last (optimize/finish/traps.h).
// - Calls: whatever is no intrinsic may grow a memory (which may move its base) or a table.
// - There is no C library: no `errno`, no library function that an idiom could become a call of.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Metadata.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tenon::compiler {

// ---- symbols

// The letter before a symbol's number.
enum class SymbolKind : char {
  kFunction = 'f',         // a function of the module, by function index
  kWrapper = 'w',          // what others call in its place (abi.h), by function index
  kEntryTrampoline = 'e',  // from the host into wasm, by type index
  kHostThunk = 'h',        // from wasm to a host function, by type index
  kExceptionGuard = 'g',   // what code with exceptions calls for functions without, by type index
  kTailAdapter = 't',      // what a tail call into another convention jumps to, by type index
};

std::string SymbolName(SymbolKind kind, std::size_t index);
// The index in the symbol of a function of the module; nothing for all else, support functions
// (such as "__aeabi_idiv") included.
std::optional<std::uint32_t> FunctionIndexOf(std::string_view symbol);
// Whether `function` is wasm code, which checks and traps: a function of the module, or a copy of
// one that LLVM made. Trampolines, thunks and wrappers run before or after such code.
bool IsWasmFunction(const llvm::Function& function);

// ---- the context argument

inline constexpr unsigned kContextArgument = 0;

void MarkContext(llvm::Function& function);
void MarkContext(llvm::CallBase& call);
// LLVM removes the argument of internal functions that do not use it.
bool HasContext(const llvm::Function& function);

// ---- alias classes

// What an access can reach. Accesses of different classes never meet.
enum class AliasClass : std::uint8_t {
  kContext,           // VmContext's own fields
  kMemoryDescriptor,  // abi::MemoryInstance: base and size, which growth changes
  kTableDescriptor,   // abi::TableInstance
  kTableElements,
  kLinearMemory,
  kImportedGlobals,  // which may be one and the same
  kException,        // exceptions and their payload
  kGlobal,           // of the instance: each of these has metadata of its own
};

// Makes the metadata of one context's modules; each class's is made once.
class AliasTags {
 public:
  explicit AliasTags(llvm::LLVMContext& context);

  // Not for kGlobal.
  llvm::MDNode* Of(AliasClass alias_class) const;
  llvm::MDNode* OfGlobal(std::uint32_t global_index);

 private:
  llvm::LLVMContext& context_;
  llvm::MDNode* root_;
  std::array<llvm::MDNode*, static_cast<std::size_t>(AliasClass::kGlobal)> tags_;
  std::unordered_map<std::uint32_t, llvm::MDNode*> globals_;
};

void SetAliasTag(llvm::Instruction& access, llvm::MDNode* tag);
// Gives `copy` the alias class of `of`, which may be none.
void CopyAliasClass(const llvm::Instruction& of, llvm::Instruction& copy);
// Nothing: LLVM has lost it, or there was none. Such an access may reach anything.
std::optional<AliasClass> AliasClassOf(const llvm::Instruction& access);

// A load of a memory's base or size.
bool IsMemoryDescriptorLoad(const llvm::Instruction& instruction);
bool IsLinearMemoryAccess(const llvm::Instruction& instruction);

// ---- traps and accesses

bool IsTrapBlock(const llvm::BasicBlock& block);
// The function of a module that ends in a trap: void (context, i32 kind), where kind is
// abi::TrapKind.
llvm::Function* TrapFunction(llvm::Module& module);
bool IsTrapCall(const llvm::Instruction& instruction);
// Whether `block` does nothing but trap as an access outside of a memory does. A branch into it
// with the shape of a bounds check is one: what a program compares itself traps as `unreachable` at
// most.
bool IsOutOfBoundsTrap(const llvm::BasicBlock& block);
// Has the optimiser take a successor for one that is hardly ever reached, as traps are.
void MarkFirstSuccessorUnlikely(llvm::BranchInst& branch);
void MarkSecondSuccessorUnlikely(llvm::BranchInst& branch);

// ---- calls

// A call of code, ours or the runtime's, and no intrinsic of LLVM's.
bool IsCall(const llvm::Instruction& instruction);
// Whether a memory may be larger, or elsewhere, after the instruction: what was loaded from a
// descriptor before it is out of date. So may it be after an atomic access, by which another thread
// says that it has grown a shared memory.
bool MayChangeMemories(const llvm::Instruction& instruction);

// ---- marks of functions

// A function that calculates with floating-point numbers or vectors in loops, which level 2
// optimises as level 3 does (optimize/order.cc).
void MarkNumeric(llvm::Function& function);
bool IsNumeric(const llvm::Function& function);

}  // namespace tenon::compiler
