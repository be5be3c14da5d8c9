// A tree by address. See live_handles.h.
#include "runtime/memory/live_handles.h"

#include <boost/intrusive/set.hpp>
#include <functional>

#include "format/locking.h"

namespace tenon::runtime {
namespace {

namespace intrusive = boost::intrusive;

struct AddressOf {
  using type = const void*;
  const type& operator()(const LiveHandle& handle) const { return handle.object; }
};

struct LiveHandles {
  Mutex mutex;  // guards the tree and its nodes
  intrusive::set<LiveHandle, intrusive::member_hook<LiveHandle, LiveHook, &LiveHandle::hook>,
                 intrusive::key_of_value<AddressOf>, intrusive::compare<std::less<>>,
                 intrusive::constant_time_size<false>>
      tree TENON_GUARDED_BY(mutex);
};

LiveHandles& All() {
  static LiveHandles all;
  return all;
}

}  // namespace

void AddLive(LiveHandle* node, HandleKind kind, const void* object) {
  LiveHandles& all = All();
  node->kind = kind;
  node->object = object;
  const MutexLock lock(all.mutex);
  all.tree.insert(*node);
}

void RemoveLive(LiveHandle* node) {
  LiveHandles& all = All();
  const MutexLock lock(all.mutex);
  if (node->object != nullptr) all.tree.erase(all.tree.iterator_to(*node));
  node->object = nullptr;
}

bool IsLive(HandleKind kind, const void* object) {
  LiveHandles& all = All();
  const MutexLock lock(all.mutex);
  const auto found = all.tree.find(object);
  return found != all.tree.end() && found->kind == kind;
}

void* FindLive(HandleKind kind, bool (*accepts)(const void* object)) {
  LiveHandles& all = All();
  const MutexLock lock(all.mutex);
  for (const LiveHandle& handle : all.tree) {
    if (handle.kind == kind && accepts(handle.object)) return const_cast<void*>(handle.object);
  }
  return nullptr;
}

}  // namespace tenon::runtime
