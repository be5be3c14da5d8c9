// Execution environments of calls within calls, over instances that are linked with each other.
#include <doctest/doctest.h>

#include <string_view>

#include "compiler/pipeline.h"
#include "loader/mapped_module.h"
#include "runtime/instance/instance.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::runtime {
namespace {

using namespace wasm::test;  // NOLINT: the module is written in its words

constexpr std::uint8_t kCall = 0x10;
constexpr std::uint8_t kReturnCall = 0x12;
const Bytes kNoneToNone = FunctionTypeBytes({}, {});

Bytes Import(std::string_view module, std::string_view name) {
  return Text(module) + Text(name) + Bytes{0, 0};
}
Bytes Export(std::string_view name, std::uint8_t function) {
  return Text(name) + Bytes{0, function};
}

// "outer" leaves for the host by a tail call of its own function, then asks which environment it is
// in; "inner" does nothing.
Bytes CalledModule() {
  return File(
      {Section(kTypeSection, {kNoneToNone}),
       Section(kImportSection, {Import("host", "again"), Import("host", "look")}),
       Section(kFunctionSection, {Bytes{0}, Bytes{0}, Bytes{0}}),
       Section(kExportSection, {Export("outer", 3), Export("inner", 4)}),
       Section(kCodeSection, {Code({kReturnCall, 0}), Code({kCall, 2, kCall, 1}), Code({})})});
}
Bytes CallingModule() {
  return File({Section(kTypeSection, {kNoneToNone}),
               Section(kImportSection, {Import("a", "inner")}),
               Section(kFunctionSection, {Bytes{0}}), Section(kExportSection, {Export("run", 1)}),
               Section(kCodeSection, {Code({kCall, 0})})});
}

struct Host {
  Instance* called = nullptr;
  const abi::FuncRef* run = nullptr;
  abi::ExecutionEnvironment* second = nullptr;
  abi::ExecutionEnvironment* seen = nullptr;
};
Host g_host;

void Again(abi::ExecutionEnvironment*) {
  std::uint64_t none[1] = {};
  CHECK(Call(g_host.second, g_host.run, none).trap == abi::TrapKind::kNone);
}
void Look(abi::ExecutionEnvironment* environment) { g_host.seen = environment; }

bool Resolve(void*, const container::ImportEntry&, std::string_view module, std::string_view name,
             Extern* result) {
  if (module == "a") return FindExport(g_host.called, name, result);
  result->kind = ExternKind::kFunction;
  result->native = name == "again" ? reinterpret_cast<const void*>(&Again)
                                   : reinterpret_cast<const void*>(&Look);
  result->signature.key = abi::TypeKey(nullptr, 0, nullptr, 0);
  return true;
}

TEST_CASE("a call within a call leaves no context of the outer one in its environment") {
  const auto make = [](const Bytes& wasm, std::unique_ptr<loader::MappedModule>& module,
                       std::vector<std::uint8_t>& file) {
    auto compiled = compiler::CompileToContainer(wasm, {});
    REQUIRE(compiled.ok());
    file = std::move(*compiled);
    auto opened = loader::MappedModule::OpenBuffer(file, {});
    REQUIRE(opened.ok());
    module = std::move(*opened);
    abi::TrapKind trap = abi::TrapKind::kNone;
    const auto instance = Instantiate(*module, {&Resolve, nullptr}, {}, &trap);
    REQUIRE(instance.ok());
    return *instance;
  };
  std::vector<std::uint8_t> called_file, calling_file;
  std::unique_ptr<loader::MappedModule> called_module, calling_module;
  g_host.called = make(CalledModule(), called_module, called_file);
  Instance* const calling = make(CallingModule(), calling_module, calling_file);
  Extern run, outer;
  REQUIRE(FindExport(calling, "run", &run));
  REQUIRE(FindExport(g_host.called, "outer", &outer));
  g_host.run = run.function;
  abi::ExecutionEnvironment* const first = *CreateExecutionEnvironment({});
  g_host.second = *CreateExecutionEnvironment({});

  std::uint64_t none[1] = {};
  CHECK(Call(first, outer.function, none).trap == abi::TrapKind::kNone);
  CHECK(g_host.seen == first);

  DestroyExecutionEnvironment(g_host.second);
  DestroyExecutionEnvironment(first);
  Release(calling);
  Release(g_host.called);
}

}  // namespace
}  // namespace tenon::runtime
