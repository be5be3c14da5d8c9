// What machine instructions do, as far as memory accesses need it: one interface, implemented for
// each architecture in machine_*.cc, used by the analysis of machine_values.h and by
// covered_checks.h.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/CodeGen/MachineFunction.h>
#include <llvm/CodeGen/TargetInstrInfo.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tenon::compiler {

struct MachineValue {
  enum class Kind : std::uint8_t {
    kUnknown,
    kContext,     // the instance's VmContext
    kDescriptor,  // a pointer to the MemoryInstance of `memory`
    kBase,        // the base of `memory`
    kSize,        // the size of `memory` in bytes, at some time, plus `addend`
    kIndex,       // less than 2^32
    kNumber,      // `addend`
  };
  Kind kind = Kind::kUnknown;
  std::uint32_t memory = 0;
  std::int64_t addend = 0;

  bool operator==(const MachineValue&) const = default;
};

// General registers of 64 bits, by number; those within them map to the same. -1: no such register.
class GeneralRegisters {
 public:
  // `class_name`: LLVM's, of the registers of 64 bits.
  GeneralRegisters(const llvm::TargetRegisterInfo& registers, llvm::StringRef class_name);

  struct Part {
    int number = -1;
    unsigned bits = 0;
  };
  Part Of(llvm::Register reg) const {
    return reg.isPhysical() && reg.id() < parts_.size() ? parts_[reg.id()] : Part{};
  }
  unsigned count() const { return static_cast<unsigned>(full_.size()); }
  llvm::MCRegister Full(unsigned number) const { return full_[number]; }

 private:
  std::vector<Part> parts_;
  std::vector<llvm::MCRegister> full_;
};

// What is known at one place of the code.
struct MachineState {
  std::vector<MachineValue> registers;              // by GeneralRegisters
  llvm::SmallDenseMap<int, MachineValue, 4> slots;  // by frame index of spill slots

  bool operator==(const MachineState& other) const;
  // Keeps what both know. True: less is known than before.
  bool Meet(const MachineState& other);
};

// What the instructions of one architecture do that matters here; one file for each.
class MachineSemantics {
 public:
  virtual ~MachineSemantics() = default;

  virtual const GeneralRegisters& registers() const = 0;
  // The register in which functions find their context.
  virtual llvm::MCRegister ContextRegister() const = 0;
  // What `instruction` leaves in the register that it defines, if that is known.
  struct Definition {
    int number;  // of the register
    MachineValue value;
  };
  // `loaded`: what it loads, if it loads 64 bits.
  virtual std::optional<Definition> Define(const llvm::MachineInstr& instruction,
                                           const MachineState& before,
                                           const MachineValue& loaded) const = 0;
  // "`left` and `right` are compared as unsigned numbers of 64 bits, and the branch is taken if
  // left > right." No register: what the instruction loads.
  struct Comparison {
    const llvm::MachineInstr* instruction;
    llvm::Register left;
    llvm::Register right;
  };
  // Of the conditional branch that ends `block`, with the condition that analyzeBranch gave.
  virtual std::optional<Comparison> FindComparison(
      const llvm::MachineBasicBlock& block,
      llvm::ArrayRef<llvm::MachineOperand> condition) const = 0;
  // Whether the instruction copies 64 bits, or 32 that it extends with zeros.
  virtual std::optional<llvm::DestSourcePair> FindCopy(
      const llvm::MachineInstr& instruction) const = 0;
  // Whether it loads 64 bits into its first operand, and nothing else.
  virtual bool IsPlainLoad(const llvm::MachineInstr& instruction) const = 0;
  // Of instructions that access memory once, always and whole, and fault if any byte is not there.
  struct Access {
    llvm::Register base;
    llvm::Register index;  // not scaled; none: NoRegister
    std::int64_t displacement;
    std::uint64_t width;
  };
  virtual std::optional<Access> FindAccess(const llvm::MachineInstr& instruction) const = 0;
  // Whether the instruction may fault for another reason than an access.
  virtual bool MayFault(const llvm::MachineInstr& instruction) const = 0;
  // The number that a trap instruction carries (abi::TrapKind); 0: it is none.
  virtual std::uint32_t TrapKindOf(const llvm::MachineInstr& instruction) const = 0;
  // Whether something besides the branch it was made for reads the comparison's result: asked once
  // that branch is gone.
  virtual bool IsReadAfter(const llvm::MachineInstr& comparison) const = 0;
};

// Made for each function, whose subtarget decides. Null: nothing is known of the architecture.
std::unique_ptr<MachineSemantics> X86MachineSemantics(const llvm::MachineFunction& function);
std::unique_ptr<MachineSemantics> MachineSemanticsOf(const llvm::MachineFunction& function);

}  // namespace tenon::compiler
