// The interrupted registers in a signal's context: Linux on AArch64; see architecture.h.
#include <sys/ucontext.h>

#include <type_traits>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

MachineFrame ReadSignalContext(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
  return {reinterpret_cast<const std::uint8_t*>(registers.pc),
          reinterpret_cast<const void* const*>(registers.regs[29]),
          reinterpret_cast<const std::uint8_t*>(registers.sp),
          /*is_interrupted=*/true};
}

void ContinueInUnwind(void* context, abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
  using Word = std::remove_reference_t<decltype(registers.pc)>;
  registers.regs[0] = static_cast<Word>(reinterpret_cast<std::uintptr_t>(environment));
  registers.regs[1] = static_cast<Word>(kind);
  registers.pc = static_cast<Word>(reinterpret_cast<std::uintptr_t>(&tenon_unwind));
}

}  // namespace tenon::runtime
