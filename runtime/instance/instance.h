// Instances: a module linked with its imports, in one block of memory, and the calls into it. The C
// interface (wasm_export.h), the tests and `tenon` all use these functions.
//
// One thread at a time may run an instance. Different instances run on different threads freely.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "format/abi.h"
#include "format/container.h"
#include "format/result.h"
#include "loader/mapped_module.h"

namespace tenon::runtime {

struct Instance;
class Ledger;

// Function type as plain spans into the container.
struct FunctionSignature {
  std::span<const ValueType> parameters;
  std::span<const ValueType> results;
  std::uint64_t key;  // as in FuncRef::type_key
};

// Something that can be imported: what an export is, or what a host provides.
struct Extern {
  ExternKind kind = ExternKind::kFunction;
  const abi::FuncRef* function =
      nullptr;                   // kFunction of an instance (or a host one imported there)
  const void* native = nullptr;  // kFunction of the host: `R native(wasm_exec_env_t, …)`
  void* attachment = nullptr;
  // See HostFunction::binding; not null: `native` is called through tenon_convert_call.
  const void* binding = nullptr;
  FunctionSignature signature{};  // kFunction
  abi::MemoryInstance* memory = nullptr;
  abi::TableInstance* table = nullptr;
  void* global = nullptr;  // 16-byte cell
  abi::TagInstance* tag = nullptr;
  ValueType type = ValueType::kI32;                   // globals, tables (element type)
  const loader::MappedModule* type_module = nullptr;  // whose types `type` may refer to
  bool is_mutable = false;
  Instance* owner = nullptr;  // kept alive by the importer; null for the host's
};

// Supplies an instance's imports. Called once per import, in order.
struct ImportResolver {
  // Returns whether `extern_value` was filled in for the import.
  bool (*resolve)(void* state, const container::ImportEntry& import, std::string_view module,
                  std::string_view name, Extern* extern_value);
  void* state;
};

struct InstantiateOptions {
  // The memories' and tables' maxima are lowered to these; a larger minimum is refused.
  std::uint64_t maximum_memory_pages = ~std::uint64_t{0};
  std::uint64_t maximum_table_elements = ~std::uint64_t{0};
  // What the instance's ledger counts towards, besides its category; null: the category alone.
  Ledger* ledger = nullptr;
  // A function that no resolver supplies is not an error; it traps (kUnlinkedImport) when called.
  bool unknown_function_imports_trap = false;
  // An instance of the same module, which must outlive the new one. The new instance uses its
  // shared memories, which are not initialised again. Null: the new instance has its own.
  Instance* shares_memories_of = nullptr;
};

// Links and initialises: data and element segments, not yet the start function. Errors use the
// specification's words ("unknown import", "incompatible import type"). If a segment is out of
// bounds, the Instance exists and `*trap` is set; otherwise that is kNone. What earlier segments
// wrote to shared tables and memories stays, as the specification says.
Result<Instance*> Instantiate(loader::MappedModule& module, const ImportResolver& resolver,
                              const InstantiateOptions& options, abi::TrapKind* trap);
// The ledger that counts what the instance holds.
Ledger* LedgerOf(Instance* instance);
// Drops one reference; the instance is freed when no other instance uses its exports.
void Release(Instance* instance);
void Retain(Instance* instance);

const loader::MappedModule& ModuleOf(const Instance* instance);
// Fills `result`; false if there is no export of that name.
bool FindExport(Instance* instance, std::string_view name, Extern* result);
// The start function, or null.
const abi::FuncRef* StartFunction(Instance* instance);
// Memory 0, or null.
abi::MemoryInstance* MemoryOf(Instance* instance);

// ---- execution environments
struct ExecutionEnvironmentOptions {
  // Native stack for wasm code; rounded up to what any code needs (kMinimumStackBytes).
  std::uint64_t stack_bytes = 1024 * 1024;
  // Null: the stack comes from the allocator. Otherwise stack_bytes of the host's memory, which
  // must outlive the environment, and is not rounded up but refused if it is too small.
  void* stack = nullptr;
};
inline constexpr std::uint64_t kMinimumStackBytes = 48 * 1024;
Result<abi::ExecutionEnvironment*> CreateExecutionEnvironment(
    const ExecutionEnvironmentOptions& options);
void DestroyExecutionEnvironment(abi::ExecutionEnvironment* environment);

// How a call ended.
struct CallOutcome {
  abi::TrapKind trap = abi::TrapKind::kNone;  // kNone: returned
};
// Calls `function` on `environment`'s stack; `values` holds the arguments (64-bit cells), then
// the results; it must have room for the larger of both. Nested calls from
// host functions are fine. After a trap, Backtrace and (for kHostError) ExceptionText have details.
CallOutcome Call(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
                 std::uint64_t* values);
// The instance whose code called the running host function.
Instance* CallingInstance(abi::ExecutionEnvironment* environment);

// Called by a host function: after it returns, its wasm caller is unwound and the
// outermost Call since reports kHostError with this text (copied, cut at 255 bytes).
void SetPendingException(abi::ExecutionEnvironment* environment, const char* text);
const char* ExceptionText(const abi::ExecutionEnvironment* environment);
// proc_exit: unwinds likewise; ExitRequested then returns true and the code.
void RequestExit(abi::ExecutionEnvironment* environment, std::uint32_t code);
bool ExitRequested(const abi::ExecutionEnvironment* environment, std::uint32_t* code);

// Function names of the last trap's frames, innermost first. Each frame is one
// function; the name is empty if the module has none.
struct Frame {
  const loader::MappedModule* module;
  std::uint32_t function_index;
  std::string_view name;
};
std::size_t Backtrace(const abi::ExecutionEnvironment* environment, std::span<Frame> frames);

}  // namespace tenon::runtime
