// The host module "spectest": what it has of state is an ordinary module, assembled here, so that
// memory and table are made exactly as any other's; its functions are the host's and print nothing.
#include "tests/spec/spectest.h"

#include <array>
#include <initializer_list>

namespace tenon::spec {
namespace {

using Bytes = std::vector<std::uint8_t>;

void AppendSection(Bytes& module, std::uint8_t id, const Bytes& contents) {
  // All of them are shorter than 128 bytes, so one byte is the size.
  module.push_back(id);
  module.push_back(static_cast<std::uint8_t>(contents.size()));
  module.insert(module.end(), contents.begin(), contents.end());
}

void AppendExport(Bytes& contents, std::string_view name, ExternKind kind, std::uint8_t index) {
  contents.push_back(static_cast<std::uint8_t>(name.size()));
  contents.insert(contents.end(), name.begin(), name.end());
  contents.push_back(static_cast<std::uint8_t>(kind));
  contents.push_back(index);
}

void Print(void*) {}
void PrintI32(void*, std::int32_t) {}
void PrintI64(void*, std::int64_t) {}
void PrintF32(void*, float) {}
void PrintF64(void*, double) {}
void PrintI32F32(void*, std::int32_t, float) {}
void PrintF64F64(void*, double, double) {}

struct HostFunction {
  std::string_view name;
  const void* native;
  std::array<ValueType, 2> parameters;
  std::size_t parameter_count;
};

template <typename Function>
const void* Address(Function* function) {
  return reinterpret_cast<const void*>(function);
}

}  // namespace

std::vector<std::uint8_t> SpectestModule() {
  Bytes module = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  AppendSection(module, 4, {2, 0x70, 0x01, 10, 20, 0x70, 0x05, 10, 20});
  AppendSection(module, 5, {2, 0x01, 1, 2, 0x03, 1, 2});  // the second one is shared
  AppendSection(module, 6,
                {4,                                                           //
                 0x7F, 0x00, 0x41, 0x9A, 0x05, 0x0B,                          // i32 666
                 0x7E, 0x00, 0x42, 0x9A, 0x05, 0x0B,                          // i64 666
                 0x7D, 0x00, 0x43, 0x66, 0xA6, 0x26, 0x44, 0x0B,              // f32 666.6
                 0x7C, 0x00, 0x44, 0xCD, 0xCC, 0xCC, 0xCC, 0xCC, 0xD4, 0x84,  // f64 666.6
                 0x40, 0x0B});
  Bytes exports = {8};
  AppendExport(exports, "table", ExternKind::kTable, 0);
  AppendExport(exports, "table64", ExternKind::kTable, 1);
  AppendExport(exports, "memory", ExternKind::kMemory, 0);
  AppendExport(exports, "shared_memory", ExternKind::kMemory, 1);
  AppendExport(exports, "global_i32", ExternKind::kGlobal, 0);
  AppendExport(exports, "global_i64", ExternKind::kGlobal, 1);
  AppendExport(exports, "global_f32", ExternKind::kGlobal, 2);
  AppendExport(exports, "global_f64", ExternKind::kGlobal, 3);
  AppendSection(module, 7, exports);
  return module;
}

bool FindSpectestFunction(std::string_view name, runtime::Extern* extern_value) {
  using enum ValueType;
  static const HostFunction functions[] = {
      {"print", Address(&Print), {}, 0},
      {"print_i32", Address(&PrintI32), {kI32}, 1},
      {"print_i64", Address(&PrintI64), {kI64}, 1},
      {"print_f32", Address(&PrintF32), {kF32}, 1},
      {"print_f64", Address(&PrintF64), {kF64}, 1},
      {"print_i32_f32", Address(&PrintI32F32), {kI32, kF32}, 2},
      {"print_f64_f64", Address(&PrintF64F64), {kF64, kF64}, 2},
  };
  for (const HostFunction& function : functions) {
    if (function.name != name) continue;
    *extern_value = {};
    extern_value->kind = ExternKind::kFunction;
    extern_value->native = function.native;
    extern_value->signature.parameters = {function.parameters.data(), function.parameter_count};
    extern_value->signature.key =
        abi::TypeKey(function.parameters.data(), function.parameter_count, nullptr, 0);
    return true;
  }
  return false;
}

}  // namespace tenon::spec
