// Linear memory: growing, allocation inside it, translation of addresses. Exported globals and
// tables.
#include <algorithm>
#include <cstring>

#include "format/ranges.h"
#include "runtime/execute/traps.h"
#include "runtime/memory/linear_memory.h"
#include "runtime/wasm_export/handles.h"
#include "runtime/wasm_export/module_heap.h"

namespace tenon::runtime {
namespace {

enlarge_memory_error_callback_t g_grow_failed = nullptr;
void* g_grow_failed_data = nullptr;

abi::MemoryInstance* Memory(wasm_memory_inst_t memory) {
  return reinterpret_cast<abi::MemoryInstance*>(memory);
}
wasm_memory_inst_t AsHandle(abi::MemoryInstance* memory) {
  return reinterpret_cast<wasm_memory_inst_t>(memory);
}
abi::MemoryInstance* DefaultMemory(const InstanceHandle* handle) {
  return MemoryOf(handle->instance);
}

bool Grow(abi::MemoryInstance* memory, std::uint64_t pages, InstanceHandle* handle,
          std::uint32_t index) {
  const std::uint64_t size = SizeOf(*memory);
  if (GrowLinearMemory(memory, pages) != ~std::uint64_t{0}) return true;
  if (g_grow_failed != nullptr) {
    const std::uint64_t old_pages = size / abi::kPageSize;
    const bool beyond = pages > memory->maximum_pages || old_pages > memory->maximum_pages - pages;
    g_grow_failed(static_cast<std::uint32_t>(pages), size, index,
                  beyond ? MAX_SIZE_REACHED : INTERNAL_ERROR, handle, nullptr, g_grow_failed_data);
  }
  return false;
}

// The module's own allocator: malloc and free, or AssemblyScript's.
struct GuestAllocator {
  wasm_function_inst_t allocate = nullptr;
  wasm_function_inst_t keep = nullptr;  // AssemblyScript: pins what was allocated
  wasm_function_inst_t release = nullptr;
};

bool HasCells(wasm_function_inst_t function, std::uint32_t parameters, std::uint32_t results) {
  if (function == nullptr) return false;
  const Signature signature(static_cast<const abi::FuncRef*>(function)->type_key);
  bool fits = signature.parameter_count() == parameters && signature.result_count() == results;
  for (std::uint32_t i = 0; fits && i < parameters; ++i)
    fits = signature.parameter(i) == ValueType::kI32;
  return fits && (results == 0 || signature.result(0) == ValueType::kI32);
}

bool FindGuestAllocator(InstanceHandle* handle, GuestAllocator* found) {
  const auto find = [handle](const char* name) {
    return wasm_runtime_lookup_function(handle, name);
  };
  *found = {find("malloc"), nullptr, find("free")};
  if (HasCells(found->allocate, 1, 1) && HasCells(found->release, 1, 0)) return true;
  const bool pins = find("__pin") != nullptr;
  *found = {find("__new"), pins ? find("__pin") : find("__retain"),
            pins ? find("__unpin") : find("__release")};
  return HasCells(found->allocate, 2, 1) && HasCells(found->keep, 1, 1) &&
         HasCells(found->release, 1, 0);
}

// Calls on the running environment if it is this instance's.
bool CallGuest(InstanceHandle* handle, wasm_function_inst_t function, std::uint32_t count,
               std::uint32_t* cells) {
  abi::ExecutionEnvironment* const current = CurrentEnvironment();
  const wasm_exec_env_t environment = current != nullptr && HandleOf(current) == handle
                                          ? reinterpret_cast<wasm_exec_env_t>(current)
                                          : wasm_runtime_get_exec_env_singleton(handle);
  return environment != nullptr && wasm_runtime_call_wasm(environment, function, count, cells);
}

}  // namespace

Status CreateModuleHeap(InstanceHandle* handle, std::uint32_t size) {
  abi::MemoryInstance* const memory = DefaultMemory(handle);
  GuestAllocator guest;
  if (size == 0 || memory == nullptr || FindGuestAllocator(handle, &guest)) return Status::Ok();
  const std::uint64_t pages = (std::uint64_t{size} + abi::kPageSize - 1) / abi::kPageSize;
  // Pages of its own after the module's, which the module's maximum does not count.
  const std::uint64_t begin = SizeOf(*memory);
  const std::uint64_t maximum = memory->maximum_pages;
  memory->maximum_pages = std::min<std::uint64_t>(maximum + pages, 65536);
  if (GrowLinearMemory(memory, pages, true) == ~std::uint64_t{0}) {
    memory->maximum_pages = maximum;
    return OutOfMemory("the heap in linear memory");
  }
  // As large as asked for, not as its pages: hosts expect what does not fit to be refused.
  handle->heap = MakeModuleHeap(handle->instance->ledger, begin, AlignDown(std::uint64_t{size}, 8));
  return handle->heap != nullptr ? Status::Ok() : OutOfMemory("the heap in linear memory");
}

void DestroyModuleHeap(InstanceHandle* handle) {
  FreeModuleHeap(handle->heap);
  handle->heap = nullptr;
}

void SetOutOfBounds(InstanceHandle* handle) {
  wasm_runtime_set_exception(handle, abi::TrapSentence(abi::TrapKind::kOutOfBoundsMemoryAccess));
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

wasm_memory_inst_t wasm_runtime_lookup_memory(const wasm_module_inst_t module_inst,
                                              const char* name) {
  Extern found;
  const bool is_memory =
      FindExport(module_inst->instance, name, &found) && found.kind == ExternKind::kMemory;
  return is_memory ? AsHandle(found.memory) : nullptr;
}
wasm_memory_inst_t wasm_runtime_get_default_memory(const wasm_module_inst_t module_inst) {
  return AsHandle(DefaultMemory(module_inst));
}
wasm_memory_inst_t wasm_runtime_get_memory(const wasm_module_inst_t module_inst, uint32_t index) {
  const auto memories =
      module_inst->module->view().Section<container::MemoryEntry>(container::SectionId::kMemories);
  return index < memories.size() ? AsHandle(module_inst->instance->memories()[index]) : nullptr;
}
uint64_t wasm_memory_get_cur_page_count(const wasm_memory_inst_t memory_inst) {
  return SizeOf(*Memory(memory_inst)) / abi::kPageSize;
}
uint64_t wasm_memory_get_max_page_count(const wasm_memory_inst_t memory_inst) {
  return Memory(memory_inst)->maximum_pages;
}
uint64_t wasm_memory_get_bytes_per_page(const wasm_memory_inst_t) { return abi::kPageSize; }
bool wasm_memory_get_shared(const wasm_memory_inst_t memory_inst) {
  return (Memory(memory_inst)->flags & container::kLimitsShared) != 0;
}
void* wasm_memory_get_base_address(const wasm_memory_inst_t memory_inst) {
  return Memory(memory_inst)->base;
}
bool wasm_memory_enlarge(wasm_memory_inst_t memory_inst, uint64_t inc_page_count) {
  return memory_inst != nullptr && Grow(Memory(memory_inst), inc_page_count, nullptr, 0);
}
bool wasm_runtime_enlarge_memory(wasm_module_inst_t module_inst, uint64_t inc_page_count) {
  abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  return memory != nullptr && Grow(memory, inc_page_count, module_inst, 0);
}
void wasm_runtime_set_enlarge_mem_error_callback(const enlarge_memory_error_callback_t callback,
                                                 void* user_data) {
  tenon::runtime::g_grow_failed = callback;
  tenon::runtime::g_grow_failed_data = user_data;
}
bool wasm_runtime_is_bounds_checks_enabled(wasm_module_inst_t) { return true; }

uint64_t wasm_runtime_module_malloc(wasm_module_inst_t module_inst, uint64_t size,
                                    void** p_native_addr) {
  abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  if (p_native_addr != nullptr) *p_native_addr = nullptr;
  if (memory == nullptr || size > UINT32_MAX) return 0;
  std::uint64_t address = 0;
  GuestAllocator guest;
  if (module_inst->heap != nullptr) {
    address = HeapAllocate(module_inst->heap, size);
  } else if (FindGuestAllocator(module_inst, &guest)) {
    std::uint32_t cells[2] = {static_cast<std::uint32_t>(size), 0};
    const std::uint32_t count = guest.keep != nullptr ? 2 : 1;
    if (!CallGuest(module_inst, guest.allocate, count, cells)) return 0;
    if (guest.keep != nullptr && !CallGuest(module_inst, guest.keep, 1, cells)) return 0;
    address = cells[0];
  }
  // What a module says about its memory is checked like everything else it says.
  if (address == 0 || size > SizeOf(*memory) || address > SizeOf(*memory) - size) return 0;
  if (p_native_addr != nullptr) *p_native_addr = memory->base + address;
  return address;
}

void wasm_runtime_module_free(wasm_module_inst_t module_inst, uint64_t ptr) {
  GuestAllocator guest;
  if (ptr == 0) return;
  if (module_inst->heap != nullptr) return HeapFree(module_inst->heap, ptr);
  if (!FindGuestAllocator(module_inst, &guest)) return;
  std::uint32_t cells[1] = {static_cast<std::uint32_t>(ptr)};
  CallGuest(module_inst, guest.release, 1, cells);
}

uint64_t wasm_runtime_module_dup_data(wasm_module_inst_t module_inst, const char* src,
                                      uint64_t size) {
  void* native = nullptr;
  const uint64_t address = wasm_runtime_module_malloc(module_inst, size, &native);
  if (address != 0) std::memcpy(native, src, size);
  return address;
}

bool wasm_runtime_validate_app_addr(wasm_module_inst_t module_inst, uint64_t app_offset,
                                    uint64_t size) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  if (memory != nullptr && size <= SizeOf(*memory) && app_offset <= SizeOf(*memory) - size)
    return true;
  SetOutOfBounds(module_inst);
  return false;
}

bool wasm_runtime_validate_app_str_addr(wasm_module_inst_t module_inst, uint64_t app_str_offset) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  if (memory != nullptr && app_str_offset < SizeOf(*memory) &&
      std::memchr(memory->base + app_str_offset, 0, SizeOf(*memory) - app_str_offset) != nullptr) {
    return true;
  }
  SetOutOfBounds(module_inst);
  return false;
}

bool wasm_runtime_validate_native_addr(wasm_module_inst_t module_inst, void* native_ptr,
                                       uint64_t size) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  const auto address = reinterpret_cast<std::uintptr_t>(native_ptr);
  const auto base = memory != nullptr ? reinterpret_cast<std::uintptr_t>(memory->base) : 0;
  if (memory != nullptr && address >= base && size <= SizeOf(*memory) &&
      address - base <= SizeOf(*memory) - size) {
    return true;
  }
  SetOutOfBounds(module_inst);
  return false;
}

void* wasm_runtime_addr_app_to_native(wasm_module_inst_t module_inst, uint64_t app_offset) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  return memory != nullptr && app_offset < SizeOf(*memory) ? memory->base + app_offset : nullptr;
}

uint64_t wasm_runtime_addr_native_to_app(wasm_module_inst_t module_inst, void* native_ptr) {
  uint8_t* begin = nullptr;
  return wasm_runtime_get_native_addr_range(module_inst, static_cast<uint8_t*>(native_ptr), &begin,
                                            nullptr)
             ? static_cast<uint64_t>(static_cast<uint8_t*>(native_ptr) - begin)
             : 0;
}

bool wasm_runtime_get_app_addr_range(wasm_module_inst_t module_inst, uint64_t app_offset,
                                     uint64_t* p_app_start_offset, uint64_t* p_app_end_offset) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  if (memory == nullptr || app_offset >= SizeOf(*memory)) return false;
  if (p_app_start_offset != nullptr) *p_app_start_offset = 0;
  if (p_app_end_offset != nullptr) *p_app_end_offset = SizeOf(*memory);
  return true;
}

bool wasm_runtime_get_native_addr_range(wasm_module_inst_t module_inst, uint8_t* native_ptr,
                                        uint8_t** p_native_start_addr,
                                        uint8_t** p_native_end_addr) {
  const abi::MemoryInstance* const memory = DefaultMemory(module_inst);
  if (memory == nullptr || native_ptr < memory->base ||
      native_ptr >= memory->base + SizeOf(*memory))
    return false;
  if (p_native_start_addr != nullptr) *p_native_start_addr = memory->base;
  if (p_native_end_addr != nullptr) *p_native_end_addr = memory->base + SizeOf(*memory);
  return true;
}

bool wasm_runtime_get_export_global_inst(const wasm_module_inst_t module_inst, const char* name,
                                         wasm_global_inst_t* global_inst) {
  Extern found;
  if (!FindExport(module_inst->instance, name, &found) || found.kind != ExternKind::kGlobal)
    return false;
  *global_inst = {KindOf(found.type), found.is_mutable, found.global};
  return true;
}

bool wasm_runtime_get_export_table_inst(const wasm_module_inst_t module_inst, const char* name,
                                        wasm_table_inst_t* table_inst) {
  Extern found;
  if (!FindExport(module_inst->instance, name, &found) || found.kind != ExternKind::kTable)
    return false;
  const auto clamp = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
  };
  *table_inst = {KindOf(found.type), clamp(found.table->size), clamp(found.table->maximum),
                 found.table};
  return true;
}

wasm_function_inst_t wasm_table_get_func_inst(const wasm_module_inst_t,
                                              const wasm_table_inst_t* table_inst, uint32_t idx) {
  const auto* const table = static_cast<const abi::TableInstance*>(table_inst->elems);
  return table_inst->elem_kind == WASM_FUNCREF && idx < table->size ? table->elements[idx]
                                                                    : nullptr;
}

}  // extern "C"
