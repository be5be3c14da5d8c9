// The registry of code, and traps that are raised by function calls.
#include "runtime/execute/traps.h"

#include "runtime/execute/backtrace.h"
#include "runtime/instance/exceptions.h"
#include "runtime/memory/range_registry.h"

namespace tenon::runtime {
namespace {

constinit RangeRegistry g_code;

std::uintptr_t TextOf(const loader::MappedModule& module) {
  return reinterpret_cast<std::uintptr_t>(module.image()) + module.variant().text_offset;
}

}  // namespace

bool RegisterCode(const loader::MappedModule& module) {
  return g_code.Add(TextOf(module), TextOf(module) + module.variant().text_size, &module);
}
void UnregisterCode(const loader::MappedModule& module) { g_code.Remove(TextOf(module)); }

const loader::MappedModule* FindCode(const void* pc, std::uint64_t* offset) {
  const RangeRegistry::Range* range = g_code.Find(reinterpret_cast<std::uintptr_t>(pc));
  if (range == nullptr) return nullptr;
  const auto* const module = static_cast<const loader::MappedModule*>(range->owner.load());
  *offset =
      reinterpret_cast<std::uintptr_t>(pc) - reinterpret_cast<std::uintptr_t>(module->image());
  return module;
}

void FreeCodeRegistry(bool forgets) { g_code.FreeChunks(forgets); }

thread_local constinit const ActiveCall* t_active_calls = nullptr;

void EndCall(abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  GiveUpFrames(__builtin_frame_address(0), environment->stack_base + environment->stack_bytes);
  tenon_unwind(environment, static_cast<std::uint32_t>(kind));
}

void RaiseTrap(abi::ExecutionEnvironment* environment, abi::TrapKind kind,
               const void* const* frame_pointer) {
  RecordBacktrace(environment, CallerOf(frame_pointer));
  EndCall(environment, kind);
}

}  // namespace tenon::runtime

// From tenon_host_call, whose frame it is: the host function left something pending. Returns if it
// is an exception and the host function's caller looks for exceptions itself.
extern "C" __attribute__((visibility("hidden"))) void tenon_host_failed(
    tenon::abi::ExecutionEnvironment* environment, const void* const* frame_pointer) {
  using namespace tenon;           // NOLINT: an entry from assembly
  using namespace tenon::runtime;  // NOLINT
  const auto kind = static_cast<abi::TrapKind>(environment->pending);
  if (kind == abi::TrapKind::kUncaughtException) {
    environment->pending = 0;
    // tenon_host_call's caller is the thunk, which returns to the code in question.
    if (environment->exception == nullptr ||
        CallerLooksForExceptions(*environment, CallerOf(frame_pointer))) {
      return;
    }
    EndCall(environment, kind);
  }
  RaiseTrap(environment, kind, frame_pointer);
}
