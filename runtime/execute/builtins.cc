// The functions that generated code calls (format/tables/builtins.def), on the wasm stack.
//
// Invariants: each checks its bounds before it writes anything. Each that can trap keeps a frame
// pointer (__builtin_frame_address makes the compiler keep one), from which the backtrace starts.
#include <cstring>

#include "format/ranges.h"
#include "loader/type_registry.h"
#include "runtime/arch/architecture.h"
#include "runtime/execute/atomic_wait.h"
#include "runtime/execute/backtrace.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/execute/terminate.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/linear_memory.h"

namespace tenon::runtime {
namespace {

using abi::TrapKind;
using abi::VmContext;
using std::int64_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

Instance* Of(VmContext* context) { return static_cast<Instance*>(context->instance); }

// Traps out of the enclosing builtin if `condition` holds.
#define TENON_TRAP_IF(condition, kind) \
  if (condition) RaiseTrap(context->exec_env, kind, OwnFrame(__builtin_frame_address(0)))

void BuiltinTrap(VmContext* context, uint32_t kind) {
  RaiseTrap(context->exec_env, static_cast<TrapKind>(kind), OwnFrame(__builtin_frame_address(0)));
}

uint64_t BuiltinMemoryGrow(VmContext* context, uint32_t memory, uint64_t pages) {
  return GrowLinearMemory(Of(context)->memories()[memory], pages);
}

void BuiltinMemoryInit(VmContext* context, uint32_t memory, uint32_t segment, uint64_t destination,
                       uint64_t source, uint64_t length) {
  const TrapKind trap = InitMemory(Of(context), memory, segment, destination, source, length);
  TENON_TRAP_IF(trap != TrapKind::kNone, trap);
}

void BuiltinMemoryCopy(VmContext* context, uint32_t destination_memory, uint32_t source_memory,
                       uint64_t destination, uint64_t source, uint64_t length) {
  const abi::MemoryInstance& to = *Of(context)->memories()[destination_memory];
  const abi::MemoryInstance& from = *Of(context)->memories()[source_memory];
  TENON_TRAP_IF(
      IsOutside(destination, length, SizeOf(to)) || IsOutside(source, length, SizeOf(from)),
      TrapKind::kOutOfBoundsMemoryAccess);
  if (length != 0) std::memmove(to.base + destination, from.base + source, length);
}

void BuiltinMemoryFill(VmContext* context, uint32_t memory, uint64_t destination, uint32_t value,
                       uint64_t length) {
  const abi::MemoryInstance& to = *Of(context)->memories()[memory];
  TENON_TRAP_IF(IsOutside(destination, length, SizeOf(to)), TrapKind::kOutOfBoundsMemoryAccess);
  if (length != 0) std::memset(to.base + destination, static_cast<int>(value & 0xFF), length);
}

void BuiltinDataDrop(VmContext* context, uint32_t segment) {
  Of(context)->dropped_data[segment] = 1;
}

uint64_t BuiltinTableGrow(VmContext* context, uint32_t table, void* value, uint64_t count) {
  return GrowTable(Of(context)->tables()[table], value, count);
}

void BuiltinTableFill(VmContext* context, uint32_t table_index, uint64_t start, void* value,
                      uint64_t count) {
  const abi::TableInstance& table = *Of(context)->tables()[table_index];
  TENON_TRAP_IF(IsOutside(start, count, table.size), TrapKind::kOutOfBoundsTableAccess);
  for (uint64_t i = 0; i < count; ++i) table.elements[start + i] = value;
}

void BuiltinTableCopy(VmContext* context, uint32_t destination_table, uint32_t source_table,
                      uint64_t destination, uint64_t source, uint64_t count) {
  const abi::TableInstance& to = *Of(context)->tables()[destination_table];
  const abi::TableInstance& from = *Of(context)->tables()[source_table];
  TENON_TRAP_IF(IsOutside(destination, count, to.size) || IsOutside(source, count, from.size),
                TrapKind::kOutOfBoundsTableAccess);
  if (count != 0)
    std::memmove(to.elements + destination, from.elements + source, count * sizeof(void*));
}

void BuiltinTableInit(VmContext* context, uint32_t table, uint32_t segment, uint64_t destination,
                      uint64_t source, uint64_t count) {
  const TrapKind trap = InitTable(Of(context), table, segment, destination, source, count);
  TENON_TRAP_IF(trap != TrapKind::kNone, trap);
}

void BuiltinElemDrop(VmContext* context, uint32_t segment) {
  Of(context)->dropped_elements[segment] = 1;
}

uint32_t BuiltinIsSubtype(VmContext*, uint64_t key, uint64_t super_key) {
  return loader::IsSubtype(key, super_key) ? 1 : 0;
}

abi::Exception* BuiltinExceptionNew(VmContext* context, const abi::TagInstance* tag,
                                    uint32_t cells) {
  const auto* const frame = OwnFrame(__builtin_frame_address(0));
  abi::Exception* const exception = NewException(context->exec_env, tag, cells, CallerOf(frame));
  if (exception == nullptr) {
    SetPendingException(context->exec_env, "out of memory for an exception");
    RaiseTrap(context->exec_env, TrapKind::kHostError, frame);
  }
  return exception;
}

void BuiltinExceptionRelease(VmContext*, abi::Exception* exception) { ReleaseException(exception); }

void BuiltinExceptionLeaves(VmContext* context) {
  // This builtin's caller is the wrapper, which returns to the code in question.
  const MachineFrame wrapper = CallerOf(OwnFrame(__builtin_frame_address(0)));
  if (CallerLooksForExceptions(*context->exec_env, wrapper)) return;
  EndCall(context->exec_env, TrapKind::kUncaughtException);
}

// The native address of an atomic access; sets `trap` if there is none.
uint8_t* AtomicAddress(const abi::MemoryInstance& memory, uint64_t index, uint64_t offset,
                       uint64_t width, TrapKind* trap) {
  const uint64_t address = index + offset;
  if (address < index || IsOutside(address, width, SizeOf(memory))) {
    *trap = TrapKind::kOutOfBoundsMemoryAccess;
    return nullptr;
  }
  if (address % width != 0) *trap = TrapKind::kUnalignedAtomic;
  return memory.base + address;
}

uint32_t AtomicWait(VmContext* context, uint32_t memory_index, uint64_t index, uint64_t offset,
                    unsigned width, uint64_t expected, int64_t timeout, TrapKind* trap) {
  const abi::MemoryInstance& memory = *Of(context)->memories()[memory_index];
  const uint8_t* const address = AtomicAddress(memory, index, offset, width, trap);
  if (*trap != TrapKind::kNone) return 0;
  if ((memory.flags & container::kLimitsShared) == 0) {
    *trap = TrapKind::kExpectedSharedMemory;
    return 0;
  }
  abi::ExecutionEnvironment* const environment = context->exec_env;
  const WaitResult result = Wait(environment, address, width, expected, timeout);
  if (result == WaitResult::kTerminated) {
    SetPendingException(environment, kTerminatedText);
    environment->pending = 0;
    environment->termination = abi::ExecutionEnvironment::Termination::kTaken;
    *trap = TrapKind::kHostError;
  }
  return static_cast<uint32_t>(result);
}

uint32_t BuiltinAtomicWait32(VmContext* context, uint32_t memory, uint64_t index, uint64_t offset,
                             uint32_t expected, int64_t timeout) {
  TrapKind trap = TrapKind::kNone;
  const uint32_t result = AtomicWait(context, memory, index, offset, 4, expected, timeout, &trap);
  TENON_TRAP_IF(trap != TrapKind::kNone, trap);
  return result;
}

uint32_t BuiltinAtomicWait64(VmContext* context, uint32_t memory, uint64_t index, uint64_t offset,
                             uint64_t expected, int64_t timeout) {
  TrapKind trap = TrapKind::kNone;
  const uint32_t result = AtomicWait(context, memory, index, offset, 8, expected, timeout, &trap);
  TENON_TRAP_IF(trap != TrapKind::kNone, trap);
  return result;
}

uint32_t BuiltinAtomicNotify(VmContext* context, uint32_t memory_index, uint64_t index,
                             uint64_t offset, uint32_t count) {
  const abi::MemoryInstance& memory = *Of(context)->memories()[memory_index];
  TrapKind trap = TrapKind::kNone;
  const uint8_t* const address = AtomicAddress(memory, index, offset, 4, &trap);
  TENON_TRAP_IF(trap != TrapKind::kNone, trap);
  return (memory.flags & container::kLimitsShared) == 0 ? 0 : Notify(address, count);
}

}  // namespace

const abi::Builtins* RuntimeBuiltins(bool with_roots) {
  static const auto make = [](auto* host_call) {
    abi::Builtins table{};
    const auto set = [&table](abi::Builtin slot, auto* function) {
      table.entry[static_cast<std::size_t>(slot)] = reinterpret_cast<const void*>(function);
    };
    set(abi::Builtin::trap, &BuiltinTrap);
    set(abi::Builtin::host_call, host_call);
    set(abi::Builtin::memory_grow, &BuiltinMemoryGrow);
    set(abi::Builtin::memory_init, &BuiltinMemoryInit);
    set(abi::Builtin::memory_copy, &BuiltinMemoryCopy);
    set(abi::Builtin::memory_fill, &BuiltinMemoryFill);
    set(abi::Builtin::data_drop, &BuiltinDataDrop);
    set(abi::Builtin::table_grow, &BuiltinTableGrow);
    set(abi::Builtin::table_fill, &BuiltinTableFill);
    set(abi::Builtin::table_copy, &BuiltinTableCopy);
    set(abi::Builtin::table_init, &BuiltinTableInit);
    set(abi::Builtin::elem_drop, &BuiltinElemDrop);
    set(abi::Builtin::is_subtype, &BuiltinIsSubtype);
    set(abi::Builtin::exception_new, &BuiltinExceptionNew);
    set(abi::Builtin::exception_release, &BuiltinExceptionRelease);
    set(abi::Builtin::exception_leaves, &BuiltinExceptionLeaves);
    set(abi::Builtin::atomic_wait32, &BuiltinAtomicWait32);
    set(abi::Builtin::atomic_wait64, &BuiltinAtomicWait64);
    set(abi::Builtin::atomic_notify, &BuiltinAtomicNotify);
    static_assert(static_cast<std::size_t>(abi::Builtin::kCount) == 19, "set every builtin above");
    return table;
  };
  static const abi::Builtins plain = make(&tenon_host_call);
  static const abi::Builtins saving = make(&tenon_host_call_with_roots);
  return with_roots ? &saving : &plain;
}

}  // namespace tenon::runtime
