// A list is enough: such types are few.
//
// A group is one block: the group, its members, the words that it is compared by, and its value
// types for FindInternedType.
#include "loader/type_registry.h"

#include <algorithm>
#include <new>

#include "format/abi.h"
#include "format/locking.h"

namespace tenon::loader {
namespace {

using container::TypeEntry;
using container::View;
using std::uint32_t;
using std::uint64_t;

struct Member {
  uint64_t super_key;  // 0: none
  InternedSignature signature;
};

struct InternedGroup {
  InternedGroup* next;
  uint64_t first_key;
  uint64_t users;
  uint64_t member_count;
  uint64_t word_count;
  void (*release)(void* block);

  Member* members() { return reinterpret_cast<Member*>(this + 1); }
  uint64_t* words() { return reinterpret_cast<uint64_t*>(members() + member_count); }
  ValueType* values() { return reinterpret_cast<ValueType*>(words() + word_count); }
  bool Has(uint64_t key) const { return key >= first_key && key - first_key < member_count; }
};

constinit Mutex g_mutex;
InternedGroup* g_groups TENON_GUARDED_BY(g_mutex) = nullptr;
// Keys are never used again.
uint64_t g_next_key TENON_GUARDED_BY(g_mutex) = abi::kInternedBit | 1;

InternedGroup* Find(uint64_t key) TENON_REQUIRES(g_mutex) {
  InternedGroup* group = g_groups;
  while (group != nullptr && !group->Has(key)) group = group->next;
  return group;
}

// Calls `emit` with each word of the group; references within it are positions, others keys.
template <typename Emit>
void ForEachWord(const View& view, uint32_t first, const uint64_t* keys, Emit emit) {
  const auto types = view.Section<TypeEntry>(container::SectionId::kTypes);
  const uint32_t size = types[first].group_size;
  const auto reference = [&](uint32_t index) {
    const bool within = index >= first && index - first < size;
    emit(within ? 1 : 0);
    emit(within ? index - first : keys[index]);
  };
  for (uint32_t i = first; i < first + size; ++i) {
    const TypeEntry& type = types[i];
    emit(uint64_t{type.parameter_count} << 32 | uint64_t{type.result_count} << 8 |
         (type.supertype != container::kNone ? 2U : 0U) | type.is_final);
    if (type.supertype != container::kNone) reference(type.supertype);
    for (const auto values : {view.Parameters(type), view.Results(type)}) {
      for (const ValueType value : values) {
        if (!IsConcreteReference(value)) {
          emit(static_cast<uint64_t>(value));
          continue;
        }
        emit(IsNullable(value) ? kRefNullCode : kRefCode);
        reference(HeapTypeOf(value));
      }
    }
  }
}

// Everything but the list and the key.
InternedGroup* MakeGroup(const View& view, uint32_t first, const uint64_t* keys,
                         const MemorySource& memory) {
  const auto types = view.Section<TypeEntry>(container::SectionId::kTypes);
  const uint64_t members = types[first].group_size;
  uint64_t words = 0;
  ForEachWord(view, first, keys, [&](uint64_t) { ++words; });
  uint64_t values = 0;
  for (const TypeEntry& type : types.subspan(first, members))
    values += uint64_t{type.parameter_count} + type.result_count;
  void* const block = memory.allocate(
      memory.state,
      sizeof(InternedGroup) + members * sizeof(Member) + words * 8 + values * sizeof(ValueType),
      MemorySource::Use::kShared);
  if (block == nullptr) return nullptr;
  auto* const group = new (block) InternedGroup{nullptr, 0, 1, members, words, memory.release};
  uint64_t* word = group->words();
  ForEachWord(view, first, keys, [&](uint64_t value) { *word++ = value; });
  ValueType* value = group->values();
  for (uint64_t i = 0; i < members; ++i) {
    const TypeEntry& type = types[first + i];
    const auto copy = [&](std::span<const ValueType> from) {
      ValueType* const begin = value;
      value = std::ranges::copy(from, value).out;
      return std::span<const ValueType>(begin, from.size());
    };
    InternedSignature signature;
    signature.parameters = copy(view.Parameters(type));
    signature.results = copy(view.Results(type));
    new (group->members() + i) Member{0, signature};
  }
  return group;
}

bool SameWords(InternedGroup& a, InternedGroup& b) {
  return a.member_count == b.member_count &&
         std::equal(a.words(), a.words() + a.word_count, b.words(), b.words() + b.word_count);
}

}  // namespace

bool InternGroup(const View& view, uint32_t first, uint64_t* keys, const MemorySource& memory) {
  const auto types = view.Section<TypeEntry>(container::SectionId::kTypes);
  InternedGroup* const made = MakeGroup(view, first, keys, memory);
  if (made == nullptr) return false;
  const MutexLock lock(g_mutex);
  InternedGroup* group = g_groups;
  while (group != nullptr && !SameWords(*group, *made)) group = group->next;
  if (group != nullptr) {
    ++group->users;
    made->release(made);
  } else {
    group = made;
    group->first_key = g_next_key;
    g_next_key += group->member_count;
    group->next = g_groups;
    g_groups = group;
  }
  for (uint32_t i = 0; i < group->member_count; ++i) {
    keys[first + i] = group->first_key + i;
    const uint32_t supertype = types[first + i].supertype;
    if (supertype != container::kNone) group->members()[i].super_key = keys[supertype];
  }
  return true;
}

void ReleaseGroup(uint64_t key) {
  const MutexLock lock(g_mutex);
  for (InternedGroup** link = &g_groups; *link != nullptr; link = &(*link)->next) {
    InternedGroup* const group = *link;
    if (group->first_key != key) continue;
    if (--group->users != 0) return;
    *link = group->next;
    group->release(group);
    return;
  }
}

void ForgetGroups() {
  const MutexLock lock(g_mutex);
  g_groups = nullptr;
}

bool IsSubtype(uint64_t key, uint64_t super_key) {
  const MutexLock lock(g_mutex);
  while (key != super_key) {
    InternedGroup* const group = Find(key);
    if (group == nullptr) return false;
    key = group->members()[key - group->first_key].super_key;
    if (key == 0) return false;
  }
  return true;
}

InternedSignature FindInternedType(uint64_t key) {
  const MutexLock lock(g_mutex);
  InternedGroup* const group = Find(key);
  return group == nullptr ? InternedSignature{}
                          : group->members()[key - group->first_key].signature;
}

}  // namespace tenon::loader
