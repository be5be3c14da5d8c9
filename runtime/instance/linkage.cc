// Of two that become one, the members of the smaller are told.
#include "runtime/instance/linkage.h"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/execute/execution_environment.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

void Enter(Linkage* linkage, Instance* instance) {
  instance->linkage = linkage;
  instance->previous_linked = nullptr;
  instance->next_linked = linkage->members;
  if (linkage->members != nullptr) linkage->members->previous_linked = instance;
  linkage->members = instance;
  ++linkage->count;
}

Linkage* MakeLinkage(Instance* first) {
  void* const memory = Allocate(LedgerOf(Category::kInstance), sizeof(Linkage));
  if (memory == nullptr) return nullptr;
  auto* const linkage = new (memory) Linkage{nullptr, 0};
  Enter(linkage, first);
  return linkage;
}

void Absorb(Linkage* into, Linkage* from) {
  for (Instance* member = from->members; member != nullptr;) {
    Instance* const next = member->next_linked;
    Enter(into, member);
    member = next;
  }
  Free(from);
}

}  // namespace

Status LinkInstances(Instance* a, Instance* b) {
  if (a->linkage != nullptr && a->linkage == b->linkage) return Status::Ok();
  const std::uint32_t frame_a = a->maximum_frame, frame_b = b->maximum_frame;
  if (a->linkage == nullptr || (b->linkage != nullptr && b->linkage->count > a->linkage->count))
    std::swap(a, b);
  Linkage* const linkage = a->linkage != nullptr ? a->linkage : MakeLinkage(a);
  if (linkage == nullptr) return OutOfMemory("a link between instances");
  if (b->linkage == nullptr) {
    Enter(linkage, b);
  } else {
    Absorb(linkage, b->linkage);
  }
  if (frame_a == frame_b) return Status::Ok();
  for (Instance* member = linkage->members; member != nullptr; member = member->next_linked)
    member->maximum_frame.store(std::max(frame_a, frame_b), std::memory_order_relaxed);
  g_function_generation.fetch_add(1, std::memory_order_relaxed);  // entries look again
  for (const ActiveCall* call = t_active_calls; call != nullptr; call = call->outer) {
    const Instance& entered = *InstanceOfContext(call->context);
    if (entered.linkage == linkage) LeaveRoomFor(call->environment, entered);
  }
  return Status::Ok();
}

void LeaveLinkage(Instance* instance) {
  Linkage* const linkage = instance->linkage;
  if (linkage == nullptr) return;
  (instance->previous_linked != nullptr ? instance->previous_linked->next_linked
                                        : linkage->members) = instance->next_linked;
  if (instance->next_linked != nullptr)
    instance->next_linked->previous_linked = instance->previous_linked;
  instance->linkage = nullptr;
  if (--linkage->count == 0) Free(linkage);
}

void LeaveRoomFor(abi::ExecutionEnvironment* environment, const Instance& instance) {
  environment->stack_limit =
      std::max(environment->stack_limit,
               static_cast<const std::uint8_t*>(environment->stack_base) + abi::kStackReserve +
                   instance.maximum_frame.load(std::memory_order_relaxed));
}

}  // namespace tenon::runtime
