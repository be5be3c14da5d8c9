// Tenon as an engine for JavaScript: a Node-API addon through which web_assembly.mjs puts .aot
// files behind the interface WebAssembly, so that packages run with their own JavaScript on this
// runtime.
//
// Pointers are numbers to JavaScript. A function type is a string, a letter a value ("iF>i"): i and
// I for integers, f and F for floats of 32 and 64 bits, p for functions (their record's address), r
// for other references (a number that web_assembly.mjs gave), V for what JavaScript cannot hold.
// Nothing is ever released: a process runs one program.
#include <node_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "loader/mapped_module.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/linear_memory.h"
#include "runtime/wasm_export/handles.h"

namespace {

using namespace tenon;           // NOLINT: a program
using namespace tenon::runtime;  // NOLINT

constexpr std::uint64_t kStackBytes = 8 * 1024 * 1024;
constexpr std::size_t kMostArguments = 32;

abi::ExecutionEnvironment* g_environment = nullptr;
bool g_guard = true;
napi_env g_napi = nullptr;
napi_ref g_thrown = nullptr;  // by a JavaScript function below wasm code, on its way up

void Check(napi_status status, const char* what) {
  if (status == napi_ok) return;
  std::fprintf(stderr, "engine: %s failed with status %d\n", what, static_cast<int>(status));
  std::abort();
}
#define NAPI(call) Check(call, #call)

napi_value Number(double value) {
  napi_value result;
  NAPI(napi_create_double(g_napi, value, &result));
  return result;
}
napi_value Number(const void* pointer) {
  return Number(static_cast<double>(reinterpret_cast<std::uintptr_t>(pointer)));
}
napi_value Text(std::string_view text) {
  napi_value result;
  NAPI(napi_create_string_utf8(g_napi, text.data(), text.size(), &result));
  return result;
}
napi_value Undefined() {
  napi_value result;
  NAPI(napi_get_undefined(g_napi, &result));
  return result;
}
double ToDouble(napi_value value) {
  double result = 0;
  NAPI(napi_get_value_double(g_napi, value, &result));
  return result;
}
std::uint64_t ToUnsigned(napi_value value) { return static_cast<std::uint64_t>(ToDouble(value)); }
template <typename T>
T* ToPointer(napi_value value) {
  return reinterpret_cast<T*>(static_cast<std::uintptr_t>(ToDouble(value)));
}
std::string ToText(napi_value value) {
  std::size_t size = 0;
  NAPI(napi_get_value_string_utf8(g_napi, value, nullptr, 0, &size));
  std::string text(size + 1, '\0');
  NAPI(napi_get_value_string_utf8(g_napi, value, text.data(), text.size(), &size));
  text.resize(size);
  return text;
}
void SetField(napi_value object, const char* name, napi_value value) {
  NAPI(napi_set_named_property(g_napi, object, name, value));
}
napi_value Throw(const char* code, const std::string& text) {
  NAPI(napi_throw_error(g_napi, code, text.c_str()));
  return nullptr;
}

// The arguments of a function that JavaScript calls.
struct Arguments {
  explicit Arguments(napi_callback_info info) {
    std::size_t count = 8;
    NAPI(napi_get_cb_info(g_napi, info, &count, values, nullptr, nullptr));
  }
  napi_value operator[](std::size_t i) const { return values[i]; }
  napi_value values[8];
};

char LetterOf(ValueType type) {
  switch (type) {
    case ValueType::kI32: return 'i';
    case ValueType::kI64: return 'I';
    case ValueType::kF32: return 'f';
    case ValueType::kF64: return 'F';
    case ValueType::kV128: return 'V';
    default: return IsFunctionReference(type) ? 'p' : 'r';
  }
}
napi_value ToJavaScript(char letter, std::uint64_t cell) {
  napi_value result;
  switch (letter) {
    case 'i': NAPI(napi_create_int32(g_napi, static_cast<std::int32_t>(cell), &result)); break;
    case 'I':
      NAPI(napi_create_bigint_int64(g_napi, static_cast<std::int64_t>(cell), &result));
      break;
    case 'f': {
      float value;
      std::memcpy(&value, &cell, sizeof value);
      return Number(static_cast<double>(value));
    }
    case 'F': {
      double value;
      std::memcpy(&value, &cell, sizeof value);
      return Number(value);
    }
    default: return Number(static_cast<double>(cell));
  }
  return result;
}

std::uint64_t ToCell(char letter, napi_value value) {
  std::uint64_t cell = 0;
  switch (letter) {
    case 'i': {
      std::int32_t number = 0;
      NAPI(napi_get_value_int32(g_napi, value, &number));
      return static_cast<std::uint32_t>(number);
    }
    case 'I': {
      std::int64_t number = 0;
      bool lossless = false;
      NAPI(napi_get_value_bigint_int64(g_napi, value, &number, &lossless));
      return static_cast<std::uint64_t>(number);
    }
    case 'f': {
      const auto number = static_cast<float>(ToDouble(value));
      std::memcpy(&cell, &number, sizeof number);
      return cell;
    }
    case 'F': {
      const double number = ToDouble(value);
      std::memcpy(&cell, &number, sizeof number);
      return cell;
    }
    default: return ToUnsigned(value);
  }
}

// ---- functions of JavaScript that wasm code calls

struct Callback {
  NativeSymbol symbol;
  napi_ref function;
  std::string parameters;
  char result;  // '\0': none
};

void CallJavaScript(wasm_exec_env_t environment, std::uint64_t* cells) {
  const auto& callback =
      *static_cast<const Callback*>(wasm_runtime_get_function_attachment(environment));
  napi_handle_scope scope;
  NAPI(napi_open_handle_scope(g_napi, &scope));
  napi_value arguments[kMostArguments];
  for (std::size_t i = 0; i < callback.parameters.size(); ++i)
    arguments[i] = ToJavaScript(callback.parameters[i], cells[i]);
  napi_value function;
  napi_value result;
  NAPI(napi_get_reference_value(g_napi, callback.function, &function));
  const napi_status status = napi_call_function(g_napi, Undefined(), function,
                                                callback.parameters.size(), arguments, &result);
  cells[0] = 0;
  if (status == napi_ok) {
    if (callback.result != '\0') cells[0] = ToCell(callback.result, result);
  } else {
    napi_value thrown;
    NAPI(napi_get_and_clear_last_exception(g_napi, &thrown));
    napi_value holder;  // any value can be thrown, but only an object be kept
    NAPI(napi_create_array_with_length(g_napi, 1, &holder));
    NAPI(napi_set_element(g_napi, holder, 0, thrown));
    if (g_thrown != nullptr) NAPI(napi_delete_reference(g_napi, g_thrown));
    NAPI(napi_create_reference(g_napi, holder, 1, &g_thrown));
    SetPendingException(g_environment, "JavaScript threw");
  }
  NAPI(napi_close_handle_scope(g_napi, scope));
}

// ---- modules

napi_value Open(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  loader::OpenOptions options;
  options.bounds_checks =
      g_guard ? container::BoundsChecks::kGuard : container::BoundsChecks::kExplicit;
  auto module = loader::MappedModule::OpenFile(ToText(arguments[0]).c_str(), options);
  if (!module.ok()) return Throw("LINK", module.error().text());
  return Number(module->release());
}

std::string TypeText(std::span<const ValueType> parameters, std::span<const ValueType> results) {
  std::string text;
  for (const ValueType type : parameters) text += LetterOf(type);
  text += '>';
  for (const ValueType type : results) text += LetterOf(type);
  return text;
}

napi_value Imports(napi_env, napi_callback_info info) {
  const container::View& view = ToPointer<loader::MappedModule>(Arguments(info)[0])->view();
  const auto imports = view.Section<container::ImportEntry>(container::SectionId::kImports);
  napi_value list;
  NAPI(napi_create_array_with_length(g_napi, imports.size(), &list));
  for (std::uint32_t i = 0; i < imports.size(); ++i) {
    const container::ImportEntry& import = imports[i];
    napi_value entry;
    NAPI(napi_create_object(g_napi, &entry));
    SetField(entry, "module", Text(view.String(import.module)));
    SetField(entry, "name", Text(view.String(import.name)));
    SetField(entry, "kind", Number(static_cast<double>(import.kind)));
    std::string type(1, LetterOf(static_cast<ValueType>(import.type)));
    if (import.kind == ExternKind::kFunction) {
      const auto& of =
          view.Section<container::TypeEntry>(container::SectionId::kTypes)[import.type];
      type = TypeText(view.Parameters(of), view.Results(of));
    }
    SetField(entry, "type", Text(type));
    SetField(entry, "mutable", Number(static_cast<double>(import.is_mutable)));
    SetField(entry, "initial", Number(static_cast<double>(import.limits.minimum)));
    SetField(entry, "flags", Number(static_cast<double>(import.limits.flags)));
    if (import.limits.maximum != ~std::uint64_t{0})
      SetField(entry, "maximum", Number(static_cast<double>(import.limits.maximum)));
    NAPI(napi_set_element(g_napi, list, i, entry));
  }
  return list;
}

napi_value Exports(napi_env, napi_callback_info info) {
  const container::View& view = ToPointer<loader::MappedModule>(Arguments(info)[0])->view();
  const auto exports = view.Section<container::ExportEntry>(container::SectionId::kExports);
  napi_value list;
  NAPI(napi_create_array_with_length(g_napi, exports.size(), &list));
  for (std::uint32_t i = 0; i < exports.size(); ++i) {
    napi_value entry;
    NAPI(napi_create_object(g_napi, &entry));
    SetField(entry, "name", Text(view.String(exports[i].name)));
    SetField(entry, "kind", Number(static_cast<double>(exports[i].kind)));
    NAPI(napi_set_element(g_napi, list, i, entry));
  }
  return list;
}

// ---- instances

// What JavaScript supplies: an array with, for each import, a function, or the number of a record
// (with its instance and, of globals, the type) in an array.
struct Supplies {
  napi_value list;
  const loader::MappedModule* module;
  std::uint32_t next;
  std::vector<abi::TagInstance*> tags;
};

bool Resolve(void* state, const container::ImportEntry& import, std::string_view, std::string_view,
             Extern* result) {
  auto& supplies = *static_cast<Supplies*>(state);
  napi_value value;
  NAPI(napi_get_element(g_napi, supplies.list, supplies.next++, &value));
  *result = {};
  result->kind = import.kind;
  bool is_record = false;
  NAPI(napi_is_array(g_napi, value, &is_record));
  if (is_record) {
    napi_value fields[2];
    for (std::uint32_t i = 0; i < 2; ++i) NAPI(napi_get_element(g_napi, value, i, &fields[i]));
    auto* const pointer = ToPointer<void>(fields[0]);
    result->owner = ToPointer<Instance>(fields[1]);
    if (result->owner != nullptr) result->type_module = result->owner->module;
    result->type = static_cast<ValueType>(import.type);
    switch (import.kind) {
      case ExternKind::kFunction: result->function = static_cast<abi::FuncRef*>(pointer); break;
      case ExternKind::kMemory: result->memory = static_cast<abi::MemoryInstance*>(pointer); break;
      case ExternKind::kTable: result->table = static_cast<abi::TableInstance*>(pointer); break;
      case ExternKind::kTag:
        result->tag = static_cast<abi::TagInstance*>(pointer);
        supplies.tags.push_back(result->tag);
        break;
      case ExternKind::kGlobal:
        result->global = pointer;
        result->is_mutable = import.is_mutable != 0;
        break;
    }
    return true;
  }
  if (import.kind != ExternKind::kFunction) return false;
  const container::View& view = supplies.module->view();
  const auto& type = view.Section<container::TypeEntry>(container::SectionId::kTypes)[import.type];
  result->signature = {view.Parameters(type), view.Results(type), 0};
  const auto results = result->signature.results;
  if (result->signature.parameters.size() > kMostArguments || results.size() > 1) return false;
  auto* const callback = new Callback{{},
                                      nullptr,
                                      TypeText(result->signature.parameters, {}),
                                      results.empty() ? '\0' : LetterOf(results[0])};
  callback->parameters.pop_back();  // the '>'
  callback->symbol = {"", reinterpret_cast<void*>(&CallJavaScript), nullptr, nullptr};
  NAPI(napi_create_reference(g_napi, value, 1, &callback->function));
  result->native = reinterpret_cast<const void*>(&CallJavaScript);
  result->attachment = callback;
  constexpr std::uintptr_t kRaw = 1;  // natives.cc
  result->binding =
      reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(&callback->symbol) | kRaw);
  return true;
}

napi_value FinishCall(const CallOutcome& outcome) {
  if (outcome.trap == abi::TrapKind::kNone) return Undefined();
  if (outcome.trap == abi::TrapKind::kHostError && g_thrown != nullptr) {
    napi_value holder;
    napi_value thrown;
    NAPI(napi_get_reference_value(g_napi, g_thrown, &holder));
    NAPI(napi_get_element(g_napi, holder, 0, &thrown));
    NAPI(napi_delete_reference(g_napi, g_thrown));
    g_thrown = nullptr;
    NAPI(napi_throw(g_napi, thrown));
    return nullptr;
  }
  return Throw("TRAP", abi::TrapSentence(outcome.trap));
}

napi_value MakeInstance(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  auto* const module = ToPointer<loader::MappedModule>(arguments[0]);
  Supplies supplies{arguments[1], module, 0, {}};
  abi::TrapKind trap = abi::TrapKind::kNone;
  const auto instance = Instantiate(*module, {&Resolve, &supplies}, {}, &trap);
  if (!instance.ok()) return Throw("LINK", instance.error().text());
  if (trap != abi::TrapKind::kNone) return Throw("TRAP", abi::TrapSentence(trap));
  for (abi::TagInstance* tag : supplies.tags) {
    if (tag->instance == nullptr) tag->instance = *instance;
  }
  if (const abi::FuncRef* start = StartFunction(*instance)) {
    std::uint64_t none[1] = {};
    if (FinishCall(Call(g_environment, start, none)) == nullptr) return nullptr;
  }
  return Number(*instance);
}

// [kind, the record's number, of globals and tables the type].
napi_value Find(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  Extern found;
  if (!FindExport(ToPointer<Instance>(arguments[0]), ToText(arguments[1]), &found))
    return Undefined();
  const void* pointer = nullptr;
  switch (found.kind) {
    case ExternKind::kFunction: pointer = found.function; break;
    case ExternKind::kMemory: pointer = found.memory; break;
    case ExternKind::kTable: pointer = found.table; break;
    case ExternKind::kGlobal: pointer = found.global; break;
    case ExternKind::kTag: pointer = found.tag; break;
  }
  napi_value entry;
  NAPI(napi_create_array_with_length(g_napi, 3, &entry));
  NAPI(napi_set_element(g_napi, entry, 0, Number(static_cast<double>(found.kind))));
  NAPI(napi_set_element(g_napi, entry, 1, Number(pointer)));
  NAPI(napi_set_element(g_napi, entry, 2, Text(std::string(1, LetterOf(found.type)))));
  return entry;
}

napi_value TypeOfFunction(napi_env, napi_callback_info info) {
  const Signature signature(ToPointer<abi::FuncRef>(Arguments(info)[0])->type_key);
  std::string text;
  for (std::uint32_t i = 0; i < signature.parameter_count(); ++i)
    text += LetterOf(signature.parameter(i));
  text += '>';
  for (std::uint32_t i = 0; i < signature.result_count(); ++i)
    text += LetterOf(signature.result(i));
  return Text(text);
}

// (function, its type, arguments): the result, or an array of several.
napi_value CallFunction(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  const std::string type = ToText(arguments[1]);
  const std::size_t parameters = type.find('>');
  const std::size_t results = type.size() - parameters - 1;
  std::vector<std::uint64_t> cells(std::max({parameters, results, std::size_t{1}}));
  for (std::uint32_t i = 0; i < parameters; ++i) {
    napi_value value;
    NAPI(napi_get_element(g_napi, arguments[2], i, &value));
    cells[i] = ToCell(type[i], value);
  }
  if (FinishCall(Call(g_environment, ToPointer<abi::FuncRef>(arguments[0]), cells.data())) ==
      nullptr)
    return nullptr;
  if (results == 0) return Undefined();
  if (results == 1) return ToJavaScript(type.back(), cells[0]);
  napi_value list;
  NAPI(napi_create_array_with_length(g_napi, results, &list));
  for (std::uint32_t i = 0; i < results; ++i)
    NAPI(napi_set_element(g_napi, list, i, ToJavaScript(type[parameters + 1 + i], cells[i])));
  return list;
}

// ---- memories, tables, globals

// (least size, most or a negative number, container::LimitsFlag)
container::LimitsEntry LimitsOf(const Arguments& arguments) {
  container::LimitsEntry limits{};
  limits.minimum = ToUnsigned(arguments[0]);
  const double maximum = ToDouble(arguments[1]);
  limits.maximum = maximum < 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(maximum);
  limits.flags = static_cast<std::uint32_t>(ToDouble(arguments[2]));
  return limits;
}

napi_value MakeMemory(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  container::LimitsEntry limits = LimitsOf(arguments);
  limits.page_size_log2 = 16;
  auto* const memory = new abi::MemoryInstance{};
  const Status made =
      CreateLinearMemory(memory, limits, g_guard, {}, LedgerOf(Category::kInstance));
  return made.ok() ? Number(memory) : Throw("LINK", made.error().text());
}

napi_value Buffer(napi_env, napi_callback_info info) {
  auto* const memory = ToPointer<abi::MemoryInstance>(Arguments(info)[0]);
  napi_value buffer;
  NAPI(napi_create_external_arraybuffer(g_napi, memory->base, SizeOf(*memory), nullptr, nullptr,
                                        &buffer));
  return buffer;
}
napi_value MemorySize(napi_env, napi_callback_info info) {
  return Number(static_cast<double>(SizeOf(*ToPointer<abi::MemoryInstance>(Arguments(info)[0]))));
}
napi_value GrowMemory(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  const std::uint64_t old =
      GrowLinearMemory(ToPointer<abi::MemoryInstance>(arguments[0]), ToUnsigned(arguments[1]));
  return Number(old == ~std::uint64_t{0} ? -1.0 : static_cast<double>(old));
}
napi_value Detach(napi_env, napi_callback_info info) {
  NAPI(napi_detach_arraybuffer(g_napi, Arguments(info)[0]));
  return Undefined();
}

napi_value MakeTable(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  auto* const table = new abi::TableInstance{};
  const Status made = CreateTable(table, LimitsOf(arguments), LedgerOf(Category::kInstance));
  return made.ok() ? Number(table) : Throw("LINK", made.error().text());
}
napi_value TableSize(napi_env, napi_callback_info info) {
  return Number(static_cast<double>(ToPointer<abi::TableInstance>(Arguments(info)[0])->size));
}
napi_value TableGet(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  const auto* const table = ToPointer<abi::TableInstance>(arguments[0]);
  const std::uint64_t index = ToUnsigned(arguments[1]);
  return index < table->size ? Number(table->elements[index]) : Undefined();
}
napi_value TableSet(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  auto* const table = ToPointer<abi::TableInstance>(arguments[0]);
  const std::uint64_t index = ToUnsigned(arguments[1]);
  if (index >= table->size) return Number(0.0);
  table->elements[index] = ToPointer<void>(arguments[2]);
  return Number(1.0);
}
napi_value TableGrow(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  const std::uint64_t old = GrowTable(ToPointer<abi::TableInstance>(arguments[0]),
                                      ToPointer<void>(arguments[2]), ToUnsigned(arguments[1]));
  return Number(old == ~std::uint64_t{0} ? -1.0 : static_cast<double>(old));
}

// Of one 32-bit number, as compilers of C++ have it. Belongs to the first instance that imports it.
napi_value MakeTag(napi_env, napi_callback_info) {
  static constexpr ValueType kParameter = ValueType::kI32;
  return Number(new abi::TagInstance{abi::TypeKey(&kParameter, 1, nullptr, 0), nullptr});
}

napi_value MakeGlobal(napi_env, napi_callback_info) {
  void* const cell = std::aligned_alloc(16, 16);
  if (cell == nullptr) return Throw("LINK", "out of memory");
  std::memset(cell, 0, 16);
  return Number(cell);
}
napi_value GlobalGet(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  return ToJavaScript(ToText(arguments[1])[0], *ToPointer<std::uint64_t>(arguments[0]));
}
napi_value GlobalSet(napi_env, napi_callback_info info) {
  const Arguments arguments(info);
  *ToPointer<std::uint64_t>(arguments[0]) = ToCell(ToText(arguments[1])[0], arguments[2]);
  return Undefined();
}

napi_value Initialize(napi_env env, napi_value exports) {
  g_napi = env;
  const char* const mode = std::getenv("TENON_BOUNDS_CHECKS");
  g_guard = mode == nullptr || std::strcmp(mode, "explicit") != 0;
  const auto environment = CreateExecutionEnvironment({kStackBytes, nullptr});
  if (!environment.ok()) return Throw("LINK", environment.error().text());
  g_environment = *environment;
  static constexpr struct {
    const char* name;
    napi_callback function;
  } kFunctions[] = {{"open", &Open},
                    {"imports", &Imports},
                    {"exports", &Exports},
                    {"instantiate", &MakeInstance},
                    {"find", &Find},
                    {"typeOf", &TypeOfFunction},
                    {"call", &CallFunction},
                    {"makeMemory", &MakeMemory},
                    {"buffer", &Buffer},
                    {"memorySize", &MemorySize},
                    {"growMemory", &GrowMemory},
                    {"detach", &Detach},
                    {"makeTable", &MakeTable},
                    {"tableSize", &TableSize},
                    {"tableGet", &TableGet},
                    {"tableSet", &TableSet},
                    {"tableGrow", &TableGrow},
                    {"makeGlobal", &MakeGlobal},
                    {"makeTag", &MakeTag},
                    {"globalGet", &GlobalGet},
                    {"globalSet", &GlobalSet}};
  SetField(exports, "shared", Number(static_cast<double>(container::kLimitsShared)));
  for (const auto& [name, function] : kFunctions) {
    napi_value value;
    NAPI(napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value));
    SetField(exports, name, value);
  }
  return exports;
}

}  // namespace

NAPI_MODULE(tenon_engine, Initialize)
