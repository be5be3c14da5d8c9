// Exception packages, and code that does not look for exceptions (format/abi.h, exceptions).
#pragma once

#include <cstdint>

#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance_state.h"

namespace tenon::runtime {

// A package with room for `cells` values, with `thrower` and its callers as its trace; null if
// there is no memory. It belongs to the instance that defines the tag.
abi::Exception* NewException(abi::ExecutionEnvironment* environment, const abi::TagInstance* tag,
                             std::uint32_t cells, const MachineFrame& thrower);
// After a catch that handed out no reference: frees the exception unless another catch handed out
// one.
void ReleaseException(abi::Exception* exception);
void FreeExceptions(Instance* instance) TENON_EXCLUDES(g_exceptions_mutex);
void FreeUnmarkedExceptions(Instance* instance) TENON_REQUIRES(g_exceptions_mutex);
// Frees those exceptions of `owner` that nothing on this thread refers to (exception_collector.cc).
void CollectExceptions(abi::ExecutionEnvironment* environment, Instance* owner)
    TENON_REQUIRES(g_groups_mutex, g_exceptions_mutex);

// Whether the code that `frame` returns to looks for exceptions itself.
bool CallerLooksForExceptions(const abi::ExecutionEnvironment& environment, MachineFrame frame);

// Puts the trace of the environment's exception into its frames and a description into its text.
void DescribeException(abi::ExecutionEnvironment* environment);

}  // namespace tenon::runtime
