// Exception packages. They are blocks of the ledger of the instance that defines their tag, in a
// list of that instance, and are freed with it at the latest. A package is freed when it is caught,
// unless a reference to it was handed out. Those with references are collected when there are many.
#include "runtime/instance/exceptions.h"

#include <algorithm>
#include <cstdio>
#include <new>

#include "format/locking.h"
#include "runtime/execute/backtrace.h"
#include "runtime/execute/traps.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kTraceFrames = 24;

// Return addresses, innermost first.
struct Trace {
  std::uint64_t count;
  const void* addresses[kTraceFrames];
};

constexpr std::uint64_t kFirstCollection = 1000;  // exceptions of an instance

Trace* TraceOf(const abi::Exception& exception) {
  return reinterpret_cast<Trace*>(reinterpret_cast<std::uintptr_t>(&exception + 1) +
                                  std::uint64_t{exception.cells} * 8);
}

void RecordTrace(const abi::ExecutionEnvironment& environment, const MachineFrame& innermost,
                 Trace* trace) {
  trace->count = 0;
  FrameWalk walk(environment, innermost);
  CodeLocation location;
  while (trace->count < kTraceFrames && walk.Next(&location, &trace->addresses[trace->count]))
    ++trace->count;
}

Instance* OwnerOf(const abi::TagInstance& tag) { return static_cast<Instance*>(tag.instance); }

void Unlink(abi::Exception* exception) TENON_REQUIRES(g_exceptions_mutex) {
  if (exception->next != nullptr) exception->next->previous = exception->previous;
  if (exception->previous != nullptr) {
    exception->previous->next = exception->next;
  } else {
    OwnerOf(*exception->tag)->exceptions = exception->next;
  }
  --OwnerOf(*exception->tag)->exception_count;
}

// The export by which others know the tag, or nothing.
std::string_view NameOf(const Instance& owner, std::uint32_t tag) {
  const container::View& view = owner.view();
  for (const auto& item : view.Section<container::ExportEntry>(container::SectionId::kExports)) {
    if (item.kind == ExternKind::kTag && item.index == tag) return view.String(item.name);
  }
  return {};
}

bool NeedsCollection(const Instance& owner) TENON_REQUIRES(g_exceptions_mutex) {
  return owner.exception_count >= std::max(kFirstCollection, owner.next_collection);
}

// Null: there is no memory.
abi::Exception* Make(const abi::ExecutionEnvironment& environment, const abi::TagInstance* tag,
                     std::uint32_t cells, const MachineFrame& thrower)
    TENON_REQUIRES(g_exceptions_mutex) {
  Instance* const owner = OwnerOf(*tag);
  const std::uint64_t payload = sizeof(abi::Exception) + std::uint64_t{cells} * 8;
  auto* const block = static_cast<std::uint8_t*>(Allocate(owner->ledger, payload + sizeof(Trace)));
  if (block == nullptr) return nullptr;
  auto* const exception = new (block) abi::Exception{};
  RecordTrace(environment, thrower, new (block + payload) Trace);
  exception->tag = tag;
  exception->cells = cells;
  ++owner->exception_count;
  exception->next = owner->exceptions;
  if (owner->exceptions != nullptr) owner->exceptions->previous = exception;
  owner->exceptions = exception;
  return exception;
}

}  // namespace

constinit Mutex g_exceptions_mutex;

abi::Exception* NewException(abi::ExecutionEnvironment* environment, const abi::TagInstance* tag,
                             std::uint32_t cells, const MachineFrame& thrower) {
  Instance* const owner = OwnerOf(*tag);
  {
    const MutexLock lock(g_exceptions_mutex);
    if (!NeedsCollection(*owner)) return Make(*environment, tag, cells, thrower);
  }
  const MutexLock groups(g_groups_mutex);
  const MutexLock lock(g_exceptions_mutex);
  CollectExceptions(environment, owner);
  owner->next_collection = 2 * owner->exception_count;
  return Make(*environment, tag, cells, thrower);
}

void ReleaseException(abi::Exception* exception) {
  if (exception->is_referenced != 0) return;
  const MutexLock lock(g_exceptions_mutex);
  Unlink(exception);
  Free(exception);
}

void FreeExceptions(Instance* instance) {
  const MutexLock lock(g_exceptions_mutex);
  for (abi::Exception* exception = instance->exceptions; exception != nullptr;) {
    abi::Exception* const next = exception->next;
    Free(exception);
    exception = next;
  }
  instance->exceptions = nullptr;
  instance->exception_count = 0;
}

void FreeUnmarkedExceptions(Instance* instance) {
  for (abi::Exception* exception = instance->exceptions; exception != nullptr;) {
    abi::Exception* const next = exception->next;
    if (exception->is_marked == 0) {
      Unlink(exception);
      Free(exception);
    }
    exception = next;
  }
}

bool CallerLooksForExceptions(const abi::ExecutionEnvironment& environment, MachineFrame frame) {
  if (!StepOut(environment, &frame)) return false;
  std::uint64_t offset = 0;
  const loader::MappedModule* const module = FindCode(frame.pc - 1, &offset);
  return module != nullptr && (module->variant().function_traits & abi::kTraitThrows) != 0;
}

void DescribeException(abi::ExecutionEnvironment* environment) {
  const abi::Exception& exception = *environment->exception;
  const Trace& trace = *TraceOf(exception);
  environment->frame_count = 0;
  for (std::uint64_t i = 0; i < trace.count; ++i) {
    std::uint64_t offset = 0;
    const loader::MappedModule* const module =
        FindCode(static_cast<const std::uint8_t*>(trace.addresses[i]) - 1, &offset);
    if (module == nullptr) continue;
    const std::uint32_t function = module->view().FunctionAt(module->variant(), offset);
    if (function != container::kNone)
      environment->frames[environment->frame_count++] = {module, function};
  }
  const Instance& owner = *OwnerOf(*exception.tag);
  const auto tag = owner.info().imported_tags +
                   static_cast<std::uint32_t>(
                       exception.tag - owner.Part<abi::TagInstance>(owner.info().tags_offset));
  const std::string_view name = NameOf(owner, tag);
  if (name.empty()) {
    std::snprintf(environment->exception_text, sizeof environment->exception_text, "tag %u", tag);
  } else {
    std::snprintf(environment->exception_text, sizeof environment->exception_text, "tag \"%.*s\"",
                  static_cast<int>(std::min<std::size_t>(name.size(), 100)), name.data());
  }
}

}  // namespace tenon::runtime
