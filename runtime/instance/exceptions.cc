// Exception packages. They are blocks of the ledger of the instance that defines their tag, in a
// list of that instance, and are freed with it at the latest. A package is freed when it is caught,
// unless a reference to it was handed out. Those with references are collected when there are many.
// One that has come to where the collector does not look (NoteEscape) stays, even beyond its
// instance.
#include "runtime/instance/exceptions.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <utility>

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

// The tag of exceptions whose instance has ended, and the list of them.
constexpr abi::TagInstance kEndedTag{0, nullptr};
abi::Exception* g_escaped TENON_GUARDED_BY(g_exceptions_mutex) = nullptr;

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

// Null: the instance has ended.
Instance* OwnerOf(const abi::TagInstance& tag) { return static_cast<Instance*>(tag.instance); }

void Link(abi::Exception* exception, abi::Exception** list) {
  exception->previous = nullptr;
  exception->next = *list;
  if (*list != nullptr) (*list)->previous = exception;
  *list = exception;
}

void Unlink(abi::Exception* exception) TENON_REQUIRES(g_exceptions_mutex) {
  Instance* const owner = OwnerOf(*exception->tag);
  if (exception->next != nullptr) exception->next->previous = exception->previous;
  if (exception->previous != nullptr) {
    exception->previous->next = exception->next;
  } else {
    (owner != nullptr ? owner->exceptions : g_escaped) = exception->next;
  }
  if (owner != nullptr) --owner->exception_count;
}

// What remains of an escaped exception when its instance ends. Its payload is not read again,
// because no tag matches.
void Orphan(abi::Exception* exception) TENON_REQUIRES(g_exceptions_mutex) {
  exception->tag = &kEndedTag;
  const Trace trace = *TraceOf(*exception);  // it follows the payload, which ends
  exception->cells = 0;
  *TraceOf(*exception) = trace;
  LedgerOf(Category::kInstance).TakeOver(exception);
  Link(exception, &g_escaped);
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

// Puts the trace of the environment's exception into its frames and a description into its text.
void Describe(abi::ExecutionEnvironment* environment) {
  const abi::Exception& exception = *environment->exception;
  const Trace& trace = *TraceOf(exception);
  environment->frame_count = 0;
  for (std::uint64_t i = 0; i < trace.count; ++i) {
    if (trace.addresses[i] == nullptr) continue;
    std::uint64_t offset = 0;
    const loader::MappedModule* const module =
        FindCode(static_cast<const std::uint8_t*>(trace.addresses[i]) - 1, &offset);
    if (module == nullptr) continue;
    const std::uint32_t function = module->view().FunctionAt(module->variant(), offset);
    if (function != container::kNone)
      environment->frames[environment->frame_count++] = {module, function};
  }
  if (OwnerOf(*exception.tag) == nullptr) {
    std::snprintf(environment->exception_text, sizeof environment->exception_text,
                  "tag of an instance that has ended");
    return;
  }
  const Instance& owner = *OwnerOf(*exception.tag);
  const auto tag = owner.info().imported_tags +
                   static_cast<std::uint32_t>(
                       exception.tag - owner.Part<abi::TagInstance>(owner.info().tags_offset));
  const std::string_view name = NameOf(owner, tag);
  const Error text =
      name.empty()
          ? Error::Format("tag %u", tag)
          : Error::Format("tag \"%.*s\"", static_cast<int>(std::min<std::size_t>(name.size(), 100)),
                          name.data());
  std::snprintf(environment->exception_text, sizeof environment->exception_text, "%.255s",
                text.text());
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
  Link(exception, &owner->exceptions);
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
    if ((exception->flags & kExceptionEscaped) != 0) {
      Orphan(exception);
    } else {
      Free(exception);
    }
    exception = next;
  }
  instance->exceptions = nullptr;
  instance->exception_count = 0;
}

void FreeEscapedExceptions() {
  const MutexLock lock(g_exceptions_mutex);
  while (g_escaped != nullptr) {
    abi::Exception* const exception = g_escaped;
    Unlink(exception);
    Free(exception);
  }
}

void FreeUnmarkedExceptions(Instance* instance) {
  for (abi::Exception* exception = instance->exceptions; exception != nullptr;) {
    abi::Exception* const next = exception->next;
    if ((exception->flags & kExceptionMarked) == 0) {
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

void NoteEscape(abi::Exception* exception, const Instance* receiver) {
  const Instance* const owner = OwnerOf(*exception->tag);
  const bool is_linked =
      owner == nullptr || owner == receiver ||
      (receiver != nullptr && owner->linkage != nullptr && owner->linkage == receiver->linkage);
  if (!is_linked) exception->flags |= kExceptionEscaped;
}

void LeaveCallByException(abi::ExecutionEnvironment* environment, std::uint32_t depth) {
  Describe(environment);
  if (depth == 0) return ReleaseException(std::exchange(environment->exception, nullptr));
  environment->pending = static_cast<std::uint32_t>(abi::TrapKind::kUncaughtException);
  // Through a native function. The guard (abi.h) stands between instances that are linked.
  const abi::HostFunction* const native = environment->current_host;
  if (native != &environment->guard)
    NoteEscape(environment->exception, static_cast<const Instance*>(native->instance));
}

}  // namespace tenon::runtime
