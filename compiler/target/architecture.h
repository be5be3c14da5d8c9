// What code generation must know about each architecture, as one table.
//
// Everything that differs by architecture in the compiler is a column here; the runtime's side of
// the same agreements is in runtime/arch/CPU/.
#pragma once

#include <llvm/IR/Module.h>

#include <cstdint>
#include <span>
#include <string>

#include "format/container.h"

namespace tenon::compiler {

// How generated code says which trap it met, in modes where the signal handler reads it.
enum class TrapInstruction : std::uint8_t {
  kUbsanTrap,     // llvm.ubsantrap(kind), which encodes the kind in the instruction
  kZeroHalfword,  // an illegal instruction of 16 zero bits, then the kind as 16 bits
  kNone,          // traps are calls of the builtin
};

// How a host function's thunk passes the HostFunction to the builtin host_call.
enum class HostFunctionRegister : std::uint8_t {
  kNest,     // LLVM's `nest`: x86-64 r10, aarch64 x15, riscv64 t2
  kContext,  // the context register
};

struct CpuFeature {
  std::uint32_t number;  // bit of VariantEntry::cpu_features
  const char* name;      // LLVM's
};

struct ArchitectureInfo {
  container::Architecture architecture;
  const char* names;          // for --target=help: the first is the one to use
  const char* triple;         // LLVM's
  const char* cpu;            // the default
  const char* cpu_help;       // for --cpu=help: what the list's names do not say
  const char* features;       // added to every CPU: what the target's name promises; or ""
  const char* required;       // "+a,-b": with others, code would not be called or run as expected
  const char* below;          // the sentence's end where `required` is not met
  const char* stack_pointer;  // LLVM's name of the register
  unsigned pointer_bits;
  bool has_guard_pages;  // address space for 4 GiB and more per memory
  const char* rounding;  // "+feature" with which LLVM has code for ceil, floor, trunc and
                         // roundeven, without calling a library; or "": it always has
  bool rounding_keeps_signalling_nans;  // that code
  bool selects_minimum;                 // LLVM's minimum and maximum of doubles
  bool has_tail_convention;             // LLVM's SwiftTail
  bool unwinds_by_table;                // else by frame pointers (format/code_tables/unwind_rows.h)
  const char* fused_multiply_add;       // "+feature" that has it
  std::string (*support)();  // IR of functions that LLVM calls for what the machine lacks; or null
  TrapInstruction trap;
  HostFunctionRegister host_function;
  std::span<const CpuFeature> cpu_features;
};

std::span<const ArchitectureInfo> Architectures();
// Of the module's target triple, which is one of the table's.
const ArchitectureInfo& InfoOf(const llvm::Module& module);
// Makes the function one that backtraces can pass, in the architecture's way.
// `callees_move_stack`: it may call functions of the tail convention, whose return leaves the stack
// pointer where no unwind row says, so that only a frame pointer helps.
void MakeTraceable(llvm::Function& function, bool callees_move_stack);

}  // namespace tenon::compiler
