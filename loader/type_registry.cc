// Groups are found by what they consist of when a module is loaded, and by key when code asks; both
// ways by search trees, so that any number of types, however they are chosen, takes time in
// proportion to the file (and the logarithm of how many there are).
//
// A group is one block: the group, its members, the words that it is compared by, and its value
// types for FindInternedType. The words name the groups that it refers to by their keys, so whoever
// uses a group uses those as well: they live as long, and members may point to each other.
#include "loader/type_registry.h"

#include <algorithm>
#include <boost/intrusive/set.hpp>
#include <cstring>
#include <new>

#include "format/abi.h"
#include "format/locking.h"

namespace tenon::loader {
namespace {

namespace intrusive = boost::intrusive;
using container::TypeEntry;
using container::View;
using std::uint32_t;
using std::uint64_t;

struct Member {
  uint64_t key;
  const Member* supertype;
  InternedSignature signature;
};

// With the options of Boost.Interprocess's own tree, whose code then serves these too.
template <typename Tag>
using TreeHook = intrusive::set_base_hook<intrusive::tag<Tag>, intrusive::void_pointer<void*>,
                                          intrusive::optimize_size<true>,
                                          intrusive::link_mode<intrusive::normal_link>>;
using ContentHook = TreeHook<struct ByContent>;
using KeyHook = TreeHook<struct ByKey>;

struct InternedGroup : ContentHook, KeyHook {
  uint64_t first_key;
  uint64_t users;
  uint64_t member_count;
  uint64_t word_count;
  uint64_t hash;  // of the words; tells most groups apart
  void (*release)(void* block);

  Member* members() { return reinterpret_cast<Member*>(this + 1); }
  const Member* members() const { return reinterpret_cast<const Member*>(this + 1); }
  uint64_t* words() { return reinterpret_cast<uint64_t*>(members() + member_count); }
  const uint64_t* words() const {
    return reinterpret_cast<const uint64_t*>(members() + member_count);
  }
  ValueType* values() { return reinterpret_cast<ValueType*>(words() + word_count); }
};
static_assert(sizeof(InternedGroup) % alignof(Member) == 0);

struct ContentLess {
  bool operator()(const InternedGroup& a, const InternedGroup& b) const {
    if (a.hash != b.hash) return a.hash < b.hash;
    if (a.member_count != b.member_count) return a.member_count < b.member_count;
    if (a.word_count != b.word_count) return a.word_count < b.word_count;
    return std::memcmp(a.words(), b.words(), a.word_count * sizeof(uint64_t)) < 0;
  }
};
struct KeyOfGroup {
  using type = uint64_t;
  uint64_t operator()(const InternedGroup& group) const { return group.first_key; }
};

struct Registry {
  Mutex mutex;
  intrusive::set<InternedGroup, intrusive::base_hook<ContentHook>, intrusive::compare<ContentLess>,
                 intrusive::constant_time_size<false>>
      by_content TENON_GUARDED_BY(mutex);
  intrusive::set<InternedGroup, intrusive::base_hook<KeyHook>, intrusive::key_of_value<KeyOfGroup>,
                 intrusive::constant_time_size<false>>
      by_key TENON_GUARDED_BY(mutex);
  // Keys are never used again.
  uint64_t next_key TENON_GUARDED_BY(mutex) = abi::kInternedBit | 1;

  // Null: the key is in no use.
  const Member* Find(uint64_t key) const TENON_REQUIRES(mutex) {
    auto group = by_key.upper_bound(key);
    if (group == by_key.begin()) return nullptr;
    --group;
    const uint64_t index = key - group->first_key;
    return index < group->member_count ? group->members() + index : nullptr;
  }
};

Registry& TheRegistry() {
  static Registry registry;
  return registry;
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

// Everything but the trees, the keys and the supertypes.
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
  auto* const group = new (block) InternedGroup;
  group->users = 1;
  group->member_count = members;
  group->word_count = words;
  group->release = memory.release;
  uint64_t* word = group->words();
  ForEachWord(view, first, keys, [&](uint64_t value) { *word++ = value; });
  group->hash = container::Checksum(group->words(), words * sizeof(uint64_t));
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
    new (group->members() + i) Member{0, nullptr, signature};
  }
  return group;
}

}  // namespace

bool InternGroup(const View& view, uint32_t first, uint64_t* keys, const MemorySource& memory) {
  const auto types = view.Section<TypeEntry>(container::SectionId::kTypes);
  InternedGroup* const made = MakeGroup(view, first, keys, memory);
  if (made == nullptr) return false;
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const auto [group, is_new] = registry.by_content.insert(*made);
  if (!is_new) {
    ++group->users;
    made->release(made);
  } else {
    group->first_key = registry.next_key;
    registry.next_key += group->member_count;
    registry.by_key.insert(*group);
  }
  for (uint32_t i = 0; i < group->member_count; ++i) keys[first + i] = group->first_key + i;
  if (!is_new) return true;
  for (uint32_t i = 0; i < group->member_count; ++i) {
    Member& member = group->members()[i];
    member.key = keys[first + i];
    const uint32_t supertype = types[first + i].supertype;
    if (supertype != container::kNone) member.supertype = registry.Find(keys[supertype]);
  }
  return true;
}

void ReleaseGroup(uint64_t key) {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const auto group = registry.by_key.find(key);
  if (group == registry.by_key.end() || --group->users != 0) return;
  InternedGroup* const block = &*group;
  registry.by_key.erase(group);
  registry.by_content.erase(registry.by_content.iterator_to(*block));
  block->release(block);
}

void ForgetGroups() {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  registry.by_content.clear();
  registry.by_key.clear();
}

bool IsSubtype(uint64_t key, uint64_t super_key) {
  if (key == super_key) return true;
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const Member* member = registry.Find(key);
  while (member != nullptr && member->key != super_key) member = member->supertype;
  return member != nullptr;
}

InternedSignature FindInternedType(uint64_t key) {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const Member* const member = registry.Find(key);
  return member == nullptr ? InternedSignature{} : member->signature;
}

}  // namespace tenon::loader
