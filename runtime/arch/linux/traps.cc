// Turns hardware faults in AoT code into traps: the handler changes the interrupted context so that
// it continues in tenon_unwind. Linux.
//
// Invariants: only faults with the program counter in registered AoT text become traps, and memory
// faults only at instructions that stand for a bounds check (format/code_tables/fault_places.h) and
// addresses in a linear memory's reservation, or in the wasm stack's guard page. Everything else
// goes to the previous handler, because it is a bug. The handler runs on the wasm stack unless the
// host has set up an alternative one; kStackReserve makes room for it. Generated code checks
// divisions, so SIGFPE never means a wasm trap and is not handled.
#include "runtime/execute/traps.h"

#include <signal.h>
#include <unistd.h>

#include <iterator>
#include <mutex>

#include "runtime/arch/architecture.h"
#include "runtime/execute/backtrace.h"
#include "runtime/memory/reservations.h"

namespace tenon::runtime {
namespace {

// The third is replaced by the trap instruction's signal.
int g_signals[] = {SIGSEGV, SIGBUS, SIGILL};
struct sigaction g_previous[std::size(g_signals)];

void Chain(int number, siginfo_t* information, void* context) {
  for (std::size_t i = 0; i < std::size(g_signals); ++i) {
    if (g_signals[i] != number) continue;
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

// Where generated code was interrupted.
struct CodePlace {
  const loader::MappedModule& module;
  std::uint64_t offset;  // in its image
  const std::uint8_t* pc;
};

abi::TrapKind KindOf(int number, const siginfo_t* information,
                     const abi::ExecutionEnvironment& environment, const CodePlace& place) {
  if (number == kTrapSignal) return TrapInstructionKind(place.pc);
  if (InReservation(information->si_addr)) {
    return place.module.view().IsFaultPlaceAt(place.module.variant(), place.offset)
               ? abi::TrapKind::kOutOfBoundsMemoryAccess
               : abi::TrapKind::kNone;
  }
  const auto* const address = static_cast<const std::uint8_t*>(information->si_addr);
  if (address < environment.stack_base &&
      address >= environment.stack_base - environment.guard_bytes)
    return abi::TrapKind::kCallStackExhausted;
  return abi::TrapKind::kNone;
}

// Generated code does nothing that faults but for its traps: the process ends, and this says why.
void SayFault() {
  static constexpr char kText[] =
      "tenon: internal error: compiled WebAssembly code faulted where no trap can be\n";
  if (::write(2, kText, sizeof kText - 1) < 0) return;  // there is nobody to tell
}

void Handle(int number, siginfo_t* information, void* context) {
  const MachineFrame at = ReadSignalContext(context);
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  std::uint64_t offset = 0;
  const loader::MappedModule* const module =
      environment == nullptr ? nullptr : FindCode(at.pc, &offset);
  if (module == nullptr) return Chain(number, information, context);
  const abi::TrapKind kind = KindOf(number, information, *environment, {*module, offset, at.pc});
  if (kind == abi::TrapKind::kNone) {
    SayFault();
    return Chain(number, information, context);
  }
  RecordBacktrace(environment, at);
  ContinueInUnwind(context, environment, kind);
}

}  // namespace

void InstallTrapHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_signals[2] = kTrapSignal;
    for (std::size_t i = 0; i < std::size(g_signals); ++i) {
      struct sigaction action = {};
      action.sa_sigaction = Handle;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      sigemptyset(&action.sa_mask);
      ::sigaction(g_signals[i], &action, &g_previous[i]);
    }
  });
}

}  // namespace tenon::runtime
