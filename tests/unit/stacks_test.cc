// Stacks end in errors: wasm's own for every frame, whatever was linked when, and the host's when
// wasm and the host call each other without end, on threads of any size.
#include <doctest/doctest.h>
#include <pthread.h>

#include <cstring>
#include <string>
#include <vector>

#include "compiler/pipeline.h"
#include "loader/mapped_module.h"
#include "runtime/instance/instance.h"
#include "tenon.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::runtime {
namespace {

using namespace wasm::test;  // NOLINT: the modules are written in its words

constexpr std::uint8_t kLocalGet = 0x20, kLocalSet = 0x21, kCall = 0x10, kCallIndirect = 0x11,
                       kI32Const = 0x41, kI32Add = 0x6A, kI32Sub = 0x6B, kI32Eqz = 0x45, kIf = 0x04,
                       kElse = 0x05, kV128 = 0x7B, kVector = 0xFD;
const Bytes kOneToOne = FunctionTypeBytes({wasm::test::kI32}, {wasm::test::kI32});

std::vector<std::uint8_t> Compile(const Bytes& module) {
  compiler::Options options;
  options.jobs = 1;
  auto compiled = compiler::CompileToContainer(module, options);
  REQUIRE_MESSAGE(compiled.ok(), (compiled.ok() ? "" : compiled.error().text()));
  return *compiled;
}

// "recur" calls the host's env.cb.
std::vector<std::uint8_t> RecursiveModule() {
  return Compile(File({Section(kTypeSection, {kOneToOne}),
                       Section(kImportSection, {Text("env") + Text("cb") + Bytes{0, 0}}),
                       Section(kFunctionSection, {Bytes{0}}),
                       Section(kExportSection, {Text("recur") + Bytes{0, 1}}),
                       Section(kCodeSection, {Code({kLocalGet, 0, kCall, 0})})}));
}

// ---- The host's stack.

std::size_t g_frame = 0;  // bytes that the native function takes
int g_asks = 0;           // whether it asks first

std::int32_t CallBack(wasm_exec_env_t environment, std::int32_t n) {
  auto* const frame = static_cast<volatile char*>(__builtin_alloca(g_frame + 1));
  frame[0] = 1;
  frame[g_frame] = 1;
  if (g_asks != 0 && !wasm_runtime_detect_native_stack_overflow(environment)) return -1;
  const wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
  std::uint32_t cell = static_cast<std::uint32_t>(n - 1);
  if (n <= 0) return 0;
  if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "recur"), 1,
                              &cell)) {
    return -2;
  }
  return static_cast<std::int32_t>(cell) + frame[0];
}

struct Attempt {
  const std::vector<std::uint8_t>* module;
  std::uint32_t wasm_stack;
  std::size_t boundary = 0;  // how much of the host's stack may be used; 0: all
  std::string exception = {};
};

void* Recur(void* data) {
  auto& attempt = *static_cast<Attempt*>(data);
  char error[200] = "";
  const wasm_module_t module =
      wasm_runtime_load(const_cast<std::uint8_t*>(attempt.module->data()),
                        static_cast<std::uint32_t>(attempt.module->size()), error, sizeof error);
  const wasm_module_inst_t instance =
      wasm_runtime_instantiate(module, attempt.wasm_stack, 0, error, sizeof error);
  attempt.exception = error;
  if (instance != nullptr) {
    const wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, attempt.wasm_stack);
    const wasm_function_inst_t recur = wasm_runtime_lookup_function(instance, "recur");
    std::uint8_t here = 0;
    if (attempt.boundary != 0)
      wasm_runtime_set_native_stack_boundary(environment, &here - attempt.boundary);
    std::uint32_t cell = 1'000'000;
    const bool ended = wasm_runtime_call_wasm(environment, recur, 1, &cell);
    const char* const exception = wasm_runtime_get_exception(instance);
    attempt.exception = ended ? "it ended" : exception != nullptr ? exception : "no exception";
    // All is as before.
    cell = 5;
    wasm_runtime_clear_exception(instance);
    if (!wasm_runtime_call_wasm(environment, recur, 1, &cell) || cell != 5)
      attempt.exception = "the next call fails";
    wasm_runtime_destroy_exec_env(environment);
  }
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  return nullptr;
}

std::string RecurOnThread(Attempt attempt, std::size_t stack) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, stack) == 0);
  REQUIRE(pthread_create(&thread, &attributes, Recur, &attempt) == 0);
  pthread_attr_destroy(&attributes);
  pthread_join(thread, nullptr);
  return attempt.exception;
}

NativeSymbol kNatives[] = {{"cb", reinterpret_cast<void*>(CallBack), "(i)i", nullptr}};

void RecurEverywhere(const std::vector<std::uint8_t>& module) {
  constexpr std::uint32_t kLarge = 4 << 20;
  const std::string overflow = "Exception: native stack overflow";
  REQUIRE(wasm_runtime_register_natives("env", kNatives, 1));
  for (const int asks : {0, 1}) {
    g_asks = asks;
    g_frame = 4096;
    CHECK(RecurOnThread({&module, kLarge}, 128 * 1024) == overflow);
    CHECK(RecurOnThread({&module, kLarge}, 1 << 20) == overflow);
    g_frame = 100;
#ifndef __SANITIZE_ADDRESS__
    CHECK(RecurOnThread({&module, kLarge}, 32 * 1024) == overflow);
#endif
    CHECK(RecurOnThread({&module, kLarge, 300 * 1024}, 1 << 20) == overflow);
    // This thread's, which is the process's first.
    Attempt here{&module, kLarge};
    g_frame = 8192;
    Recur(&here);
    CHECK(here.exception == overflow);
    Attempt bounded{&module, kLarge, 1 << 20};
    Recur(&bounded);
    CHECK(bounded.exception == overflow);
    // Wasm's own stack ends first.
    Attempt small{&module, 65536};
    Recur(&small);
    CHECK(small.exception == "Exception: call stack exhausted");
  }
}

TEST_CASE("recursion through the host ends, on threads of any size, with every allocator") {
  const std::vector<std::uint8_t> module = RecursiveModule();
  REQUIRE(wasm_runtime_init());
  RecurEverywhere(module);
  wasm_runtime_destroy();
  std::vector<char> pool(16 << 20);
  REQUIRE(tenon_init_with_pool(pool.data(), pool.size(), nullptr, nullptr, 0));
  RecurEverywhere(module);
  wasm_runtime_destroy();
}

TEST_CASE("how much of the host's stack is left is known without a boundary") {
  const std::vector<std::uint8_t> module = RecursiveModule();
  REQUIRE(wasm_runtime_init());
  REQUIRE(wasm_runtime_register_natives("env", kNatives, 1));
  char error[200];
  const wasm_module_t loaded =
      wasm_runtime_load(const_cast<std::uint8_t*>(module.data()),
                        static_cast<std::uint32_t>(module.size()), error, sizeof error);
  const wasm_module_inst_t instance = wasm_runtime_instantiate(loaded, 0, 0, error, sizeof error);
  const wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);
  CHECK(wasm_runtime_detect_native_stack_overflow(environment));
  CHECK(wasm_runtime_detect_native_stack_overflow_size(environment, 64 * 1024));
  CHECK(!wasm_runtime_detect_native_stack_overflow_size(environment, 1U << 30));
  CHECK(std::strcmp(wasm_runtime_get_exception(instance), "Exception: native stack overflow") == 0);
  wasm_runtime_destroy();
}

// ---- Wasm's stack.

// Exports table "t" and "f", which calls what is in its first element.
Bytes TableModule() {
  return File({Section(kTypeSection, {kOneToOne}), Section(kFunctionSection, {Bytes{0}}),
               Section(kTableSection, {Bytes{wasm::test::kFuncRef, 0, 1}}),
               Section(kExportSection, {Text("t") + Bytes{1, 0}, Text("f") + Bytes{0, 0}}),
               Section(kCodeSection, {Code({kLocalGet, 0, kI32Const, 0, kCallIndirect, 0, 0})})});
}

// "run n" goes n frames deep and then calls "f" of the module above.
Bytes DeepModule() {
  return File({Section(kTypeSection, {kOneToOne}),
               Section(kImportSection, {Text("B") + Text("f") + Bytes{0, 0}}),
               Section(kFunctionSection, {Bytes{0}}),
               Section(kExportSection, {Text("run") + Bytes{0, 1}}),
               Section(kCodeSection,
                       {Code({kLocalGet, 0,       kI32Eqz,   kIf,   wasm::test::kI32, kI32Const,
                              0,         kCall,   0,         kElse, kI32Const,        1,
                              kLocalGet, 0,       kI32Const, 1,     kI32Sub,          kCall,
                              1,         kI32Add, kEnd})})});
}

// Puts into B's table a function with a frame of about 16 bytes for each of `vectors`: all are
// loaded, then stored in another order.
Bytes LargeFrameModule(std::size_t vectors) {
  Bytes code;
  for (std::size_t i = 0; i < vectors; ++i) {
    code = code + Bytes{kLocalGet, 0, kVector, 0, 4} + U32(16 * i) + Bytes{kLocalSet} + U32(i + 1);
  }
  for (std::size_t i = 0; i < vectors; ++i) {
    code = code + Bytes{kLocalGet, 0, kLocalGet} + U32(i + 1) + Bytes{kVector, 11, 4} +
           U32(16 * (i * 7 % vectors));
  }
  code = code + Bytes{kI32Const, 7, kEnd};
  const Bytes body = Bytes{1} + U32(vectors) + Bytes{kV128} + code;
  return File(
      {Section(kTypeSection, {kOneToOne}),
       Section(kImportSection, {Text("B") + Text("t") + Bytes{1, wasm::test::kFuncRef, 0, 1}}),
       Section(kFunctionSection, {Bytes{0}}), Section(kMemorySection, {Bytes{0, 16}}),
       Section(kElementSection, {Bytes{0, kI32Const, 0, kEnd, 1, 0}}),
       Section(kCodeSection, {Sized(body)})});
}

// Instances that share a table go together, so a module is needed longer than its own.
loader::MappedModule* Load(const Bytes& wasm) {
  struct Kept {
    std::vector<std::uint8_t> bytes;
    std::unique_ptr<loader::MappedModule> module;
  };
  static std::vector<Kept> kept;
  Kept one{Compile(wasm), nullptr};
  auto opened = loader::MappedModule::OpenBuffer(one.bytes, {});
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().text()));
  one.module = std::move(*opened);
  kept.push_back(std::move(one));
  return kept.back().module.get();
}

struct Linked {
  explicit Linked(const Bytes& wasm) : module(Load(wasm)) {}
  ~Linked() {
    if (instance != nullptr) Release(instance);
  }
  void Instantiate(Instance* table, const void* native = nullptr) {
    struct State {
      Instance* table;
      const void* native;
    } state{table, native};
    const auto resolve = [](void* data, const container::ImportEntry&, std::string_view from,
                            std::string_view name, Extern* result) {
      const State& supplies = *static_cast<State*>(data);
      if (from == "B") return FindExport(supplies.table, name, result);
      static constexpr ValueType kInt[] = {ValueType::kI32};
      result->native = supplies.native;
      result->signature = {kInt, kInt, 0};
      return supplies.native != nullptr;
    };
    abi::TrapKind trap;
    auto made = runtime::Instantiate(*module, {resolve, &state}, {}, &trap);
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
    REQUIRE(trap == abi::TrapKind::kNone);
    instance = *made;
  }
  abi::TrapKind Run(abi::ExecutionEnvironment* environment, std::uint64_t n, std::uint64_t* value) {
    Extern run;
    REQUIRE(FindExport(instance, "run", &run));
    *value = n;
    return Call(environment, run.function, value).trap;
  }

  loader::MappedModule* module;
  Instance* instance = nullptr;
};

struct Environment {
  Environment() : environment(*CreateExecutionEnvironment({.stack_bytes = 256 * 1024})) {}
  ~Environment() { DestroyExecutionEnvironment(environment); }
  abi::ExecutionEnvironment* environment;
};

constexpr std::size_t kVectors = 6000;  // 96,000 bytes

// Every depth at which the large frame no longer fits is told, not one byte too late.
void CheckDepths(Linked& deep, abi::ExecutionEnvironment* environment) {
  std::uint64_t value = 0;
  CHECK(deep.Run(environment, 0, &value) == abi::TrapKind::kNone);
  CHECK(value == 7);
  std::size_t exhausted = 0, fits = 0;
  for (std::uint64_t n = 0; n < 10'000; n += 37) {
    const abi::TrapKind trap = deep.Run(environment, n, &value);
    REQUIRE((trap == abi::TrapKind::kNone || trap == abi::TrapKind::kCallStackExhausted));
    ++(trap == abi::TrapKind::kNone ? fits : exhausted);
  }
  CHECK(fits > 10);
  CHECK(exhausted > 10);
}

TEST_CASE("a large frame that is linked last does not jump over the end of the stack") {
  Linked table(TableModule()), deep(DeepModule()), large(LargeFrameModule(kVectors));
  table.Instantiate(nullptr);
  deep.Instantiate(table.instance);
  Environment one;
  std::uint64_t value = 0;
  CHECK(deep.Run(one.environment, 100, &value) == abi::TrapKind::kUninitializedElement);
  large.Instantiate(table.instance);
  CheckDepths(deep, one.environment);
}

// Links the large frame from a native function, during a call from below.
Linked* g_large = nullptr;
Linked* g_table = nullptr;
std::int32_t LinkNow(void*, std::int32_t value) {
  if (g_large->instance == nullptr) g_large->Instantiate(g_table->instance);
  return value;
}

TEST_CASE("a large frame that is linked during a call is in the limit when the call goes on") {
  // As DeepModule, but calls the host first, where the stack is deepest.
  const Bytes module = File(
      {Section(kTypeSection, {kOneToOne}),
       Section(kImportSection,
               {Text("B") + Text("f") + Bytes{0, 0}, Text("env") + Text("link") + Bytes{0, 0}}),
       Section(kFunctionSection, {Bytes{0}}), Section(kExportSection, {Text("run") + Bytes{0, 2}}),
       Section(kCodeSection, {Code({kLocalGet, 0,         kI32Eqz,   kIf,     wasm::test::kI32,
                                    kI32Const, 0,         kCall,     1,       kCall,
                                    0,         kElse,     kI32Const, 1,       kLocalGet,
                                    0,         kI32Const, 1,         kI32Sub, kCall,
                                    2,         kI32Add,   kEnd})})});
  // The deepest that fits, found with the frame linked before.
  std::uint64_t deepest = 0, value = 0;
  {
    Linked table(TableModule()), deep(module), large(LargeFrameModule(kVectors));
    g_table = &table;
    g_large = &large;
    table.Instantiate(nullptr);
    large.Instantiate(table.instance);
    deep.Instantiate(table.instance, reinterpret_cast<const void*>(LinkNow));
    Environment one;
    while (deep.Run(one.environment, deepest + 1, &value) == abi::TrapKind::kNone) ++deepest;
    CHECK(deepest > 100);
  }
  for (const std::uint64_t beyond : {1U, 10U, 100U, 500U}) {
    Linked table(TableModule()), deep(module), large(LargeFrameModule(kVectors));
    g_table = &table;
    g_large = &large;
    table.Instantiate(nullptr);
    deep.Instantiate(table.instance, reinterpret_cast<const void*>(LinkNow));
    Environment one;
    CHECK(deep.Run(one.environment, deepest + beyond, &value) ==
          abi::TrapKind::kCallStackExhausted);
    CHECK(large.instance != nullptr);
    CHECK(deep.Run(one.environment, deepest, &value) == abi::TrapKind::kNone);
  }
}

TEST_CASE("instances that were linked end in any order") {
  for (const bool table_first : {true, false}) {
    Linked table(TableModule()), deep(DeepModule()), large(LargeFrameModule(100)),
        other(DeepModule());
    table.Instantiate(nullptr);
    deep.Instantiate(table.instance);
    other.Instantiate(table.instance);
    large.Instantiate(table.instance);
    if (table_first) {
      Release(std::exchange(table.instance, nullptr));
      Release(std::exchange(large.instance, nullptr));
    }
    Release(std::exchange(other.instance, nullptr));
    Environment one;
    std::uint64_t value = 0;
    CHECK(deep.Run(one.environment, 3, &value) == abi::TrapKind::kNone);
    CHECK(value == 10);
  }
}

}  // namespace
}  // namespace tenon::runtime
