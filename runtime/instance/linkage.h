// Instances that can come to call each other without the host in between: linked by what they
// import, directly or through others. Code that one is entered with leaves room on the stack for
// the largest frame of any, however late that one was linked.
//
// Invariants: all members have the same maximum_frame; all but LeaveRoomFor happens under
// g_groups_mutex.
#pragma once

#include <cstdint>

#include "format/result.h"

namespace tenon::abi {
struct ExecutionEnvironment;
}

namespace tenon::runtime {

struct Instance;

// Shared by two instances or more; an instance alone has none.
struct Linkage {
  Instance* members;
  std::uint64_t count;
};

// From now on each may come to run what the other one can reach. Calls that are under way on this
// thread get the room, too. An error if there is no memory.
Status LinkInstances(Instance* a, Instance* b);
// The instance goes.
void LeaveLinkage(Instance* instance);

// Raises the environment's stack_limit to what code of the instance needs.
void LeaveRoomFor(abi::ExecutionEnvironment* environment, const Instance& instance);

}  // namespace tenon::runtime
