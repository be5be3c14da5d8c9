// A list is enough: types of more than seventeen values are rare.
#include "loader/type_registry.h"

#include <algorithm>
#include <mutex>
#include <new>

#include "format/abi.h"

namespace tenon::loader {
namespace {

struct InternedType {
  InternedType* next;
  std::uint64_t key;
  std::uint64_t users;
  std::uint64_t parameter_count;
  std::uint64_t result_count;
  void (*release)(void* block);

  ValueType* values() { return reinterpret_cast<ValueType*>(this + 1); }
  InternedSignature signature() {
    return {{values(), parameter_count}, {values() + parameter_count, result_count}};
  }
};

std::mutex g_mutex;  // guards what follows
InternedType* g_types = nullptr;
std::uint64_t g_next_number = 0;  // keys are never used again

}  // namespace

std::uint64_t InternType(std::span<const ValueType> parameters, std::span<const ValueType> results,
                         const MemorySource& memory) {
  const std::lock_guard lock(g_mutex);
  for (InternedType* type = g_types; type != nullptr; type = type->next) {
    const InternedSignature known = type->signature();
    if (std::ranges::equal(known.parameters, parameters) &&
        std::ranges::equal(known.results, results)) {
      ++type->users;
      return type->key;
    }
  }
  const std::uint64_t values = parameters.size() + results.size();
  void* const block = memory.allocate(
      memory.state, sizeof(InternedType) + values * sizeof(ValueType), MemorySource::Use::kShared);
  if (block == nullptr) return 0;
  auto* const type = new (block) InternedType{
      g_types,       abi::kInternedBit | g_next_number++, 1, parameters.size(), results.size(),
      memory.release};
  std::ranges::copy(parameters, type->values());
  std::ranges::copy(results, type->values() + parameters.size());
  g_types = type;
  return type->key;
}

void ReleaseType(std::uint64_t key) {
  const std::lock_guard lock(g_mutex);
  for (InternedType** link = &g_types; *link != nullptr; link = &(*link)->next) {
    InternedType* const type = *link;
    if (type->key != key) continue;
    if (--type->users != 0) return;
    *link = type->next;
    type->release(type);
    return;
  }
}

InternedSignature FindInternedType(std::uint64_t key) {
  const std::lock_guard lock(g_mutex);
  for (InternedType* type = g_types; type != nullptr; type = type->next) {
    if (type->key == key) return type->signature();
  }
  return {};
}

}  // namespace tenon::loader
