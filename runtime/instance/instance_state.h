// What an Instance is made of; shared by the few files that implement instance.h.
//
// One block of memory: the Instance, then the VmContext with its parts, then
// records for host functions, owners and drop flags. Tables and linear memories
// can grow and lie apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>

#include "runtime/instance/instance.h"
#include "runtime/instance/linkage.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {

// Instances that can hold each other's functions and exceptions (through a shared table, a
// mutable reference global or reference parameters) live and die together, the group
// with them: it lies in one of its members.
struct Group {
  std::uint64_t references = 0;
  Instance* members = nullptr;
};

struct Instance {
  Ledger ledger{Category::kInstance, &LedgerOf(Category::kInstance)};
  loader::MappedModule* module;
  abi::VmContext* context;
  Group own_group;  // where the group lies, if this instance began it
  Group* group;
  Instance* next_in_group;
  Instance** owners;           // null, or one per import: null, or an instance of another group
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
  void* embedder;              // what wasm_export.h calls an instance
  abi::Exception* exceptions;  // of the tags defined here (exceptions.h)
  std::uint64_t exception_count;
  std::uint64_t next_collection;  // when there are as many

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

// After a call in `inner` that ran within one in `outer`: the contexts that were handed `inner` go
// back to `outer`. `instance`'s and all that it can reach are looked at.
void ReturnContexts(Instance* instance, const abi::ExecutionEnvironment* inner,
                    abi::ExecutionEnvironment* outer);

// Groups and what they consist of change under this lock.
[[nodiscard]] std::unique_lock<std::mutex> LockGroups();

// The instance behind a context; what stands in the context register may be a
// HostFunction, which keeps its instance in the same place.
inline Instance* InstanceOfContext(const abi::VmContext* context) {
  return static_cast<Instance*>(context->instance);
}

// The trampoline through which the host calls a function; null: there is none.
const void* FindEntry(const abi::FuncRef* function);

// Another number whenever a record of a function may be gone, or frames have become larger.
extern constinit std::atomic<std::uint64_t> g_function_generation;

// `with_roots`: for host functions that are called by code which may hold references (roots.h).
const abi::Builtins* RuntimeBuiltins(bool with_roots);

// Tables beyond this are refused like memory that is not there.
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
