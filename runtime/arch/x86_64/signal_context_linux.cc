// The interrupted registers in a signal's context: Linux on x86-64; see architecture.h.
#include <sys/ucontext.h>

#include <type_traits>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

MachineFrame ReadSignalContext(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
  return {reinterpret_cast<const std::uint8_t*>(registers.gregs[REG_RIP]),
          reinterpret_cast<const void* const*>(registers.gregs[REG_RBP]),
          reinterpret_cast<const std::uint8_t*>(registers.gregs[REG_RSP]),
          /*is_interrupted=*/true};
}

void ContinueInUnwind(void* context, abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
  using Word = std::remove_reference_t<decltype(registers.gregs[REG_RIP])>;
  registers.gregs[REG_RDI] = static_cast<Word>(reinterpret_cast<std::uintptr_t>(environment));
  registers.gregs[REG_RSI] = static_cast<Word>(kind);
  registers.gregs[REG_RIP] = static_cast<Word>(reinterpret_cast<std::uintptr_t>(&tenon_unwind));
}

}  // namespace tenon::runtime
