// MachineSemantics of x86-64. Instructions are known by LLVM's names for them: its target libraries
// export no numbers. What is not named here means nothing.
//
// A write to a register of 32 bits sets the upper half of its 64 to zero (Intel SDM volume 1,
// section 3.4.1.1).
#include <llvm/ADT/StringSwitch.h>
#include <llvm/CodeGen/MachineBasicBlock.h>
#include <llvm/CodeGen/MachineFunction.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>

#include <array>

#include "compiler/target/machine_semantics.h"

namespace tenon::compiler {

namespace {

using Kind = MachineValue::Kind;

// What an opcode means here.
enum class Operation : std::uint8_t {
  kOther,
  kNumber,             // a constant into 64 bits
  kLoad,               // 64 bits
  kAdd,                // 64 bits
  kAddLoaded,          // 64 bits from memory
  kAddImmediate,       // 64 bits, a constant
  kSubtractImmediate,  // the same
  kLoadAddress,        // 64 bits
  kCompare,            // two registers of 64 bits
  kCompareLoaded,      // a register with memory of 64 bits
  kCompareWithLoaded,  // memory of 64 bits with a register
  kAccess,             // of another kind: whole, always, at the one address of its operands
  kTrap,
  kDivide,
};

// Forms of an instruction's operands that access memory: a letter for each in Intel's order.
constexpr llvm::StringRef kScalarForms[] = {"rm",   "mr", "mi",       "mi8",
                                            "mi32", "m",  "mr_NOREX", "rm_NOREX"};

bool IsScalarAccess(llvm::StringRef name) {
  for (const llvm::StringRef operation :
       {"MOV", "ADD", "SUB", "AND", "OR", "XOR", "CMP", "TEST", "IMUL", "INC", "DEC", "NEG", "NOT",
        "ADC", "SBB", "MOVBE"}) {
    llvm::StringRef rest = name;
    if (!rest.consume_front(operation)) continue;
    if (!rest.consume_front("8") && !rest.consume_front("16") && !rest.consume_front("32") &&
        !rest.consume_front("64"))
      continue;
    for (const llvm::StringRef form : kScalarForms) {
      if (rest == form) return true;
    }
  }
  // MOVZX32rm8, MOVSX64rm32 and so on.
  return (name.starts_with("MOVZX") || name.starts_with("MOVSX")) &&
         (name.ends_with("rm8") || name.ends_with("rm16") || name.ends_with("rm32"));
}

// Scalars and vectors of SSE and AVX, without masks.
bool IsVectorAccess(llvm::StringRef name) {
  llvm::StringRef rest = name;
  rest.consume_front("V");
  for (const llvm::StringRef operation :
       {"MOVSS",      "MOVSD",       "MOVAPS",      "MOVAPD",    "MOVUPS",     "MOVUPD",
        "MOVDQA",     "MOVDQU",      "MOVDI2PDI",   "MOVQI2PQI", "MOVPDI2DI",  "MOVPQI2QI",
        "MOV64toPQI", "ADDSS",       "ADDSD",       "SUBSS",     "SUBSD",      "MULSS",
        "MULSD",      "DIVSS",       "DIVSD",       "ADDPS",     "ADDPD",      "SUBPS",
        "SUBPD",      "MULPS",       "MULPD",       "DIVPS",     "DIVPD",      "UCOMISS",
        "UCOMISD",    "COMISS",      "COMISD",      "SQRTSS",    "SQRTSD",     "CVTSS2SD",
        "CVTSD2SS",   "CVTSI2SD",    "CVTSI642SD",  "CVTSI2SS",  "CVTSI642SS", "CVTTSD2SI",
        "CVTTSS2SI",  "CVTTSD2SI64", "CVTTSS2SI64", "PADDB",     "PADDW",      "PADDD",
        "PADDQ",      "PSUBB",       "PSUBW",       "PSUBD",     "PSUBQ",      "PAND",
        "PANDN",      "POR",         "PXOR",        "ANDPS",     "ANDPD",      "ORPS",
        "ORPD",       "XORPS",       "XORPD"}) {
    llvm::StringRef form = rest;
    if (!form.consume_front(operation)) continue;
    form.consume_front("Y");
    if (form == "rm" || form == "mr" || form == "rm_Int" || form == "rm_alt") return true;
  }
  return false;
}

Operation OperationNamed(llvm::StringRef name) {
  const Operation special = llvm::StringSwitch<Operation>(name)
                                .Cases({"MOV64ri", "MOV64ri32"}, Operation::kNumber)
                                .Case("MOV64rm", Operation::kLoad)
                                .Case("ADD64rr", Operation::kAdd)
                                .Case("ADD64rm", Operation::kAddLoaded)
                                .Cases({"ADD64ri8", "ADD64ri32"}, Operation::kAddImmediate)
                                .Cases({"SUB64ri8", "SUB64ri32"}, Operation::kSubtractImmediate)
                                .Case("LEA64r", Operation::kLoadAddress)
                                .Case("CMP64rr", Operation::kCompare)
                                .Case("CMP64rm", Operation::kCompareLoaded)
                                .Case("CMP64mr", Operation::kCompareWithLoaded)
                                .Case("UBSAN_UD1", Operation::kTrap)
                                .Default(Operation::kOther);
  if (special != Operation::kOther) return special;
  if (IsScalarAccess(name) || IsVectorAccess(name)) return Operation::kAccess;
  if (name.starts_with("DIV") || name.starts_with("IDIV")) return Operation::kDivide;
  return Operation::kOther;
}

// No sum of two of these wraps.
constexpr std::int64_t kMostAdded = std::int64_t{1} << 40;

bool IsSmall(std::int64_t number) { return number <= kMostAdded && number >= -kMostAdded; }

// Of a size, or another value, and a number.
MachineValue Sum(MachineValue left, MachineValue right) {
  if (left.kind == Kind::kNumber) std::swap(left, right);
  if (right.kind != Kind::kNumber) return {};
  if (right.addend == 0) return left;
  if (left.kind != Kind::kSize || !IsSmall(left.addend) || !IsSmall(right.addend)) return {};
  left.addend += right.addend;
  return left;
}

// Whether the operands from `at` on are the five of an address: base, scale, index, displacement,
// segment.
bool IsAddress(const llvm::MachineInstr& instruction, unsigned at) {
  return at + 5 <= instruction.getNumExplicitOperands() && instruction.getOperand(at).isReg() &&
         instruction.getOperand(at + 1).isImm() && instruction.getOperand(at + 2).isReg() &&
         instruction.getOperand(at + 4).isReg();
}

// Without a width. Nothing: scaled, or relative to a symbol or a segment.
std::optional<MachineSemantics::Access> AddressOf(const llvm::MachineInstr& instruction,
                                                  unsigned at) {
  if (!IsAddress(instruction, at) || !instruction.getOperand(at + 3).isImm() ||
      instruction.getOperand(at + 4).getReg().isValid()) {
    return std::nullopt;
  }
  const llvm::Register index = instruction.getOperand(at + 2).getReg();
  if (index.isValid() && instruction.getOperand(at + 1).getImm() != 1) return std::nullopt;
  return MachineSemantics::Access{instruction.getOperand(at).getReg(), index,
                                  instruction.getOperand(at + 3).getImm(), 0};
}

// Of an instruction's one access, in bytes; several operands: LLVM has made one of equal
// instructions.
std::optional<std::uint64_t> WidthOf(const llvm::MachineInstr& instruction) {
  std::optional<std::uint64_t> width;
  for (const llvm::MachineMemOperand* memory : instruction.memoperands()) {
    if (!memory->getSize().hasValue() || memory->getSize().isScalable()) return std::nullopt;
    const std::uint64_t own = memory->getSize().getValue().getFixedValue();
    if (width && *width != own) return std::nullopt;
    width = own;
  }
  return width;
}

// By opcode; the same for all subtargets, and made once, since there are 22,000.
const std::vector<Operation>& Operations(const llvm::MCInstrInfo& instructions) {
  static const std::vector<Operation> operations = [&] {
    std::vector<Operation> all(instructions.getNumOpcodes());
    for (unsigned i = 0; i < all.size(); ++i) all[i] = OperationNamed(instructions.getName(i));
    return all;
  }();
  return operations;
}

class X86Semantics final : public MachineSemantics {
 public:
  explicit X86Semantics(const llvm::MachineFunction& function)
      : instructions_(*function.getSubtarget().getInstrInfo()),
        registers_info_(*function.getSubtarget().getRegisterInfo()),
        registers_(registers_info_, "GR64"),
        operations_(Operations(instructions_)) {
    for (unsigned i = 1; i < registers_info_.getNumRegs(); ++i) {
      const llvm::StringRef name = registers_info_.getName(i);
      if (name == "R13") context_ = i;
      if (name == "EFLAGS") flags_ = i;
    }
  }

  const GeneralRegisters& registers() const override { return registers_; }
  llvm::MCRegister ContextRegister() const override { return context_; }

  std::optional<Definition> Define(const llvm::MachineInstr& instruction,
                                   const MachineState& before,
                                   const MachineValue& loaded) const override {
    if (instruction.getNumExplicitDefs() != 1 || !instruction.getOperand(0).isReg())
      return std::nullopt;
    const auto to = registers_.Of(instruction.getOperand(0).getReg());
    if (to.number < 0) return std::nullopt;
    if (to.bits == 32) return Definition{to.number, {Kind::kIndex}};
    if (to.bits != 64) return std::nullopt;
    return Definition{to.number, Result(instruction, before, loaded)};
  }

  std::optional<Comparison> FindComparison(
      const llvm::MachineBasicBlock& block,
      llvm::ArrayRef<llvm::MachineOperand> condition) const override {
    // LLVM's numbers of conditions are the processor's: 2 is "below", 7 is "above".
    if (condition.size() != 1 || !condition[0].isImm()) return std::nullopt;
    const std::int64_t code = condition[0].getImm();
    if (code != 2 && code != 7) return std::nullopt;
    for (const llvm::MachineInstr& instruction : llvm::reverse(block)) {
      if (instruction.isTerminator() || !instruction.modifiesRegister(flags_, &registers_info_))
        continue;
      llvm::Register first;
      llvm::Register second;
      switch (OperationOf(instruction)) {
        case Operation::kCompare:
          first = instruction.getOperand(0).getReg();
          second = instruction.getOperand(1).getReg();
          break;
        case Operation::kCompareLoaded: first = instruction.getOperand(0).getReg(); break;
        case Operation::kCompareWithLoaded: second = instruction.getOperand(5).getReg(); break;
        default: return std::nullopt;
      }
      if (code == 7) return Comparison{&instruction, first, second};
      return Comparison{&instruction, second, first};
    }
    return std::nullopt;
  }

  std::optional<llvm::DestSourcePair> FindCopy(
      const llvm::MachineInstr& instruction) const override {
    return instructions_.isCopyInstr(instruction);
  }

  bool IsPlainLoad(const llvm::MachineInstr& instruction) const override {
    return OperationOf(instruction) == Operation::kLoad;
  }

  std::optional<Access> FindAccess(const llvm::MachineInstr& instruction) const override {
    switch (OperationOf(instruction)) {
      case Operation::kLoad:
      case Operation::kAddLoaded:
      case Operation::kCompareLoaded:
      case Operation::kCompareWithLoaded:
      case Operation::kAccess: break;
      default: return std::nullopt;
    }
    const std::optional<std::uint64_t> width = WidthOf(instruction);
    for (unsigned i = 0; width && i < instruction.getNumExplicitOperands(); ++i) {
      if (!IsAddress(instruction, i)) continue;
      std::optional<Access> access = AddressOf(instruction, i);
      if (access) access->width = *width;
      return access;
    }
    return std::nullopt;
  }

  bool MayFault(const llvm::MachineInstr& instruction) const override {
    return OperationOf(instruction) == Operation::kDivide;
  }

  std::uint32_t TrapKindOf(const llvm::MachineInstr& instruction) const override {
    if (OperationOf(instruction) != Operation::kTrap) return 0;
    return static_cast<std::uint32_t>(instruction.getOperand(0).getImm());
  }

  bool IsReadAfter(const llvm::MachineInstr& comparison) const override {
    const llvm::MachineBasicBlock& block = *comparison.getParent();
    for (auto at = std::next(comparison.getIterator()); at != block.end(); ++at) {
      if (at->readsRegister(flags_, &registers_info_)) return true;
      if (at->definesRegister(flags_, &registers_info_)) return false;
    }
    for (const llvm::MachineBasicBlock* next : block.successors()) {
      if (next->isLiveIn(flags_)) return true;
    }
    return false;
  }

 private:
  Operation OperationOf(const llvm::MachineInstr& instruction) const {
    return operations_[instruction.getOpcode()];
  }

  // In the 64 bits of the first operand.
  MachineValue Result(const llvm::MachineInstr& instruction, const MachineState& before,
                      const MachineValue& loaded) const {
    const auto value_of = [&](const llvm::MachineOperand& operand) -> MachineValue {
      if (!operand.isReg()) return {};
      const auto part = registers_.Of(operand.getReg());
      if (part.number < 0 || part.bits != 64) return {};
      return before.registers[static_cast<std::size_t>(part.number)];
    };
    const auto number = [](std::int64_t value) { return MachineValue{Kind::kNumber, 0, value}; };
    const auto immediate = [&](unsigned operand) -> MachineValue {
      const llvm::MachineOperand& value = instruction.getOperand(operand);
      return value.isImm() ? number(value.getImm()) : MachineValue{};
    };
    if (const auto copy = instructions_.isCopyInstr(instruction)) return value_of(*copy->Source);
    switch (OperationOf(instruction)) {
      case Operation::kNumber: return immediate(1);
      case Operation::kLoad: return loaded;
      case Operation::kAdd:
        return Sum(value_of(instruction.getOperand(1)), value_of(instruction.getOperand(2)));
      case Operation::kAddLoaded: return Sum(value_of(instruction.getOperand(1)), loaded);
      case Operation::kAddImmediate: return Sum(value_of(instruction.getOperand(1)), immediate(2));
      case Operation::kSubtractImmediate: {
        MachineValue subtracted = immediate(2);
        subtracted.addend = -subtracted.addend;
        return Sum(value_of(instruction.getOperand(1)), subtracted);
      }
      case Operation::kLoadAddress: {
        const std::optional<Access> address = AddressOf(instruction, 1);
        if (!address || address->index.isValid()) return {};
        return Sum(value_of(instruction.getOperand(1)), number(address->displacement));
      }
      default: return {};
    }
  }

  const llvm::TargetInstrInfo& instructions_;
  const llvm::TargetRegisterInfo& registers_info_;
  GeneralRegisters registers_;
  const std::vector<Operation>& operations_;
  llvm::MCRegister context_;
  llvm::MCRegister flags_;
};

}  // namespace

std::unique_ptr<MachineSemantics> X86MachineSemantics(const llvm::MachineFunction& function) {
  return std::make_unique<X86Semantics>(function);
}

}  // namespace tenon::compiler
