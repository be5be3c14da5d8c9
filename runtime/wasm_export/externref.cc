// Numbers for the host's objects. Generated code does not use them, so a simple list is enough.

#include "format/locking.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

struct ExternObject {
  ExternObject* next;
  const InstanceHandle* owner;
  void* object;
  void (*cleanup)(void*);
  std::uint32_t number;
  bool retained;
};

constexpr std::uint32_t kNullNumber = 0xFFFFFFFF;

constinit Mutex g_mutex;
ExternObject* g_objects TENON_GUARDED_BY(g_mutex) = nullptr;
std::uint32_t g_next_number TENON_GUARDED_BY(g_mutex) = 1;

template <typename Matches>
ExternObject* Find(const Matches& matches) TENON_REQUIRES(g_mutex) {
  ExternObject* entry = g_objects;
  while (entry != nullptr && !matches(*entry)) entry = entry->next;
  return entry;
}

ExternObject* FindOwned(const InstanceHandle* owner, const void* object) TENON_REQUIRES(g_mutex) {
  return Find([&](const ExternObject& e) { return e.owner == owner && e.object == object; });
}

// Takes all matching objects out of the list, then cleans them up without the mutex.
template <typename Matches>
bool Drop(const Matches& matches) {
  ExternObject* dropped = nullptr;
  {
    const MutexLock lock(g_mutex);
    for (ExternObject** link = &g_objects; *link != nullptr;) {
      ExternObject* const entry = *link;
      if (!matches(*entry)) {
        link = &entry->next;
        continue;
      }
      *link = entry->next;
      entry->next = dropped;
      dropped = entry;
    }
  }
  const bool any = dropped != nullptr;
  while (dropped != nullptr) {
    ExternObject* const entry = dropped;
    dropped = entry->next;
    if (entry->cleanup != nullptr) entry->cleanup(entry->object);
    Free(entry);
  }
  return any;
}

}  // namespace

void DropExternObjects(const InstanceHandle* handle) {
  Drop([&](const ExternObject& entry) { return entry.owner == handle && !entry.retained; });
}

void FreeExternObjects() {
  Drop([](const ExternObject&) { return true; });
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

bool wasm_externref_obj2ref(wasm_module_inst_t module_inst, void* extern_obj,
                            uint32_t* p_externref_idx) {
  if (extern_obj == reinterpret_cast<void*>(~std::uintptr_t{0})) {
    *p_externref_idx = kNullNumber;
    return true;
  }
  const MutexLock lock(tenon::runtime::g_mutex);
  ExternObject* entry = FindOwned(module_inst, extern_obj);
  if (entry == nullptr) {
    entry = static_cast<ExternObject*>(Allocate(Category::kRuntime, sizeof(ExternObject)));
    if (entry == nullptr || g_next_number == kNullNumber) {
      Free(entry);
      return false;
    }
    *entry = {g_objects, module_inst, extern_obj, nullptr, g_next_number++, false};
    g_objects = entry;
  }
  *p_externref_idx = entry->number;
  return true;
}

bool wasm_externref_objdel(wasm_module_inst_t module_inst, void* extern_obj) {
  return Drop([&](const ExternObject& entry) {
    return entry.owner == module_inst && entry.object == extern_obj;
  });
}

bool wasm_externref_set_cleanup(wasm_module_inst_t module_inst, void* extern_obj,
                                void (*extern_obj_cleanup)(void*)) {
  const MutexLock lock(tenon::runtime::g_mutex);
  ExternObject* const entry = FindOwned(module_inst, extern_obj);
  if (entry == nullptr) return false;
  entry->cleanup = extern_obj_cleanup;
  return true;
}

bool wasm_externref_ref2obj(uint32_t externref_idx, void** p_extern_obj) {
  *p_extern_obj = nullptr;
  if (externref_idx == kNullNumber) return true;
  const MutexLock lock(tenon::runtime::g_mutex);
  const ExternObject* const entry =
      Find([&](const ExternObject& e) { return e.number == externref_idx; });
  if (entry == nullptr) return false;
  *p_extern_obj = entry->object;
  return true;
}

bool wasm_externref_retain(uint32_t externref_idx) {
  const MutexLock lock(tenon::runtime::g_mutex);
  ExternObject* const entry =
      Find([&](const ExternObject& e) { return e.number == externref_idx; });
  if (entry == nullptr) return false;
  entry->retained = true;
  return true;
}

}  // extern "C"
