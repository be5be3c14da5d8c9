// The interrupted registers in a signal's context: Linux on RISC-V; see architecture.h.
#include <sys/ucontext.h>

#include <type_traits>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

MachineFrame ReadSignalContext(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
  return {reinterpret_cast<const std::uint8_t*>(registers.__gregs[REG_PC]),
          reinterpret_cast<const void* const*>(registers.__gregs[REG_S0]),
          reinterpret_cast<const std::uint8_t*>(registers.__gregs[REG_SP]),
          /*is_interrupted=*/true};
}

void ContinueInUnwind(void* context, abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
  using Word = std::remove_reference_t<decltype(registers.__gregs[REG_PC])>;
  registers.__gregs[REG_A0] = static_cast<Word>(reinterpret_cast<std::uintptr_t>(environment));
  registers.__gregs[REG_A0 + 1] = static_cast<Word>(kind);
  registers.__gregs[REG_PC] = static_cast<Word>(reinterpret_cast<std::uintptr_t>(&tenon_unwind));
}

}  // namespace tenon::runtime
