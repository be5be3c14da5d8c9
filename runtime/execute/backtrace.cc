// See backtrace.h. Unwind rows are followed where the code has them, otherwise frame pointers.
#include "runtime/execute/backtrace.h"

#include "runtime/execute/traps.h"

namespace tenon::runtime {
namespace {

// An instruction of the frame's function. A return address may lie after the last one.
const std::uint8_t* InstructionOf(const MachineFrame& frame) {
  return frame.is_interrupted ? frame.pc : frame.pc - 1;
}

bool InStack(const abi::ExecutionEnvironment& environment, std::uintptr_t address,
             std::uint64_t bytes) {
  const auto low = reinterpret_cast<std::uintptr_t>(environment.stack_base);
  return address >= low && address - low <= environment.stack_bytes &&
         bytes <= environment.stack_bytes - (address - low) && address % sizeof(void*) == 0;
}

const void* const* WordAt(std::uintptr_t address) {
  return reinterpret_cast<const void* const*>(address);
}

}  // namespace

MachineFrame CallerOf(const void* const* frame_pointer) {
  const void* const* const record = FrameRecord(frame_pointer);
  return {static_cast<const std::uint8_t*>(record[1]), static_cast<const void* const*>(record[0]),
          reinterpret_cast<const std::uint8_t*>(record + 2), /*is_interrupted=*/false};
}

bool StepOut(const abi::ExecutionEnvironment& environment, MachineFrame* frame) {
  std::uint64_t offset = 0;
  const loader::MappedModule* const module = FindCode(InstructionOf(*frame), &offset);
  if (module == nullptr) return false;
  const auto row = module->view().UnwindAt(module->variant(), offset);
  if (!row.has_value()) {
    const auto record = reinterpret_cast<std::uintptr_t>(FrameRecord(frame->frame_pointer));
    if (!InStack(environment, record, 2 * sizeof(void*))) return false;
    *frame = CallerOf(frame->frame_pointer);
    return true;
  }
  constexpr std::uintptr_t kWord = sizeof(void*);
  const std::uintptr_t from = row->from_frame_pointer
                                  ? reinterpret_cast<std::uintptr_t>(frame->frame_pointer)
                                  : reinterpret_cast<std::uintptr_t>(frame->stack_pointer);
  const std::uintptr_t outer = from + static_cast<std::uintptr_t>(row->frame_words) * kWord;
  // The rows have not been checked: they must lead outwards and stay within the stack.
  if (outer <= reinterpret_cast<std::uintptr_t>(frame->stack_pointer) ||
      !InStack(environment, outer - kWord, kWord)) {
    return false;
  }
  if (row->saved_words != 0) {
    const std::uintptr_t saved = outer - static_cast<std::uintptr_t>(row->saved_words) * kWord;
    if (!InStack(environment, saved, kWord)) return false;
    frame->frame_pointer = static_cast<const void* const*>(*WordAt(saved));
  }
  frame->pc = static_cast<const std::uint8_t*>(*WordAt(outer - kWord));
  frame->stack_pointer = reinterpret_cast<const std::uint8_t*>(outer);
  frame->is_interrupted = false;
  return true;
}

FrameWalk::FrameWalk(const abi::ExecutionEnvironment& environment, const MachineFrame& innermost)
    : environment_(environment),
      frame_(innermost),
      entry_(static_cast<const void* const*>(environment.host_sp)) {}

bool FrameWalk::Next(CodeLocation* location, const void** pc) {
  while (!at_end_) {
    location->module = FindCode(InstructionOf(frame_), &location->offset);
    if (location->module != nullptr) {
      if (pc != nullptr) *pc = frame_.pc;
      at_end_ = !StepOut(environment_, &frame_);
      return true;
    }
    // The end of this entry's frames. An outer entry's frames continue where wasm called the host.
    if (entry_ == nullptr || entry_[4] == nullptr) break;
    const auto* const wasm_sp = static_cast<const void* const*>(entry_[3]);
    entry_ = static_cast<const void* const*>(entry_[4]);
    if (!InStack(environment_, reinterpret_cast<std::uintptr_t>(wasm_sp), sizeof(void*))) break;
    frame_ = CallerOf(static_cast<const void* const*>(*wasm_sp));
  }
  at_end_ = true;
  return false;
}

void RecordBacktrace(abi::ExecutionEnvironment* environment, const MachineFrame& innermost) {
  environment->frame_count = 0;
  FrameWalk walk(*environment, innermost);
  CodeLocation at;
  while (environment->frame_count < abi::ExecutionEnvironment::kMaximumFrames && walk.Next(&at)) {
    const std::uint32_t function = at.module->view().FunctionAt(at.module->variant(), at.offset);
    if (function != container::kNone)
      environment->frames[environment->frame_count++] = {at.module, function};
  }
}

}  // namespace tenon::runtime
