// Calls from the host, and exceptions.
//
// The interface's cells have 32 bits, those of Call 64. A function reference is its index outside
// and a FuncRef* inside; the index 0xFFFFFFFF is null.
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/execute/call_here.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

constexpr std::uint32_t kNullIndex = 0xFFFFFFFF;
constexpr char kPrefix[] = "Exception: ";
constexpr char kExitText[] = "wasi proc exit";
constexpr char kNoCells[] = "the function takes or returns values, but there is no place for them";

std::uint32_t OuterCells(ValueType type) {
  switch (type) {
    case ValueType::kI32:
    case ValueType::kF32: return 1;
    case ValueType::kV128: return 4;
    default: return IsFunctionReference(type) ? 1 : 2;
  }
}

const abi::FuncRef* FunctionOfIndex(const Instance* instance, std::uint32_t index) {
  const auto functions = instance->view().Section<container::ReferencedFunctionEntry>(
      container::SectionId::kReferencedFunctions);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (functions[i].function_index == index) return instance->FuncRefAt(i);
  }
  return nullptr;
}

std::uint32_t IndexOfFunction(const Instance* instance, const abi::FuncRef* function) {
  const auto functions = instance->view().Section<container::ReferencedFunctionEntry>(
      container::SectionId::kReferencedFunctions);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const abi::FuncRef& known = *instance->FuncRefAt(i);
    if (&known == function || (known.code == function->code && known.context == function->context))
      return functions[i].function_index;
  }
  return kNullIndex;
}

// Convert one value from the interface's cells to Call's, and back. Both return the number of outer
// cells.
std::uint32_t Import(const Instance* instance, ValueType type, const std::uint32_t* outer,
                     std::uint64_t* inner) {
  const std::uint32_t cells = OuterCells(type);
  inner[0] = 0;
  std::memcpy(inner, outer, cells * sizeof *outer);
  if (IsFunctionReference(type)) {
    inner[0] = outer[0] == kNullIndex
                   ? 0
                   : reinterpret_cast<std::uintptr_t>(FunctionOfIndex(instance, outer[0]));
  } else if (IsReference(type) && inner[0] == ~std::uint64_t{0}) {
    inner[0] = 0;  // the null of hosts
  }
  if (IsExceptionReference(type) && inner[0] != 0)
    NoteEscape(reinterpret_cast<abi::Exception*>(inner[0]), instance);
  return cells;
}

std::uint32_t Export(const Instance* instance, ValueType type, const std::uint64_t* inner,
                     std::uint32_t* outer) {
  const std::uint32_t cells = OuterCells(type);
  if (IsFunctionReference(type)) {
    const auto* const function = reinterpret_cast<const abi::FuncRef*>(inner[0]);
    outer[0] = function == nullptr ? kNullIndex : IndexOfFunction(instance, function);
  } else {
    if (IsExceptionReference(type) && inner[0] != 0)
      NoteEscape(reinterpret_cast<abi::Exception*>(inner[0]), nullptr);
    std::memcpy(outer, inner, cells * sizeof *outer);
  }
  return cells;
}

void SetText(InstanceHandle* handle, const char* text) {
  std::snprintf(handle->exception, sizeof handle->exception, "%s%.120s", kPrefix, text);
}

bool Fail(InstanceHandle* handle, const char* text) {
  SetText(handle, text);
  return false;
}

// The values of a call; on the stack unless there are unusually many.
class Values {
 public:
  explicit Values(std::size_t count)
      : cells_(count <= kFew ? few_
                             : static_cast<std::uint64_t*>(
                                   Allocate(Category::kExecutionEnvironment, count * 8))) {}
  ~Values() {
    if (cells_ != few_) Free(cells_);
  }
  Values(const Values&) = delete;
  std::uint64_t* get() { return cells_; }

 private:
  static constexpr std::size_t kFew = 36;
  std::uint64_t few_[kFew];  // not initialised: most calls use a few
  std::uint64_t* cells_;
};

std::size_t ValuesNeeded(const Signature& signature) {
  const std::uint32_t most = signature.parameter_count() > signature.result_count()
                                 ? signature.parameter_count()
                                 : signature.result_count();
  return std::size_t{most} * 2;
}

[[gnu::cold]] bool Failed(abi::ExecutionEnvironment* environment, CallOutcome outcome) {
  InstanceHandle* const handle = HandleOf(environment);
  std::uint32_t code = 0;
  if (ExitRequested(environment, &code)) {
    handle->exit_code = code;
    SetText(handle, kExitText);
  } else {
    const char* const text = ExceptionText(environment);
    SetText(handle, text[0] != '\0' ? text : abi::TrapSentence(outcome.trap));
  }
  // A native function that made a nested call is responsible for the exception: unless it clears
  // it, its own caller ends too.
  if (environment->depth != 0) {
    environment->pending = static_cast<std::uint32_t>(abi::TrapKind::kHostError);
    std::snprintf(environment->exception_text, sizeof environment->exception_text, "%s",
                  handle->exception + sizeof kPrefix - 1);
  }
  return false;
}

// Perform, to be inlined: each frame costs time.
[[gnu::always_inline]] inline bool PerformHere(abi::ExecutionEnvironment* environment,
                                               const abi::FuncRef* function,
                                               std::uint64_t* values) {
  CallOutcome outcome = CallHere(environment, function, values);
  InstanceHandle* const handle = HandleOf(environment);
  if (handle->wasi != nullptr && environment->depth == 0) [[unlikely]]
    wasi::AdoptThreadOutcome(handle->wasi, environment, &outcome);
  return outcome.trap == abi::TrapKind::kNone || Failed(environment, outcome);
}

// Calls with packed types of plain numbers, which most functions have. `done`: whether it was such
// a call.
bool CallPacked(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
                std::uint32_t argc, std::uint32_t argv[], bool* done) {
  std::uint64_t values[abi::kPackedValues];
  const std::uint64_t key = function->type_key;
  const std::uint64_t parameters = key & 31, results = key >> 5 & 31;
  std::uint64_t codes = key >> 10;
  std::uint32_t cell = 0;
  *done = false;
  // Codes above 4 are three bits of which the highest and another one are set.
  constexpr std::uint64_t kLowest = 0111111111111111111111;  // of each group
  if ((codes >> 2 & (codes >> 1 | codes) & kLowest) != 0) return false;
  if (argv == nullptr && parameters + results != 0) return false;
  for (std::uint64_t i = 0; i < parameters; ++i, codes >>= 3) {
    const bool wide = (codes & 1) == 0;  // i64 and f64 have the even codes
    if (cell + (wide ? 2 : 1) > argc) return false;
    values[i] = argv[cell] | (wide ? std::uint64_t{argv[cell + 1]} << 32 : 0);
    cell += wide ? 2 : 1;
  }
  *done = true;
  if (!PerformHere(environment, function, values)) return false;
  for (std::uint64_t i = 0; i < results; ++i, codes >>= 3) {
    *argv++ = static_cast<std::uint32_t>(values[i]);
    if ((codes & 1) == 0) *argv++ = static_cast<std::uint32_t>(values[i] >> 32);
  }
  return true;
}
static_assert(abi::PackedValueCode(ValueType::kI32) == 1 &&
              abi::PackedValueCode(ValueType::kI64) == 2 &&
              abi::PackedValueCode(ValueType::kF32) == 3 &&
              abi::PackedValueCode(ValueType::kF64) == 4);

// What a call cannot be made without. An environment whose instance has ended has none either.
bool IsCallable(const abi::ExecutionEnvironment* environment, const abi::FuncRef* function) {
  if (environment == nullptr || HandleOf(environment) == nullptr) return false;
  return function != nullptr || Fail(HandleOf(environment), "there is no function to call");
}

// Any signature, or too few arguments, or no place for them.
[[gnu::noinline]] bool CallAny(abi::ExecutionEnvironment* environment, const abi::FuncRef* target,
                               std::uint32_t argc, std::uint32_t argv[]) {
  InstanceHandle* const handle = HandleOf(environment);
  const Signature signature(target->type_key);
  std::uint32_t wanted = 0;
  // Hosts written for WAMR may count a reference as one cell, whatever its size.
  for (std::uint32_t i = 0; i < signature.parameter_count(); ++i) {
    wanted += IsReference(signature.parameter(i)) ? 1 : OuterCells(signature.parameter(i));
  }
  if (argc < wanted) {
    char text[100];
    std::snprintf(text, sizeof text, "the function takes %u cells of 32 bits, %u were given",
                  wanted, argc);
    return Fail(handle, text);
  }
  if (argv == nullptr && signature.parameter_count() + signature.result_count() != 0)
    return Fail(handle, kNoCells);
  Values values(ValuesNeeded(signature));
  if (values.get() == nullptr) return Fail(handle, OutOfMemory("the arguments").text());
  std::uint64_t* inner = values.get();
  const std::uint32_t* outer = argv;
  for (std::uint32_t i = 0; i < signature.parameter_count(); ++i) {
    outer += Import(handle->instance, signature.parameter(i), outer, inner);
    inner += abi::CellsOf(signature.parameter(i));
  }
  if (!Perform(environment, target, values.get())) return false;
  inner = values.get();
  for (std::uint32_t i = 0; i < signature.result_count(); ++i) {
    argv += Export(handle->instance, signature.result(i), inner, argv);
    inner += abi::CellsOf(signature.result(i));
  }
  return true;
}

}  // namespace

bool Perform(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
             std::uint64_t* values) {
  return PerformHere(environment, function, values);
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function, uint32_t argc,
                            uint32_t argv[]) {
  abi::ExecutionEnvironment* const environment = Of(exec_env);
  const auto* const target = static_cast<const abi::FuncRef*>(function);
  if (environment == nullptr || target == nullptr || HandleOf(environment) == nullptr) [[unlikely]]
    return IsCallable(environment, target);
  if ((target->type_key & abi::kInternedBit) == 0) {
    bool done = false;
    const bool good = CallPacked(environment, target, argc, argv, &done);
    if (done) return good;
  }
  return CallAny(environment, target, argc, argv);
}

bool wasm_runtime_call_wasm_a(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                              uint32_t num_results, wasm_val_t results[], uint32_t num_args,
                              wasm_val_t* args) {
  abi::ExecutionEnvironment* const environment = Of(exec_env);
  if (!IsCallable(environment, static_cast<const abi::FuncRef*>(function))) return false;
  InstanceHandle* const handle = HandleOf(environment);
  const auto* const target = static_cast<const abi::FuncRef*>(function);
  const Signature signature(target->type_key);
  if (num_args != signature.parameter_count() || num_results != signature.result_count()) {
    char text[120];
    std::snprintf(text, sizeof text, "the function takes %u values and returns %u, not %u and %u",
                  signature.parameter_count(), signature.result_count(), num_args, num_results);
    return Fail(handle, text);
  }
  if ((num_args != 0 && args == nullptr) || (num_results != 0 && results == nullptr))
    return Fail(handle, kNoCells);
  Values values(ValuesNeeded(signature));
  if (values.get() == nullptr) return Fail(handle, OutOfMemory("the arguments").text());
  std::uint64_t* inner = values.get();
  for (std::uint32_t i = 0; i < num_args; ++i) {
    const ValueType type = signature.parameter(i);
    if (type == ValueType::kV128) return Fail(handle, "a v128 does not fit into a wasm_val_t");
    std::uint32_t outer[2];
    std::memcpy(outer, &args[i].of, sizeof outer);
    Import(handle->instance, type, outer, inner++);
  }
  if (!Perform(environment, target, values.get())) return false;
  inner = values.get();
  for (std::uint32_t i = 0; i < num_results; ++i) {
    const ValueType type = signature.result(i);
    if (type == ValueType::kV128) return Fail(handle, "a v128 does not fit into a wasm_val_t");
    std::uint32_t outer[2] = {};
    Export(handle->instance, type, inner++, outer);
    results[i].kind = KindOf(type);
    std::memcpy(&results[i].of, outer, sizeof outer);
  }
  return true;
}

bool wasm_runtime_call_wasm_v(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                              uint32_t num_results, wasm_val_t results[], uint32_t num_args, ...) {
  if (!IsCallable(Of(exec_env), static_cast<const abi::FuncRef*>(function))) return false;
  InstanceHandle* const handle = HandleOf(Of(exec_env));
  const Signature signature(static_cast<const abi::FuncRef*>(function)->type_key);
  constexpr std::uint32_t kMost = 32;
  if (num_args != signature.parameter_count() || num_args > kMost)
    return Fail(handle, "the number of arguments is not the function's, or above 32");
  wasm_val_t args[kMost] = {};
  va_list list;
  va_start(list, num_args);
  for (std::uint32_t i = 0; i < num_args; ++i) {
    args[i].kind = KindOf(signature.parameter(i));
    switch (args[i].kind) {
      case WASM_I32:
      case WASM_FUNCREF: args[i].of.i32 = va_arg(list, std::int32_t); break;
      case WASM_I64: args[i].of.i64 = va_arg(list, std::int64_t); break;
      case WASM_F32: args[i].of.f32 = static_cast<float>(va_arg(list, double)); break;
      case WASM_F64: args[i].of.f64 = va_arg(list, double); break;
      default: args[i].of.foreign = va_arg(list, std::uintptr_t); break;
    }
  }
  va_end(list);
  return wasm_runtime_call_wasm_a(exec_env, function, num_results, results, num_args, args);
}

bool wasm_runtime_call_indirect(wasm_exec_env_t exec_env, uint32_t element_index, uint32_t argc,
                                uint32_t argv[]) {
  if (exec_env == nullptr || HandleOf(Of(exec_env)) == nullptr) return false;
  InstanceHandle* const handle = HandleOf(Of(exec_env));
  const auto tables =
      handle->instance->view().Section<container::TableEntry>(container::SectionId::kTables);
  if (tables.empty() || !IsFunctionReference(tables[0].element_type))
    return Fail(handle, "there is no table of functions");
  const abi::TableInstance& table = *handle->instance->tables()[0];
  if (element_index >= table.size)
    return Fail(handle, abi::TrapSentence(abi::TrapKind::kUndefinedElement));
  void* const function = table.elements[element_index];
  if (function == nullptr)
    return Fail(handle, abi::TrapSentence(abi::TrapKind::kUninitializedElement));
  return wasm_runtime_call_wasm(exec_env, function, argc, argv);
}

const char* wasm_runtime_get_exception(wasm_module_inst_t module_inst) {
  return module_inst == nullptr || module_inst->exception[0] == '\0' ? nullptr
                                                                     : module_inst->exception;
}

void wasm_runtime_set_exception(wasm_module_inst_t module_inst, const char* exception) {
  if (module_inst == nullptr) return;
  if (exception == nullptr) return wasm_runtime_clear_exception(module_inst);
  SetText(module_inst, exception);
  // In a native function: its wasm caller must not continue.
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  if (environment != nullptr && environment->current_host != nullptr)
    SetPendingException(environment, exception);
}

uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst) {
  return module_inst != nullptr ? module_inst->exit_code : 0;
}

}  // extern "C"
