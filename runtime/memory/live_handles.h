// Which handles of the C interface are in use, so that one whose object has ended is told from one
// that is alive, and so that the end of the runtime finds what the host has left open. Thread safe.
//
// Only functions that begin or end something look here. An address that is used again for a handle
// of the same kind cannot be told.
#pragma once

#include <boost/intrusive/set_hook.hpp>
#include <cstdint>

namespace tenon::runtime {

enum class HandleKind : std::uint32_t { kModule, kInstance, kEnvironment, kArguments };

// With the options of Boost.Interprocess's own tree, whose code then serves these too.
using LiveHook =
    boost::intrusive::set_member_hook<boost::intrusive::void_pointer<void*>,
                                      boost::intrusive::optimize_size<true>,
                                      boost::intrusive::link_mode<boost::intrusive::normal_link>>;

// Part of what stands behind a handle.
struct LiveHandle {
  LiveHook hook;
  const void* object = nullptr;  // the handle's address; null: not alive
  HandleKind kind{};
};

void AddLive(LiveHandle* node, HandleKind kind, const void* object);
void RemoveLive(LiveHandle* node);
// False for null, too.
bool IsLive(HandleKind kind, const void* object);
// Any of that kind for which `accepts` is true; null: there is none.
void* FindLive(HandleKind kind, bool (*accepts)(const void* object));

}  // namespace tenon::runtime
