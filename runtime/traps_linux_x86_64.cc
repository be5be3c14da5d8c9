// Hardware faults in AoT code become traps: the handler changes the interrupted
// context so that it continues in tenon_unwind. Linux on x86-64.
//
// Invariants: only faults with the program counter in registered AoT text are
// taken, and memory faults only at addresses in a linear memory's reservation (or
// the wasm stack's guard page); everything else goes to the previous handler,
// because it is a bug. The handler runs on the wasm stack unless the host set up
// an alternative one; kStackReserve makes room. Division is checked by generated
// code, so SIGFPE never means a wasm trap and is left alone.
#if defined(__linux__) && defined(__x86_64__)
#include <signal.h>
#include <sys/ucontext.h>

#include <cstring>
#include <mutex>

#include "runtime/traps.h"

namespace tenon::runtime {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL};
struct sigaction g_previous[3];

void Chain(int number, siginfo_t* information, void* context) {
  for (int i = 0; i < 3; ++i) {
    if (kSignals[i] != number) continue;
    const struct sigaction& previous = g_previous[i];
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
      previous.sa_sigaction(number, information, context);
    } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
      ::signal(number, SIG_DFL);  // the instruction faults again and ends the process
    } else {
      previous.sa_handler(number);
    }
    return;
  }
}

abi::TrapKind KindOf(int number, const siginfo_t* information,
                     const abi::ExecutionEnvironment& environment, const std::uint8_t* pc) {
  if (number == SIGILL) {
    // llvm.ubsantrap(kind): ud1 kind(%eax), %eax
    static constexpr std::uint8_t kTrapInstruction[] = {0x67, 0x0F, 0xB9, 0x40};
    return std::memcmp(pc, kTrapInstruction, sizeof kTrapInstruction) == 0
               ? static_cast<abi::TrapKind>(pc[4])
               : abi::TrapKind::kNone;
  }
  if (InReservation(information->si_addr)) return abi::TrapKind::kOutOfBoundsMemoryAccess;
  const auto* const address = static_cast<const std::uint8_t*>(information->si_addr);
  const std::uint64_t guard = environment.mapped_bytes - environment.stack_bytes;
  if (address < environment.stack_base && address >= environment.stack_base - guard)
    return abi::TrapKind::kCallStackExhausted;
  return abi::TrapKind::kNone;
}

void Handle(int number, siginfo_t* information, void* context) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto* const pc = reinterpret_cast<const std::uint8_t*>(registers[REG_RIP]);
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  std::uint64_t offset = 0;
  if (environment == nullptr || FindCode(pc, &offset) == nullptr)
    return Chain(number, information, context);
  const abi::TrapKind kind = KindOf(number, information, *environment, pc);
  if (kind == abi::TrapKind::kNone) return Chain(number, information, context);
  RecordBacktrace(environment, pc, reinterpret_cast<const void* const*>(registers[REG_RBP]));
  registers[REG_RDI] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(environment));
  registers[REG_RSI] = static_cast<greg_t>(kind);
  registers[REG_RIP] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(&tenon_unwind));
}

}  // namespace

void InstallTrapHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int i = 0; i < 3; ++i) {
      struct sigaction action = {};
      action.sa_sigaction = Handle;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      sigemptyset(&action.sa_mask);
      ::sigaction(kSignals[i], &action, &g_previous[i]);
    }
  });
}

}  // namespace tenon::runtime
#endif
