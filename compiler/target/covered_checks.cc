// A check is "branch to an out-of-bounds trap if index > size - reach", with an index below 2^32
// and a reach in bytes. It fails if and only if index + reach > size, given that size - reach does
// not wrap; where it wraps, the check never fails. An access of the same memory at base + index +
// displacement of `width` bytes, with displacement + width >= reach, then ends beyond the size.
// Behind the size lies nothing but inaccessible pages, up to 2^32 + kGuardBytes bytes from the
// base, and sizes are whole pages: the processor faults at the access, and the signal handler makes
// of it the trap that the check would have been. So the check can go if nothing between it and the
// access can be told from not having run: registers and spill slots may change, memory may be read
// where it is sure to be there, and other out-of-bounds checks may trap, as it is the same trap.
//
// What index, base and size are is read off the machine code (machine_values.h); the access must
// use the very register that was compared, or a copy of it. So nothing is taken from the optimiser.
// (LLVM's ImplicitNullChecks does the same for null pointers.)
#include "compiler/target/covered_checks.h"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallSet.h>
#include <llvm/CodeGen/LivePhysRegs.h>
#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineMemOperand.h>
#include <llvm/CodeGen/MachineRegisterInfo.h>
#include <llvm/CodeGen/PseudoSourceValue.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Metadata.h>
#include <llvm/Target/TargetMachine.h>

#include <vector>

#include "compiler/ir/conventions.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

using Kind = MachineValue::Kind;

// How far to look for the access after a check.
constexpr unsigned kMostInstructions = 64;

struct Check {
  llvm::MachineBasicBlock* block;  // ends in the branch
  llvm::MachineBasicBlock* next;   // where it goes on if it does not trap
  llvm::MachineInstr* comparison;
  llvm::Register index;  // none: in the slot that the comparison loads
  std::uint32_t memory;
  std::uint64_t reach;
};

class CoveredChecks {
 public:
  CoveredChecks(llvm::MachineFunction& function, const MachineSemantics& semantics,
                const MemoryPlaces& places)
      : function_(function),
        instructions_(*function.getSubtarget().getInstrInfo()),
        semantics_(semantics),
        places_(places),
        values_(function, semantics, places) {}

  bool Run() {
    std::vector<std::pair<Check, llvm::MachineInstr*>> covered;
    for (llvm::MachineBasicBlock& block : function_) {
      if (const auto check = FindCheck(block)) {
        if (llvm::MachineInstr* access = FindCoveringAccess(*check))
          covered.emplace_back(*check, access);
      }
    }
    for (auto& [check, access] : covered) Remove(check, *access);
    for (auto& [check, access] : covered) RemoveUnusedLimits(*check.block);
    return !covered.empty();
  }

 private:
  bool IsOutOfBoundsTrap(const llvm::MachineBasicBlock& block) const {
    for (const llvm::MachineInstr& instruction : block) {
      if (instruction.isMetaInstruction()) continue;  // unwind information and the like
      return semantics_.TrapKindOf(instruction) ==
             static_cast<std::uint32_t>(abi::TrapKind::kOutOfBoundsMemoryAccess);
    }
    return false;
  }

  // The branch at the end of the block, taken into a trap.
  struct TrapBranch {
    llvm::MachineBasicBlock* next;
    llvm::SmallVector<llvm::MachineOperand, 4> condition;
  };
  std::optional<TrapBranch> FindTrapBranch(llvm::MachineBasicBlock& block) const {
    llvm::MachineBasicBlock* taken = nullptr;
    llvm::MachineBasicBlock* otherwise = nullptr;
    TrapBranch branch;
    if (instructions_.analyzeBranch(block, taken, otherwise, branch.condition) ||
        branch.condition.empty() || taken == nullptr || !IsOutOfBoundsTrap(*taken)) {
      return std::nullopt;
    }
    branch.next = otherwise != nullptr ? otherwise : block.getFallThrough();
    if (branch.next == nullptr) return std::nullopt;
    return branch;
  }

  std::optional<Check> FindCheck(llvm::MachineBasicBlock& block) const {
    const MachineState* start = values_.AtStartOf(block);
    const auto branch = FindTrapBranch(block);
    if (start == nullptr || !branch) return std::nullopt;
    const auto comparison = semantics_.FindComparison(block, branch->condition);
    if (!comparison) return std::nullopt;
    MachineState state = *start;
    for (const llvm::MachineInstr& instruction : block) {
      if (&instruction == comparison->instruction) break;
      values_.Step(instruction, state);
    }
    const MachineValue loaded = values_.Loaded(*comparison->instruction, state);
    const MachineValue index =
        comparison->left.isValid() ? ValueOf(comparison->left, state) : loaded;
    const MachineValue limit =
        comparison->right.isValid() ? ValueOf(comparison->right, state) : loaded;
    if (index.kind != Kind::kIndex || limit.kind != Kind::kSize || limit.addend >= 0 ||
        !places_.memories[limit.memory].is_guarded) {
      return std::nullopt;
    }
    return Check{
        &block,           branch->next, const_cast<llvm::MachineInstr*>(comparison->instruction),
        comparison->left, limit.memory, static_cast<std::uint64_t>(-limit.addend)};
  }

  MachineValue ValueOf(llvm::Register reg, const MachineState& state) const {
    const auto part = semantics_.registers().Of(reg);
    return part.number < 0 || part.bits != 64
               ? MachineValue{}
               : state.registers[static_cast<std::size_t>(part.number)];
  }

  // The registers and spill slots that hold the index of a check, while code is followed.
  class Indices {
   public:
    Indices(const MachineSemantics& semantics, const Check& check) : semantics_(semantics) {
      holds_.resize(semantics.registers().count());
      if (check.index.isValid()) {
        holds_[static_cast<std::size_t>(semantics.registers().Of(check.index).number)] = true;
      } else if (const auto slot = SpillSlotOf(*check.comparison)) {
        slots_.insert(*slot);
      }
    }
    bool Has(llvm::Register reg) const {
      const auto part = semantics_.registers().Of(reg);
      return part.number >= 0 && part.bits == 64 && holds_[static_cast<std::size_t>(part.number)];
    }
    void Step(const llvm::MachineInstr& instruction) {
      if (instruction.isMetaInstruction() && !instruction.isImplicitDef()) return;
      const std::optional<int> copied = CopyOf(instruction);
      if (const auto slot = SpillSlotOf(instruction); slot && instruction.mayStore())
        slots_.erase(*slot);
      for (const llvm::MachineOperand& operand : instruction.operands()) {
        if (!operand.isReg() || !operand.isDef()) continue;
        const auto part = semantics_.registers().Of(operand.getReg());
        if (part.number >= 0) holds_[static_cast<std::size_t>(part.number)] = false;
      }
      if (copied) holds_[static_cast<std::size_t>(*copied)] = true;
    }

   private:
    // The register into which the instruction copies the index. The index is below 2^32, so that a
    // copy of its low half, extended with zeros, is equal.
    std::optional<int> CopyOf(const llvm::MachineInstr& instruction) const {
      const auto number_of = [&](const llvm::MachineOperand& operand, unsigned bits) {
        const auto part = semantics_.registers().Of(operand.getReg());
        return part.bits >= bits ? part.number : -1;
      };
      if (const auto copy = semantics_.FindCopy(instruction)) {
        const int from = number_of(*copy->Source, 32);
        const int to = number_of(*copy->Destination, 32);
        if (from >= 0 && to >= 0 && holds_[static_cast<std::size_t>(from)]) return to;
      } else if (semantics_.IsPlainLoad(instruction)) {
        const auto slot = SpillSlotOf(instruction);
        const int to = number_of(instruction.getOperand(0), 64);
        if (slot && to >= 0 && slots_.contains(*slot)) return to;
      }
      return std::nullopt;
    }

    const MachineSemantics& semantics_;
    std::vector<bool> holds_;  // by general register
    llvm::SmallSet<int, 2> slots_;
  };

  llvm::MachineInstr* FindCoveringAccess(const Check& check) const {
    MachineState state = *values_.AtStartOf(*check.block);
    Indices indices(semantics_, check);
    auto at = check.block->begin();
    for (; &*at != check.comparison; ++at) values_.Step(*at, state);
    llvm::SmallPtrSet<const llvm::MachineBasicBlock*, 8> visited = {check.block};
    llvm::MachineBasicBlock* block = check.block;
    unsigned looked_at = 0;
    while (true) {
      for (; at != block->end(); ++at) {
        if (at->isTerminator()) break;
        if (++looked_at > kMostInstructions) return nullptr;
        if (Covers(*at, check, state, indices)) return &*at;
        if (!IsUnobservable(*at, state)) return nullptr;
        values_.Step(*at, state);
        indices.Step(*at);
      }
      block = block == check.block ? check.next : NextBlock(*block);
      // A block that others enter may be a loop's first.
      if (block == nullptr || block->pred_size() != 1 || !visited.insert(block).second)
        return nullptr;
      at = block->begin();
    }
  }

  // The only block that follows, but for traps of the same kind.
  llvm::MachineBasicBlock* NextBlock(llvm::MachineBasicBlock& block) const {
    if (const auto branch = FindTrapBranch(block)) return branch->next;
    return block.succ_size() == 1 && !block.isReturnBlock() ? *block.succ_begin() : nullptr;
  }

  bool Covers(const llvm::MachineInstr& instruction, const Check& check, const MachineState& state,
              const Indices& indices) const {
    if (!instruction.mayLoadOrStore() || instruction.hasOrderedMemoryRef()) return false;
    const auto access = semantics_.FindAccess(instruction);
    if (!access || !access->index.isValid() || access->displacement < 0) return false;
    const auto is_base = [&](llvm::Register reg) {
      const MachineValue value = ValueOf(reg, state);
      return value.kind == Kind::kBase && value.memory == check.memory;
    };
    if (!(is_base(access->base) && indices.Has(access->index)) &&
        !(is_base(access->index) && indices.Has(access->base))) {
      return false;
    }
    const std::uint64_t end = static_cast<std::uint64_t>(access->displacement) + access->width;
    return end >= check.reach && end <= abi::kGuardBytes;
  }

  // Whether nobody can tell that the instruction has run, and it cannot fault.
  bool IsUnobservable(const llvm::MachineInstr& instruction, const MachineState& state) const {
    if (instruction.isMetaInstruction()) return true;
    if (instruction.isCall() || instruction.isInlineAsm() ||
        instruction.hasUnmodeledSideEffects() || semantics_.MayFault(instruction)) {
      return false;
    }
    if (!instruction.mayLoadOrStore()) return true;
    if (instruction.hasOrderedMemoryRef()) return false;
    if (llvm::all_of(instruction.memoperands(), [&](const llvm::MachineMemOperand* memory) {
          return IsOwnMemory(*memory, instruction.mayStore());
        }))
      return !instruction.memoperands_empty();
    if (instruction.mayStore()) return false;
    const auto access = semantics_.FindAccess(instruction);
    if (!access || access->displacement < 0) return false;
    const MachineValue base = ValueOf(access->base, state);
    // The instance's own block, and descriptors, are always there.
    if (!access->index.isValid())
      return base.kind == Kind::kContext || base.kind == Kind::kDescriptor;
    // So is what another check has let pass; whatever a guarded memory's pages refuse is the same
    // trap.
    const MachineValue index = ValueOf(access->index, state);
    const bool is_swapped = index.kind == Kind::kBase;
    const MachineValue& memory = is_swapped ? index : base;
    return memory.kind == Kind::kBase && places_.memories[memory.memory].is_guarded &&
           (is_swapped ? base : index).kind == Kind::kIndex &&
           static_cast<std::uint64_t>(access->displacement) + access->width <= abi::kGuardBytes;
  }

  // Spill slots, and what lies in the code's image.
  bool IsOwnMemory(const llvm::MachineMemOperand& memory, bool is_stored) const {
    const llvm::PseudoSourceValue* source = memory.getPseudoValue();
    if (source == nullptr) return false;
    if (const auto* slot = llvm::dyn_cast<llvm::FixedStackPseudoSourceValue>(source))
      return function_.getFrameInfo().isSpillSlotObjectIndex(slot->getFrameIndex());
    return !is_stored && (source->isConstantPool() || source->isJumpTable() || source->isGOT());
  }

  void Remove(const Check& check, llvm::MachineInstr& access) {
    llvm::MachineBasicBlock* taken = nullptr;
    llvm::MachineBasicBlock* otherwise = nullptr;
    llvm::SmallVector<llvm::MachineOperand, 4> condition;
    instructions_.analyzeBranch(*check.block, taken, otherwise, condition);
    instructions_.removeBranch(*check.block);
    if (otherwise != nullptr)
      instructions_.insertBranch(*check.block, otherwise, nullptr, {}, llvm::DebugLoc());
    check.block->removeSuccessor(taken);
    if (!semantics_.IsReadAfter(*check.comparison)) check.comparison->eraseFromParent();
    if (access.getPCSections() == nullptr) access.setPCSections(function_, FaultMetadata());
  }

  // Takes away what loads a size and subtracts from it, where only comparisons needed it that are
  // gone.
  void RemoveUnusedLimits(llvm::MachineBasicBlock& block) {
    llvm::SmallPtrSet<const llvm::MachineInstr*, 8> limits;
    MachineState state = *values_.AtStartOf(block);
    for (const llvm::MachineInstr& instruction : block) {
      const auto defined =
          semantics_.Define(instruction, state, values_.Loaded(instruction, state));
      if (defined && defined->value.kind == Kind::kSize && IsUnobservable(instruction, state))
        limits.insert(&instruction);
      values_.Step(instruction, state);
    }
    if (limits.empty()) return;
    llvm::LivePhysRegs live(*function_.getSubtarget().getRegisterInfo());
    live.addLiveOuts(block);
    for (llvm::MachineInstr& instruction : llvm::make_early_inc_range(llvm::reverse(block))) {
      const bool is_dead =
          limits.contains(&instruction) &&
          llvm::all_of(instruction.all_defs(), [&](const llvm::MachineOperand& defined) {
            return defined.isDead() || live.available(function_.getRegInfo(), defined.getReg());
          });
      if (is_dead) {
        instruction.eraseFromParent();
      } else {
        live.stepBackward(instruction);
      }
    }
  }

  llvm::MDNode* FaultMetadata() const {
    llvm::LLVMContext& context = function_.getFunction().getContext();
    return llvm::MDNode::get(context, {llvm::MDString::get(context, kFaultSection)});
  }

  llvm::MachineFunction& function_;
  const llvm::TargetInstrInfo& instructions_;
  const MachineSemantics& semantics_;
  const MemoryPlaces& places_;
  const MachineValues values_;
};

class CoveredChecksPass final : public llvm::MachineFunctionPass {
 public:
  explicit CoveredChecksPass(const MemoryPlaces& places)
      : MachineFunctionPass(kId), places_(places) {}

  llvm::StringRef getPassName() const override { return "Bounds checks that accesses replace"; }
  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    if (!IsWasmFunction(function.getFunction())) return false;
    const auto semantics = MachineSemanticsOf(function);
    return semantics != nullptr && CoveredChecks(function, *semantics, places_).Run();
  }

 private:
  static inline char kId = 0;  // LLVM tells passes apart by its address
  const MemoryPlaces& places_;
};

}  // namespace

std::unique_ptr<MachineSemantics> MachineSemanticsOf(const llvm::MachineFunction& function) {
  return function.getTarget().getTargetTriple().isX86() ? X86MachineSemantics(function) : nullptr;
}

llvm::MachineFunctionPass* MakeCoveredChecksPass(const MemoryPlaces& places) {
  return new CoveredChecksPass(places);
}

}  // namespace tenon::compiler
