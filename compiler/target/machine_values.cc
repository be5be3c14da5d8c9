// See machine_values.h. A forward dataflow analysis (Kildall 1973): states meet at joins by what
// both know, so that the result holds on every path. Facts about registers end where an instruction
// defines any part of them or a call clobbers them; facts about spill slots where something else is
// stored to the slot. Sizes are those of some time before: memories never shrink, so that a check
// against an older size fails whenever one against the size now does.
#include "compiler/target/machine_values.h"

#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineMemOperand.h>
#include <llvm/CodeGen/PseudoSourceValue.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>

#include <deque>

#include "compiler/ir/conventions.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

using Kind = MachineValue::Kind;

// Slots beyond are not followed, or large functions would take memory by blocks times slots.
constexpr int kMostSlots = 128;

// Whether the instruction may write to spill slots without saying which.
bool MayStoreAnywhere(const llvm::MachineInstr& instruction) {
  return instruction.mayStore() && !instruction.isCall() && instruction.memoperands_empty();
}

}  // namespace

std::optional<int> SpillSlotOf(const llvm::MachineInstr& instruction) {
  // Several: LLVM has made one instruction of equal ones.
  if (instruction.memoperands_empty()) return std::nullopt;
  const llvm::PseudoSourceValue* source = (*instruction.memoperands_begin())->getPseudoValue();
  for (const llvm::MachineMemOperand* memory : instruction.memoperands()) {
    if (memory->getPseudoValue() != source) return std::nullopt;
  }
  const auto* slot = llvm::dyn_cast_or_null<llvm::FixedStackPseudoSourceValue>(source);
  if (slot == nullptr) return std::nullopt;
  const int index = slot->getFrameIndex();
  const llvm::MachineFrameInfo& frame = instruction.getMF()->getFrameInfo();
  if (!frame.isSpillSlotObjectIndex(index)) return std::nullopt;
  return index;
}

GeneralRegisters::GeneralRegisters(const llvm::TargetRegisterInfo& registers,
                                   llvm::StringRef class_name) {
  parts_.resize(registers.getNumRegs());
  for (const llvm::TargetRegisterClass* one : registers.regclasses()) {
    if (registers.getRegClassName(one) != class_name) continue;
    for (const llvm::MCPhysReg full : *one) {
      const int number = static_cast<int>(full_.size());
      full_.push_back(full);
      parts_[full] = {number, 64};
      for (const llvm::MCPhysReg part : registers.subregs(full)) {
        const llvm::TargetRegisterClass* smallest = registers.getMinimalPhysRegClass(part);
        const unsigned bits =
            smallest == nullptr ? 8 : static_cast<unsigned>(registers.getRegSizeInBits(*smallest));
        parts_[part] = {number, bits};
      }
    }
  }
}

bool MachineState::operator==(const MachineState& other) const {
  if (registers != other.registers || slots.size() != other.slots.size()) return false;
  for (const auto& [slot, value] : slots) {
    const auto found = other.slots.find(slot);
    if (found == other.slots.end() || !(found->second == value)) return false;
  }
  return true;
}

bool MachineState::Meet(const MachineState& other) {
  bool changed = false;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    if (registers[i].kind == Kind::kUnknown || registers[i] == other.registers[i]) continue;
    registers[i] = {};
    changed = true;
  }
  llvm::SmallVector<int, 4> gone;
  for (const auto& [slot, value] : slots) {
    const auto found = other.slots.find(slot);
    if (found == other.slots.end() || !(found->second == value)) gone.push_back(slot);
  }
  for (const int slot : gone) slots.erase(slot);
  return changed || !gone.empty();
}

MachineValues::MachineValues(const llvm::MachineFunction& function,
                             const MachineSemantics& semantics, const MemoryPlaces& places)
    : registers_(semantics.registers()), semantics_(semantics), places_(places) {
  starts_.resize(function.getNumBlockIDs());
  Solve(function);
}

const MachineState* MachineValues::AtStartOf(const llvm::MachineBasicBlock& block) const {
  const auto& state = starts_[static_cast<std::size_t>(block.getNumber())];
  return state ? &*state : nullptr;
}

MachineState MachineValues::Entry(const llvm::MachineFunction& function) const {
  MachineState state;
  state.registers.resize(registers_.count());
  if (HasContext(function.getFunction())) {
    const auto part = registers_.Of(semantics_.ContextRegister());
    state.registers[static_cast<std::size_t>(part.number)] = {Kind::kContext};
  }
  return state;
}

void MachineValues::Solve(const llvm::MachineFunction& function) {
  const llvm::MachineBasicBlock& first = function.front();
  starts_[static_cast<std::size_t>(first.getNumber())] = Entry(function);
  std::deque<const llvm::MachineBasicBlock*> work = {&first};
  std::vector<bool> waiting(starts_.size());
  while (!work.empty()) {
    const llvm::MachineBasicBlock* block = work.front();
    work.pop_front();
    waiting[static_cast<std::size_t>(block->getNumber())] = false;
    MachineState state = *AtStartOf(*block);
    for (const llvm::MachineInstr& instruction : *block) Step(instruction, state);
    for (const llvm::MachineBasicBlock* next : block->successors()) {
      auto& start = starts_[static_cast<std::size_t>(next->getNumber())];
      bool changed = !start.has_value();
      if (changed) {
        start = state;
      } else {
        changed = start->Meet(state);
      }
      if (!changed || waiting[static_cast<std::size_t>(next->getNumber())]) continue;
      waiting[static_cast<std::size_t>(next->getNumber())] = true;
      work.push_back(next);
    }
  }
}

MachineValue MachineValues::Loaded(const llvm::MachineInstr& load,
                                   const MachineState& before) const {
  if (!load.mayLoad()) return {};
  const auto access = semantics_.FindAccess(load);
  if (!access || access->width != 8) return {};
  if (const std::optional<int> slot = SpillSlotOf(load)) {
    const auto found = before.slots.find(*slot);
    return found == before.slots.end() ? MachineValue{} : found->second;
  }
  const auto part = registers_.Of(access->base);
  if (part.number < 0 || access->index.isValid()) return {};
  const MachineValue& base = before.registers[static_cast<std::size_t>(part.number)];
  for (std::uint32_t i = 0; i < places_.memories.size(); ++i) {
    const MemoryPlaces::Memory& memory = places_.memories[i];
    std::int64_t offset = access->displacement;
    if (base.kind == Kind::kContext) {
      offset -= static_cast<std::int64_t>(memory.offset);
      if (memory.is_imported) {
        if (offset == 0) return {Kind::kDescriptor, i};
        continue;
      }
    } else if (base.kind != Kind::kDescriptor || base.memory != i) {
      continue;
    }
    if (offset == offsetof(abi::MemoryInstance, base)) return {Kind::kBase, i};
    if (offset == offsetof(abi::MemoryInstance, size_bytes)) return {Kind::kSize, i};
  }
  return {};
}

void MachineValues::Step(const llvm::MachineInstr& instruction, MachineState& state) const {
  // KILL and the like say something about registers, but no instruction is made of them.
  if (instruction.isMetaInstruction() && !instruction.isImplicitDef()) return;
  std::optional<MachineSemantics::Definition> defined;
  if (!instruction.isImplicitDef())
    defined = semantics_.Define(instruction, state, Loaded(instruction, state));

  if (const std::optional<int> slot =
          instruction.mayStore() ? SpillSlotOf(instruction) : std::nullopt) {
    state.slots.erase(*slot);
    const auto access = semantics_.FindAccess(instruction);
    const llvm::MachineOperand& stored =
        instruction.getOperand(instruction.getNumExplicitOperands() - 1);
    if (access && access->width == 8 && stored.isReg()) {
      const auto part = registers_.Of(stored.getReg());
      if (part.number >= 0 && part.bits == 64 && !instruction.mayLoad() && *slot < kMostSlots &&
          state.registers[static_cast<std::size_t>(part.number)].kind != Kind::kUnknown) {
        state.slots[*slot] = state.registers[static_cast<std::size_t>(part.number)];
      }
    }
  } else if (MayStoreAnywhere(instruction)) {
    state.slots.clear();
  }

  for (const llvm::MachineOperand& operand : instruction.operands()) {
    if (operand.isRegMask()) {
      for (unsigned i = 0; i < registers_.count(); ++i) {
        if (operand.clobbersPhysReg(registers_.Full(i))) state.registers[i] = {};
      }
    } else if (operand.isReg() && operand.isDef()) {
      const auto part = registers_.Of(operand.getReg());
      if (part.number >= 0) state.registers[static_cast<std::size_t>(part.number)] = {};
    }
  }
  if (defined) state.registers[static_cast<std::size_t>(defined->number)] = defined->value;
}

}  // namespace tenon::compiler
