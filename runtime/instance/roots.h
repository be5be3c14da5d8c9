// Where references to objects of the runtime's (exceptions so far) can lie, for whoever frees what
// nothing refers to. In frames and registers of generated code a reference can be any word; so
// all words there are handed out, and the collector takes what looks like one. Elsewhere
// references are where the types say.
//
// Invariants: code that may hold references leaves wasm through tenon_host_call_with_roots, which
// saves all registers on the wasm stack, arguments of the host's function included; so the host's
// stacks need not be looked at. All that can hold a reference to an object of an instance runs on
// this thread, in one of ActiveCalls, or is linked with it (linkage.h); what is given to others
// counts as referred to until the instance ends (abi::Exception, escaped).
#pragma once

#include <cstdint>

#include "runtime/execute/execution_environment.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/instance_state.h"

namespace tenon::runtime {

// Calls `use(begin, end)` for the words of wasm stacks that are in use: of `environment`, which
// runs, from `top` on, and of those that called it; and for exceptions that are on their way.
template <typename Use>
void ForEachStackRoot(const abi::ExecutionEnvironment& environment, const void* top,
                      const Use& use) {
  use(top, environment.stack_base + environment.stack_bytes);
  for (const ActiveCall* call = t_active_calls; call != nullptr; call = call->outer) {
    const abi::ExecutionEnvironment& outer = *call->environment;
    use(&outer.exception, &outer.exception + 1);
    if (&outer != &environment) use(outer.wasm_sp, outer.stack_base + outer.stack_bytes);
  }
}

// The same for an instance's globals and tables whose type may hold an exception.
template <typename Use>
void ForEachRootOf(const Instance& instance, const Use& use) {
  const container::View& view = instance.view();
  const auto globals = view.Section<container::GlobalEntry>(container::SectionId::kGlobals);
  for (std::uint32_t i = 0; i < globals.size(); ++i) {
    if (!IsExceptionReference(globals[i].type)) continue;
    const auto* const cell = static_cast<const std::uintptr_t*>(instance.GlobalCell(i));
    use(cell, cell + 1);
  }
  const auto tables = view.Section<container::TableEntry>(container::SectionId::kTables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!IsExceptionReference(tables[i].element_type)) continue;
    const abi::TableInstance& table = *instance.tables()[i];
    use(table.elements, table.elements + table.size);
  }
}

// The instance and all that it is linked with. `use` runs under both locks.
template <typename Use>
void ForEachLinked(const Instance& instance, const Use& use)
    TENON_REQUIRES(g_groups_mutex, g_exceptions_mutex) {
  if (instance.linkage == nullptr) return use(instance);
  for (const Instance* member = instance.linkage->members; member != nullptr;
       member = member->next_linked)
    use(*member);
}

}  // namespace tenon::runtime
