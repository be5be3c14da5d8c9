// What an Instance is made of; shared by the few files that implement instance.h.
//
// One block of memory: the Instance, then the VmContext with its parts, then
// records for host functions, owners and drop flags. Tables and linear memories
// can grow and lie apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "format/locking.h"
#include "runtime/instance/instance.h"
#include "runtime/instance/linkage.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {

// Groups and what they consist of change under this lock.
extern constinit Mutex g_groups_mutex;
// The lists of exceptions; their cells are only written before anybody else knows of them.
extern constinit Mutex g_exceptions_mutex TENON_ACQUIRED_AFTER(g_groups_mutex);

// Instances that can hold each other's functions and exceptions (through a shared table, a
// mutable reference global or reference parameters) live and die together, the group
// with them: it lies in one of its members.
struct Group {
  std::uint64_t references TENON_GUARDED_BY(g_groups_mutex) = 0;
  Instance* members TENON_GUARDED_BY(g_groups_mutex) = nullptr;
};

struct Instance {
  Ledger ledger{Category::kInstance, &LedgerOf(Category::kInstance)};
  loader::MappedModule* module;
  abi::VmContext* context;
  Group own_group{1, this};  // where the group lies, if this instance began it
  Group* group TENON_GUARDED_BY(g_groups_mutex) = &own_group;
  Instance* next_in_group TENON_GUARDED_BY(g_groups_mutex);
  // Null, or one per import: null, or an instance of another group.
  Instance** owners TENON_GUARDED_BY(g_groups_mutex);
  abi::FuncRef* host_records;  // per imported function, for those of the host
  abi::HostFunction* host_functions;
  std::uint8_t* dropped_data;
  std::uint8_t* dropped_elements;
  std::atomic<std::uint32_t> maximum_frame;  // bytes; of all that it is or was linked with
  Linkage* linkage;                          // null: it is linked with none
  Instance* next_linked;
  Instance* previous_linked;
  std::uint32_t funcrefs_bytes;
  std::uint8_t* funcrefs;
  std::uint32_t funcref_size;
  bool code_registered;
  void* embedder;  // what wasm_export.h calls an instance
  // Of the tags defined here (exceptions.h).
  abi::Exception* exceptions TENON_GUARDED_BY(g_exceptions_mutex);
  std::uint64_t exception_count TENON_GUARDED_BY(g_exceptions_mutex);
  // They are collected when there are as many.
  std::uint64_t next_collection TENON_GUARDED_BY(g_exceptions_mutex);

  const container::View& view() const { return module->view(); }
  const container::ModuleInfo& info() const { return module->view().info(); }
  template <typename T>
  T* Part(std::uint32_t offset) const {
    return reinterpret_cast<T*>(reinterpret_cast<std::uint8_t*>(context) + offset);
  }
  abi::PointerCell<abi::MemoryInstance>* memories() const {
    return Part<abi::PointerCell<abi::MemoryInstance>>(info().memory_pointers_offset);
  }
  abi::PointerCell<abi::TableInstance>* tables() const {
    return Part<abi::PointerCell<abi::TableInstance>>(info().table_pointers_offset);
  }
  abi::PointerCell<abi::TagInstance>* tags() const {
    return Part<abi::PointerCell<abi::TagInstance>>(info().tag_pointers_offset);
  }
  abi::PointerCell<const abi::FuncRef>* function_imports() const {
    return Part<abi::PointerCell<const abi::FuncRef>>(info().function_imports_offset);
  }
  abi::FuncRef* FuncRefAt(std::uint64_t referenced_function) const {
    return reinterpret_cast<abi::FuncRef*>(funcrefs + referenced_function * funcref_size);
  }
  void* GlobalCell(std::uint32_t index) const {
    if (index < info().imported_globals)
      return Part<abi::PointerCell<void>>(info().global_pointers_offset)[index];
    return Part<std::uint8_t>(info().globals_offset) +
           std::uint64_t{index - info().imported_globals} * 16;
  }
};

// After a call in `inner` that ran within one in `outer`: contexts that were left with `inner` get
// `outer` back, in `instance` and in all instances that it can reach.
void ReturnContexts(Instance* instance, const abi::ExecutionEnvironment* inner,
                    abi::ExecutionEnvironment* outer);

// The instance of a context. The context register may also hold a
// HostFunction, which keeps its instance in the same place.
inline Instance* InstanceOfContext(const abi::VmContext* context) {
  return static_cast<Instance*>(context->instance);
}

// The trampoline through which the host calls a function; null: there is none.
const void* FindEntry(const abi::FuncRef* function);

// Changes whenever a record of a function may have been freed, or frames have become larger.
extern constinit std::atomic<std::uint64_t> g_function_generation;

// `with_roots`: for host functions that are called by code which may hold references (roots.h).
const abi::Builtins* RuntimeBuiltins(bool with_roots);

// Larger tables are refused, as if there were no memory for them.
inline constexpr std::uint64_t kMaximumTableElements = 10'000'000;
Status CreateTable(abi::TableInstance* table, const container::LimitsEntry& limits, Ledger& ledger);
// table.grow: the old size, or ~0.
std::uint64_t GrowTable(abi::TableInstance* table, void* value, std::uint64_t count);

// Memories, tables and globals of its own, then segments (instance_initialize.cc).
Status CreateDefinedParts(Instance* instance, const InstantiateOptions& options);
abi::TrapKind RunSegments(Instance* instance);
// The copying part of memory.init and table.init.
abi::TrapKind InitMemory(Instance* instance, std::uint32_t memory, std::uint32_t segment,
                         std::uint64_t destination, std::uint64_t source, std::uint64_t length);
abi::TrapKind InitTable(Instance* instance, std::uint32_t table, std::uint32_t segment,
                        std::uint64_t destination, std::uint64_t source, std::uint64_t length);

}  // namespace tenon::runtime
