// Exception packages, and code that does not look for exceptions (format/abi.h, exceptions).
#pragma once

#include <cstdint>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance_state.h"

namespace tenon::runtime {

// Exception::flags.
inline constexpr std::uint32_t kExceptionMarked = 1;  // by the collection that runs
inline constexpr std::uint32_t kExceptionEscaped =
    2;  // others than linked instances may refer to it

// A package with room for `cells` values, with `thrower` and its callers as its trace; null if
// there is no memory. It belongs to the instance that defines the tag.
abi::Exception* NewException(abi::ExecutionEnvironment* environment, const abi::TagInstance* tag,
                             std::uint32_t cells, const MachineFrame& thrower);
// After a catch that handed out no reference: frees the exception unless another catch handed out
// one.
void ReleaseException(abi::Exception* exception);
// Called when the instance ends. Escaped exceptions stay, without a tag to catch them by.
void FreeExceptions(Instance* instance) TENON_EXCLUDES(g_exceptions_mutex);
// Called at the runtime's end: frees those that have stayed.
void FreeEscapedExceptions() TENON_EXCLUDES(g_exceptions_mutex);
void FreeUnmarkedExceptions(Instance* instance) TENON_REQUIRES(g_exceptions_mutex);
// Frees those exceptions of `owner` that nothing refers to (exception_collector.cc).
void CollectExceptions(abi::ExecutionEnvironment* environment, Instance* owner)
    TENON_REQUIRES(g_groups_mutex, g_exceptions_mutex);

// `receiver` gets a reference from the host or through it; null: the host itself. Unless it is
// linked with the instance that the exception belongs to, nobody will find the reference.
void NoteEscape(abi::Exception* exception, const Instance* receiver);

// A call ends with an exception on its way in the environment, in which `depth` calls are still
// under way: it goes on to those, or is gone.
void LeaveCallByException(abi::ExecutionEnvironment* environment, std::uint32_t depth);

// Whether the code that `frame` returns to looks for exceptions itself.
bool CallerLooksForExceptions(const abi::ExecutionEnvironment& environment, MachineFrame frame);

}  // namespace tenon::runtime
