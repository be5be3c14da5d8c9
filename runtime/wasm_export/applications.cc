// Runs a program, or one of its functions, with arguments as text.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "format/ranges.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

bool Fail(InstanceHandle* handle, const char* text) {
  wasm_runtime_set_exception(handle, text);
  return false;
}

// Copies argv into the module's memory: the strings, then the array of their addresses, whose
// address is returned. 0: no memory.
std::uint32_t CopyArguments(InstanceHandle* handle, std::uint32_t count, char* arguments[],
                            std::uint64_t* block) {
  std::uint64_t text_bytes = 0;
  for (std::uint32_t i = 0; i < count; ++i) text_bytes += std::strlen(arguments[i]) + 1;
  const std::uint64_t array_at = AlignUp(text_bytes, 4);
  const std::uint64_t size = array_at + std::uint64_t{count} * 4;
  void* native = nullptr;
  *block = wasm_runtime_module_malloc(handle, size == 0 ? 4 : size, &native);
  if (*block == 0) return 0;
  auto* const bytes = static_cast<std::uint8_t*>(native);
  std::uint64_t at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto address = static_cast<std::uint32_t>(*block + at);
    std::memcpy(bytes + array_at + std::uint64_t{i} * 4, &address, 4);
    const std::size_t length = std::strlen(arguments[i]) + 1;
    std::memcpy(bytes + at, arguments[i], length);
    at += length;
  }
  return static_cast<std::uint32_t>(*block + array_at);
}

bool ExecuteMain(InstanceHandle* handle, wasm_exec_env_t environment, std::int32_t argc,
                 char* argv[]) {
  wasm_function_inst_t function = nullptr;
  for (const char* name : {"main", "__main_argc_argv", "_main"}) {
    if (function == nullptr) function = wasm_runtime_lookup_function(handle, name);
  }
  if (function == nullptr)
    return Fail(handle, "the module exports none of _start, main, __main_argc_argv and _main");
  const Signature signature(static_cast<const abi::FuncRef*>(function)->type_key);
  const std::uint32_t parameters = signature.parameter_count();
  bool fits = (parameters == 0 || parameters == 2) && signature.result_count() <= 1;
  for (std::uint32_t i = 0; i < parameters; ++i)
    fits = fits && signature.parameter(i) == ValueType::kI32;
  if (!fits) return Fail(handle, "main has another type than int main(int, char**)");

  std::uint32_t cells[2] = {};
  std::uint64_t block = 0;
  if (parameters == 2) {
    cells[0] = argc > 0 ? static_cast<std::uint32_t>(argc) : 0;
    cells[1] = CopyArguments(handle, cells[0], argv, &block);
    if (block == 0) return Fail(handle, "the arguments do not fit into the module's memory");
  }
  const bool good = wasm_runtime_call_wasm(environment, function, parameters, cells);
  if (good && signature.result_count() == 1 && argc > 0 && argv != nullptr)
    std::memcpy(argv, cells, sizeof(int));
  if (block != 0) wasm_runtime_module_free(handle, block);
  return good;
}

bool ParseValue(const char* text, ValueType type, std::uint32_t* cells) {
  char* end = nullptr;
  if (text[0] == '\0') return false;
  switch (KindOf(type)) {
    case WASM_I32: cells[0] = static_cast<std::uint32_t>(std::strtoul(text, &end, 0)); break;
    case WASM_I64: {
      const unsigned long long value = std::strtoull(text, &end, 0);
      std::memcpy(cells, &value, sizeof value);
      break;
    }
    case WASM_F32: {
      const float value = std::strtof(text, &end);
      std::memcpy(cells, &value, sizeof value);
      break;
    }
    case WASM_F64: {
      const double value = std::strtod(text, &end);
      std::memcpy(cells, &value, sizeof value);
      break;
    }
    case WASM_V128: {  // two 64-bit halves, "0x1\0x2": the low one first
      const unsigned long long low = std::strtoull(text, &end, 0);
      const unsigned long long high = *end == '\\' ? std::strtoull(end + 1, &end, 0) : 0;
      std::memcpy(cells, &low, sizeof low);
      std::memcpy(cells + 2, &high, sizeof high);
      break;
    }
    case WASM_FUNCREF:
      cells[0] = 0xFFFFFFFF;
      if (std::strcmp(text, "null") == 0) return true;
      cells[0] = static_cast<std::uint32_t>(std::strtoul(text, &end, 0));
      break;
    default: {
      unsigned long long value = ~0ull;
      if (std::strcmp(text, "null") != 0) value = std::strtoull(text, &end, 0);
      std::memcpy(cells, &value, sizeof value);
      if (end == nullptr) return true;
      break;
    }
  }
  return end != text && *end == '\0';
}

// Returns the number of cells of the value.
std::uint32_t PrintValue(ValueType type, const std::uint32_t* cells) {
  std::uint64_t wide = 0;
  double real = 0;
  float narrow = 0;
  switch (KindOf(type)) {
    case WASM_I32: std::printf("0x%" PRIx32 ":i32", cells[0]); return 1;
    case WASM_I64:
      std::memcpy(&wide, cells, sizeof wide);
      std::printf("0x%" PRIx64 ":i64", wide);
      return 2;
    case WASM_F32:
      std::memcpy(&narrow, cells, sizeof narrow);
      std::printf("%.7g:f32", static_cast<double>(narrow));
      return 1;
    case WASM_F64:
      std::memcpy(&real, cells, sizeof real);
      std::printf("%.7g:f64", real);
      return 2;
    case WASM_V128: {
      std::uint64_t halves[2];
      std::memcpy(halves, cells, sizeof halves);
      std::printf("<0x%016" PRIx64 " 0x%016" PRIx64 ">:v128", halves[0], halves[1]);
      return 4;
    }
    case WASM_FUNCREF:
      if (cells[0] == 0xFFFFFFFF) {
        std::printf("func:ref.null");
      } else {
        std::printf("%" PRIu32 ":ref.func", cells[0]);
      }
      return 1;
    default:
      std::memcpy(&wide, cells, sizeof wide);
      if (wide == 0) {
        std::printf("extern:ref.null");
      } else {
        std::printf("0x%" PRIx64 ":ref.extern", wide);
      }
      return 2;
  }
}

}  // namespace
}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

bool wasm_application_execute_main(wasm_module_inst_t module_inst, int32_t argc, char* argv[]) {
  const wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(module_inst);
  if (environment == nullptr) return false;
  const wasm_function_inst_t start = wasm_runtime_lookup_wasi_start_function(module_inst);
  if (start == nullptr) return ExecuteMain(module_inst, environment, argc, argv);
  if (wasm_runtime_call_wasm(environment, start, 0, nullptr)) return true;
  std::uint32_t code = 0;
  if (!ExitRequested(Of(environment), &code)) return false;
  wasm_runtime_clear_exception(module_inst);
  return true;
}

bool wasm_application_execute_func(wasm_module_inst_t module_inst, const char* name, int32_t argc,
                                   char* argv[]) {
  char text[140];
  const wasm_function_inst_t function = wasm_runtime_lookup_function(module_inst, name);
  if (function == nullptr) {
    std::snprintf(text, sizeof text, "no function is exported as \"%.100s\"", name);
    return Fail(module_inst, text);
  }
  const Signature signature(static_cast<const abi::FuncRef*>(function)->type_key);
  constexpr std::uint32_t kMost = 64;
  if (argc < 0 || static_cast<std::uint32_t>(argc) != signature.parameter_count() ||
      signature.parameter_count() > kMost || signature.result_count() > kMost) {
    std::snprintf(text, sizeof text, "the function takes %u arguments, not %d",
                  signature.parameter_count(), static_cast<int>(argc));
    return Fail(module_inst, text);
  }
  const wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(module_inst);
  if (environment == nullptr) return false;
  std::uint32_t cells[kMost * 4] = {};
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < signature.parameter_count(); ++i) {
    const ValueType type = signature.parameter(i);
    if (!ParseValue(argv[i], type, cells + count)) {
      std::snprintf(text, sizeof text, "argument %u, \"%.60s\", is not a value of type %s", i + 1,
                    argv[i], ValueTypeName(type));
      return Fail(module_inst, text);
    }
    const wasm_valkind_t kind = KindOf(type);
    count += kind == WASM_I32 || kind == WASM_F32 || kind == WASM_FUNCREF ? 1
             : kind == WASM_V128                                          ? 4
                                                                          : 2;
  }
  if (!wasm_runtime_call_wasm(environment, function, count, cells)) return false;
  const std::uint32_t* cell = cells;
  for (std::uint32_t i = 0; i < signature.result_count(); ++i) {
    if (i != 0) std::putchar(',');
    cell += PrintValue(signature.result(i), cell);
  }
  std::putchar('\n');
  return true;
}

}  // extern "C"
