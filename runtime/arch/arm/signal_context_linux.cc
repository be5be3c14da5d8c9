// The interrupted registers in a signal's context: Linux on 32-bit ARM; see architecture.h.
#include <sys/ucontext.h>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

MachineFrame ReadSignalContext(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
  return {reinterpret_cast<const std::uint8_t*>(registers.arm_pc),
          reinterpret_cast<const void* const*>(registers.arm_fp),
          reinterpret_cast<const std::uint8_t*>(registers.arm_sp),
          /*is_interrupted=*/true};
}

void ContinueInUnwind(void* context, abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
  registers.arm_r0 = reinterpret_cast<std::uintptr_t>(environment);
  registers.arm_r1 = static_cast<std::uint32_t>(kind);
  registers.arm_pc = reinterpret_cast<std::uintptr_t>(&tenon_unwind);
}

}  // namespace tenon::runtime
