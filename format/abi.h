// Everything that generated code and the runtime share.
//
// A wasm function `(param P…) (result R…)` is native code with the platform's C
// calling convention, with the VmContext of its instance as an extra argument
// in a register that no other argument uses (x86-64: r13, LLVM's
// `swiftself`); the wasm parameters follow the C convention as if the context
// were not there. References are pointers, null is 0. Up to two integer or reference results and
// two floating-point or vector ones (ResultsInMemory) are returned as an LLVM struct of them in
// order. More results are stored, as 64-bit cells, at a pointer that precedes the parameters.
//
// Tail calls. The C convention cannot express them. LLVM's SwiftTail can: the callee pops its
// arguments and need not preserve the context register. That costs a little at every call, so
// functions have it only in modules that use tail calls. Each function of such a module that can
// become a funcref has a wrapper with the C convention. FuncRef::code is the wrapper, so callers
// need not know. A tail call into another instance is a jump to WideFuncRef::direct if the traits
// say that the callee has the tail convention. Otherwise it is a jump to an adapter of the caller's
// module (one per type), which calls the code at kEnvironmentTailTarget. The adapter's one frame
// goes when that function, which has no tail calls, returns. The stack arguments of a tail call
// would overlap the caller's. So in these modules an argument without a register
// (RegisterArguments) is passed in a buffer of the caller's instance, in 64-bit cells, and is read
// on entry, before anything else is called.
//
// Exceptions. A function that an exception leaves returns, with the exception in the execution
// environment and meaningless results. The caller looks at the environment after the call. Only
// modules with exceptions look, so others pay nothing. Where a module with exceptions meets one
// without:
//   - FuncRef::code of a module with exceptions is a wrapper. If an exception comes out and the
//     caller is code without exceptions, the builtin exception_leaves unwinds to the innermost
//     entry from the host, as a trap does. kTraitThrows marks such functions.
//   - That must not skip frames that look for exceptions. So code with exceptions calls functions
//     without (neither kTraitThrows nor kTraitHost) through a guard of its own module, one per
//     type. The guard calls the host function that every environment has at kEnvironmentGuard,
//     which calls the function that kEnvironmentGuardedFunction names, as a new entry from the
//     host.
//   - A host function that re-enters wasm and returns after an exception came out lets it pass.
//
// All structs here are little endian and the same for all targets, as a container has one layout
// for all its variants: a pointer takes 64 bits, of which a 32-bit machine uses the first 32.
// (Elements of tables, which only the machine itself lays out, are as large as its pointers.)
// Changing any of them, or a .def table's existing rows, means a new kAbiVersion.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/value_type.h"

namespace tenon::abi {

inline constexpr std::uint32_t kAbiVersion = 5;

inline constexpr std::uint64_t kPageSize = 65536;  // WebAssembly's, in bytes

// Guard mode: the memory's reservation is all that a 32-bit index can reach plus
// this; an access whose static offset + width exceeds it is checked explicitly.
inline constexpr std::uint64_t kGuardIndexSpace = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kGuardBytes = std::uint64_t{1} << 28;

// Bytes below stack_limit that every execution environment keeps free: for
// builtins, leaf functions, which do not check, and a signal frame (AMX state included).
// To this the runtime adds the variant's maximum_frame_size.
inline constexpr std::uint64_t kStackReserve = 24 * 1024;
// Functions without calls and with frames up to this size do not check the stack.
inline constexpr std::uint64_t kUncheckedFrame = 1024;

enum class TrapKind : std::uint32_t {
  kNone = 0,
#define TENON_TRAP(enumerator, number, sentence) enumerator = number,
#include "format/tables/traps.def"
#undef TENON_TRAP
};

constexpr const char* TrapSentence(TrapKind kind) {
  switch (kind) {
    case TrapKind::kNone: return "no trap";
#define TENON_TRAP(enumerator, number, sentence) \
  case TrapKind::enumerator:                     \
    return sentence;
#include "format/tables/traps.def"
#undef TENON_TRAP
  }
  return "unknown trap";
}

enum class Builtin : std::uint32_t {
#define TENON_BUILTIN(name, result, parameters) name,
#include "format/tables/builtins.def"
#undef TENON_BUILTIN
  kCount,
};

// A pointer as an element of an array that code and runtime share: 64 bits, of which a 32-bit
// machine uses the first 32.
template <typename T>
struct PointerCell {
  alignas(8) T* value;

  PointerCell& operator=(T* pointer) {
    value = pointer;
    return *this;
  }
  operator T*() const { return value; }
  T* operator->() const { return value; }
};
static_assert(sizeof(PointerCell<void>) == 8);

// Filled once by the runtime.
struct Builtins {
  PointerCell<const void> entry[static_cast<std::size_t>(Builtin::kCount)];
};

struct VmContext;
struct ExecutionEnvironment;  // the runtime's

// What a funcref points to. A record lives in the instance that defines (or,
// for host functions, imports) the function and is immutable. Instances have one per function that
// can become a funcref, so what else is known of a function is found through its instance: the
// traits in its context, the entry trampoline by its place among the instance's records.
struct FuncRef {
  alignas(8) const void* code;  // C's convention
  alignas(
      8) VmContext* context;  // goes into the context register; a HostFunction for host functions
  std::uint64_t type_key;     // see TypeKey
};
static_assert(sizeof(FuncRef) == 24 && offsetof(FuncRef, context) == 8 &&
              offsetof(FuncRef, type_key) == 16);

// The records of modules whose functions have wrappers (VmContext::traits), and of modules that
// pass on imported functions, which may have wrappers.
struct WideFuncRef {
  FuncRef common;
  alignas(8) const void* direct;  // the function itself, for callers that know the traits
};
static_assert(sizeof(WideFuncRef) == 32 && offsetof(WideFuncRef, direct) == 24);

constexpr std::size_t FuncRefSize(bool has_wrappers, bool hands_on_imports) {
  return has_wrappers || hands_on_imports ? sizeof(WideFuncRef) : sizeof(FuncRef);
}

// Of all functions of a module.
enum FunctionTrait : std::uint32_t {
  kTraitTailConvention = 1,  // `direct` is SwiftTail
  kTraitThrows = 2,          // exceptions come back to callers that look
  kTraitHost = 4,            // a host function's thunk; likewise
};

// Host to wasm: unpacks `values` into registers, calls `code` with `context`,
// packs the results into `values`. Generated once per function type. Each
// parameter and result is one 64-bit cell (i32 and f32 in the low half), a v128 two of them.
// Called with `context` in the context register.
//   void enter(VmContext* context /*context register*/, const void* code, uint64_t* values)
struct EntryTrampolineTag;

constexpr std::size_t CellsOf(ValueType type) { return type == ValueType::kV128 ? 2 : 1; }

struct MemoryInstance {
  alignas(8) std::uint8_t* base;
  std::uint64_t size_bytes;
  std::uint64_t maximum_pages;
  // The rest is the runtime's.
  std::uint64_t reserved_bytes;  // how much lies reserved at base
  alignas(8) void* ledger;       // on which the memory's bytes are counted
  std::uint32_t page_size_log2;
  std::uint32_t flags;  // container::LimitsFlag, and the runtime's own
};
static_assert(sizeof(MemoryInstance) == 48);

struct TableInstance {
  alignas(8) void** elements;  // references, as value_type.h describes them
  std::uint64_t size;
  std::uint64_t maximum;
  std::uint64_t capacity;
  std::uint64_t flags;  // container::LimitsFlag
};
static_assert(sizeof(TableInstance) == 40);

// A tag is its address.
struct TagInstance {
  std::uint64_t type_key;
  alignas(8) void* instance;  // whose module defines it
};
static_assert(sizeof(TagInstance) == 16);

// What an exnref points to. The cells of its values follow it.
struct Exception {
  alignas(8) const TagInstance* tag;
  alignas(8) Exception* next;         // the runtime's
  alignas(8) Exception* previous;     // the runtime's
  alignas(8) Exception* next_marked;  // the runtime's
  std::uint64_t is_referenced;        // not 0: an exnref to it was handed out
  std::uint32_t cells;
  std::uint32_t flags;  // the runtime's
};
static_assert(sizeof(Exception) == 48);

// Offsets in the runtime's ExecutionEnvironment.
inline constexpr std::uint64_t kEnvironmentException = 32;  // Exception*: in flight, or null
// Set by a caller for the adapter of a tail call, which reads them at once: the code to call, and
// the caller's buffer of arguments.
inline constexpr std::uint64_t kEnvironmentTailTarget = 40;
inline constexpr std::uint64_t kEnvironmentTailArguments = 48;
// const FuncRef*: set by a caller for the guard, which reads it at once.
inline constexpr std::uint64_t kEnvironmentGuardedFunction = 56;
inline constexpr std::uint64_t kEnvironmentGuard = 64;  // HostFunction: see exceptions
// What contexts have as stack_limit. It can rise during a call into another instance or the host,
// which may link modules with larger frames.
inline constexpr std::uint64_t kEnvironmentStackLimit = 128;

// The fixed head of an instance's block. What follows lies at the offsets in the
// container's ModuleInfo:
//   memories[defined], tables[defined]      MemoryInstance, TableInstance
//   memory_pointers[all], table_pointers[all]
//   function_imports[imported]              const FuncRef*
//   global_pointers[imported]               void* (to the exporter's 16-byte cell)
//   globals[defined]                        16-byte cells
//   funcrefs[referenced functions]          FuncRef or WideFuncRef, see FuncRefSize
//   tag_pointers[all], tags[defined]        TagInstance*, TagInstance
// Only the head's first two fields change while the instance runs.
struct VmContext {
  // Set by whoever enters the instance: the entry from the host, or a call
  // from another instance (the caller copies its own two into the callee's
  // context; after the call has returned it stores its environment again, and the limit that the
  // environment then has).
  alignas(8) ExecutionEnvironment* exec_env;
  alignas(8) const void* stack_limit;  // sp below it after a prologue is kCallStackExhausted
  alignas(8) const Builtins* builtins;
  alignas(8) void* instance;  // the runtime's Instance
  alignas(8) const
      std::uint64_t* type_keys;  // of all types of the module; for keys only known at run time
  alignas(8) std::uint32_t reserved;
  std::uint32_t traits;  // FunctionTrait
};
static_assert(sizeof(VmContext) == 48);

// What is in the context register in a host function's thunk; it begins as a
// VmContext does. The thunk (in the importing module, one per imported type) is
//   r = builtins->host_call(nest: this, exec_env, wasm parameters…)   // C convention
// and host_call (assembly) switches to the host's stack, copies
// stack_argument_bytes of stack arguments, calls `native(exec_env, parameters…)`,
// switches back, and unwinds if the host left an exception pending.
struct HostFunction {
  alignas(8) ExecutionEnvironment* exec_env;
  alignas(8) const void* stack_limit;
  alignas(8) const Builtins* builtins;
  alignas(8) void* instance;  // the importing Instance
  alignas(8) const void* native;
  alignas(8) std::uint32_t stack_argument_bytes;  // multiple of 16
  std::uint32_t traits;                           // kTraitHost
  alignas(8) void* attachment;
  alignas(8) const
      void* binding;  // the runtime's: how `native` wants its arguments converted, or null
};
static_assert(sizeof(HostFunction) == 64 && offsetof(HostFunction, native) == 32 &&
              offsetof(HostFunction, stack_argument_bytes) == 40);
static_assert(offsetof(HostFunction, stack_limit) == offsetof(VmContext, stack_limit) &&
              offsetof(HostFunction, builtins) == offsetof(VmContext, builtins) &&
              offsetof(HostFunction, instance) == offsetof(VmContext, instance) &&
              offsetof(HostFunction, traits) == offsetof(VmContext, traits));

constexpr bool InFloatRegister(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64 || type == ValueType::kV128;
}

constexpr bool ResultsInMemory(const ValueType* results, std::size_t count) {
  std::size_t floats = 0;
  for (std::size_t i = 0; i < count; ++i) floats += InFloatRegister(results[i]) ? 1 : 0;
  return floats > 2 || count - floats > 2;
}

// Which of a function's arguments have a register on every architecture: the first six integers and
// references (five, if the results are in memory) and the first eight others.
struct RegisterArguments {
  explicit constexpr RegisterArguments(bool results_in_memory)
      : integers(results_in_memory ? 1 : 0) {}
  // To be called for each parameter in order.
  constexpr bool Next(ValueType type) {
    return InFloatRegister(type) ? ++floats <= 8 : ++integers <= 6;
  }
  unsigned integers;
  unsigned floats = 0;
};

// The 64-bit key by which call_indirect compares function types: equal keys are equal types, over
// all modules. Final types without a supertype, alone in their recursive group, of at
// most kPackedValues basic values are packed (an injective encoding): bits 0–4 number of
// parameters, bits 5–9 number of results, then three bits a value. All others have
// kInternedBit set and are numbered by the runtime's registry at load, as whole recursive groups;
// code reads those from VmContext::type_keys.
inline constexpr std::uint64_t kInternedBit = std::uint64_t{1} << 63;
inline constexpr std::size_t kPackedValues = 17;

constexpr std::uint64_t PackedValueCode(ValueType type) {
  switch (type) {
    case ValueType::kI32: return 1;
    case ValueType::kI64: return 2;
    case ValueType::kF32: return 3;
    case ValueType::kF64: return 4;
    case ValueType::kV128: return 5;
    case ValueType::kFuncRef: return 6;
    case ValueType::kExternRef: return 7;
    default: return 0;  // cannot be packed
  }
}

// kInternedBit alone if the type cannot be packed.
constexpr std::uint64_t TypeKey(const ValueType* parameters, std::size_t parameter_count,
                                const ValueType* results, std::size_t result_count) {
  if (parameter_count + result_count > kPackedValues) return kInternedBit;
  std::uint64_t key = parameter_count | (std::uint64_t{result_count} << 5);
  unsigned shift = 10;
  bool packs = true;
  const auto append = [&](ValueType type) {
    packs = packs && PackedValueCode(type) != 0;
    key |= PackedValueCode(type) << shift;
    shift += 3;
  };
  for (std::size_t i = 0; i < parameter_count; ++i) append(parameters[i]);
  for (std::size_t i = 0; i < result_count; ++i) append(results[i]);
  return packs ? key : kInternedBit;
}

}  // namespace tenon::abi
