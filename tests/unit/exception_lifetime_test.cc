// References to exceptions live as long as something refers to them: in globals, tables and
// payloads, of other instances too, on wasm stacks, in registers that are saved on the host's
// stack during a call out, and in what the host hands on.
//
// Each module here makes an exception with a known payload, puts it somewhere, makes thousands of
// others that nobody keeps, so that the collector runs, and then looks at the payload of the first.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/pipeline.h"
#include "format/locking.h"
#include "loader/mapped_module.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/instance.h"
#include "runtime/instance/instance_state.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::runtime {
namespace {

std::uint64_t ExceptionCount(Instance* instance) {
  const MutexLock lock(g_exceptions_mutex);
  return instance->exception_count;
}

using namespace wasm::test;  // NOLINT: the modules are written in its words

constexpr std::uint8_t kExnRef = 0x69, kLocalGet = 0x20, kLocalSet = 0x21, kLocalTee = 0x22,
                       kGlobalGet = 0x23, kGlobalSet = 0x24, kTableGet = 0x25, kTableSet = 0x26,
                       kCall = 0x10, kCallIndirect = 0x11, kBlock = 0x02, kLoop = 0x03,
                       kBranchIf = 0x0D, kTryTable = 0x1F, kThrow = 0x08, kThrowRef = 0x0A,
                       kI32Const = 0x41, kI64Const = 0x42, kI32Sub = 0x6B, kDrop = 0x1A,
                       kVoid = 0x40, kUnreachable = 0x00, kCatch = 0, kCatchRef = 1,
                       kCatchAllRef = 3;
constexpr std::uint8_t kKept = 42;

// The types that all modules have, by index.
const Bytes kExnToNone = FunctionTypeBytes({kExnRef}, {});                          // 0
const Bytes kNoneToNone = FunctionTypeBytes({}, {});                                // 1
const Bytes kI64ToNone = FunctionTypeBytes({wasm::test::kI64}, {});                 // 2
const Bytes kNoneToBoth = FunctionTypeBytes({}, {wasm::test::kI64, kExnRef});       // 3
const Bytes kI32ToI64 = FunctionTypeBytes({wasm::test::kI32}, {wasm::test::kI64});  // 4
const Bytes kNoneToExn = FunctionTypeBytes({}, {kExnRef});                          // 5
const Bytes kI32ToNone = FunctionTypeBytes({wasm::test::kI32}, {});                 // 6
const Bytes kExnPayload = FunctionTypeBytes({wasm::test::kI64, kExnRef}, {});       // 7

Bytes Types() {
  return Section(kTypeSection, {kExnToNone, kNoneToNone, kI64ToNone, kNoneToBoth, kI32ToI64,
                                kNoneToExn, kI32ToNone, kExnPayload});
}
Bytes Import(std::string_view module, std::string_view name, std::uint8_t type) {
  return Text(module) + Text(name) + Bytes{0, type};
}
Bytes Export(std::string_view name, std::uint8_t function) {
  return Text(name) + Bytes{0, function};
}
Bytes Locals(std::uint8_t count, std::uint8_t type, const Bytes& code) {
  return Sized(Bytes{1, count, type} + code + Bytes{kEnd});
}

// Leaves a payload of `value` and the reference to its exception.
Bytes Make(std::uint8_t value) {
  return Bytes{kBlock,    3,     kTryTable, kVoid, 1,    kCatchRef,    0,   0,
               kI64Const, value, kThrow,    0,     kEnd, kUnreachable, kEnd};
}
// As many exceptions as local 0 says, which nobody keeps.
Bytes MakeMany() {
  return Bytes{kLoop, kVoid} + Make(1) +
         Bytes{kDrop, kDrop, kLocalGet, 0, kI32Const, 1, kI32Sub, kLocalTee, 0, kBranchIf, 0, kEnd};
}
// Leaves the payload of what `code` throws.
Bytes PayloadOf(const Bytes& code) {
  return Bytes{kBlock, wasm::test::kI64, kTryTable, kVoid, 1, kCatch, 0, 0} + code +
         Bytes{kEnd, kUnreachable, kEnd};
}
const Bytes kTag = Section(kTagSection, {Bytes{0, 2}});

// Keeps a reference in a global ("set") and throws it again ("throw").
Bytes KeeperModule() {
  return File({Types(), Section(kFunctionSection, {Bytes{0}, Bytes{1}}), kTag,
               Section(kGlobalSection, {Bytes{kExnRef, 1, 0xD0, kExnRef, kEnd}}),
               Section(kExportSection, {Export("set", 0), Export("throw", 1)}),
               Section(kCodeSection,
                       {Code({kLocalGet, 0, kGlobalSet, 0}), Code({kGlobalGet, 0, kThrowRef})})});
}
// Gives the keeper an exception, makes many, and has it thrown again.
Bytes GiverModule() {
  const Bytes code = Make(kKept) + Bytes{kCall, 0, kDrop} + MakeMany() + PayloadOf({kCall, 1});
  return File({Types(), Section(kImportSection, {Import("B", "set", 0), Import("B", "throw", 1)}),
               Section(kFunctionSection, {Bytes{4}}), kTag,
               Section(kExportSection, {Export("run", 2)}), Section(kCodeSection, {Code(code)})});
}

loader::MappedModule* Load(const Bytes& wasm) {
  struct Kept {
    std::vector<std::uint8_t> bytes;
    std::unique_ptr<loader::MappedModule> module;
  };
  static std::vector<Kept> kept;
  compiler::Options options;
  options.jobs = 1;
  auto compiled = compiler::CompileToContainer(wasm, options);
  REQUIRE_MESSAGE(compiled.ok(), (compiled.ok() ? "" : compiled.error().text()));
  Kept one{std::move(*compiled), nullptr};
  auto opened = loader::MappedModule::OpenBuffer(one.bytes, {});
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().text()));
  one.module = std::move(*opened);
  kept.push_back(std::move(one));
  return kept.back().module.get();
}

// What modules import: "host" from natives, everything else from this instance.
struct Supplies {
  Instance* instance = nullptr;
  const void* native = nullptr;
  FunctionSignature signature{};
};

Instance* Instantiate(const Bytes& wasm, Supplies supplies = {}) {
  const auto resolve = [](void* data, const container::ImportEntry&, std::string_view from,
                          std::string_view name, Extern* result) {
    const Supplies& given = *static_cast<Supplies*>(data);
    if (from != "host") return FindExport(given.instance, name, result);
    result->native = given.native;
    result->signature = given.signature;
    return true;
  };
  abi::TrapKind trap;
  auto made = runtime::Instantiate(*Load(wasm), {resolve, &supplies}, {}, &trap);
  REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
  REQUIRE(trap == abi::TrapKind::kNone);
  return *made;
}

struct Run {
  Run() : environment(*CreateExecutionEnvironment({})) {}
  ~Run() { DestroyExecutionEnvironment(environment); }
  // Calls `name` with an i32.
  abi::TrapKind operator()(Instance* instance, const char* name, std::uint64_t* value) const {
    Extern function;
    REQUIRE(FindExport(instance, name, &function));
    return Call(environment, function.function, value).trap;
  }
  void Expect(Instance* instance, std::uint64_t count) const {
    std::uint64_t value[2] = {count, 0};
    CHECK((*this)(instance, "run", value) == abi::TrapKind::kNone);
    CHECK(value[0] == kKept);
  }
  abi::ExecutionEnvironment* environment;
};

constexpr std::uint64_t kMany = 5000;  // more than a collection waits for

TEST_CASE("an exception lives while another instance's global refers to it") {
  Instance* const keeper = Instantiate(KeeperModule());
  Instance* const giver = Instantiate(GiverModule(), {keeper});
  Run run;
  run.Expect(giver, kMany);
  CHECK(ExceptionCount(giver) < 3000);  // the others do not
  Release(giver);
  Release(keeper);
}

TEST_CASE("an exception lives while a table or another's payload refers to it") {
  // In element 1 of a table; then inside of the payload of another, which is in a global.
  const Bytes in_table = Bytes{kI32Const, 1} + Make(kKept) +
                         Bytes{kLocalSet, 1, kDrop, kLocalGet, 1, kTableSet, 0} + MakeMany() +
                         PayloadOf({kI32Const, 1, kTableGet, 0, kThrowRef});
  const Bytes wrap = Bytes{kBlock, kExnRef, kTryTable, kVoid, 1, kCatchAllRef, 0} + Make(kKept) +
                     Bytes{kThrow, 1, kEnd, kUnreachable, kEnd, kGlobalSet, 0};
  const Bytes unwrap =
      Bytes{kBlock, 3,         kTryTable, kVoid,        1,    kCatch,    1, 0,    kGlobalGet,
            0,      kThrowRef, kEnd,      kUnreachable, kEnd, kLocalSet, 1, kDrop} +
      PayloadOf({kLocalGet, 1, kThrowRef});
  const Bytes in_payload = wrap + MakeMany() + unwrap;
  for (const Bytes& code : {in_table, in_payload}) {
    Instance* const instance =
        Instantiate(File({Types(), Section(kFunctionSection, {Bytes{4}}),
                          Section(kTableSection, {Bytes{kExnRef, 0, 4}}),
                          Section(kTagSection, {Bytes{0, 2}, Bytes{0, 7}}),
                          Section(kGlobalSection, {Bytes{kExnRef, 1, 0xD0, kExnRef, kEnd}}),
                          Section(kExportSection, {Export("run", 0)}),
                          Section(kCodeSection, {Locals(1, kExnRef, code)})}));
    Run run;
    run.Expect(instance, kMany);
    Release(instance);
  }
}

// ---- During calls out.

Instance* g_instance = nullptr;
std::uint64_t g_count = 0;

// Makes many in a call from within the native function.
void SpinNow(abi::ExecutionEnvironment* environment) {
  std::uint64_t value[2] = {g_count, 0};
  Extern spin;
  REQUIRE(FindExport(g_instance, "spin", &spin));
  CHECK(Call(environment, spin.function, value).trap == abi::TrapKind::kNone);
}
void SpinWithArgument(abi::ExecutionEnvironment* environment, abi::Exception* exception) {
  SpinNow(environment);
  std::uint64_t value[2] = {reinterpret_cast<std::uintptr_t>(exception), 0};
  Extern keep;
  REQUIRE(FindExport(g_instance, "keep", &keep));
  CHECK(Call(environment, keep.function, value).trap == abi::TrapKind::kNone);
}

TEST_CASE("an exception lives while a register has it that is saved on the host's stack") {
  // The calls go through the table, so that nothing is inlined. "hold" keeps its parameter in a
  // register across the call of the host and of a function that does nothing.
  const Bytes run = PayloadOf(Bytes{kI32Const, 1, kCallIndirect, 3, 0, kLocalSet, 1, kDrop,
                                    kLocalGet, 1, kI32Const, 0, kCallIndirect, 0, 0});
  const Bytes hold = Bytes{kI32Const, 2, kCallIndirect, 1, 0, kCall, 0, kLocalGet, 0, kThrowRef};
  const Bytes module =
      File({Types(), Section(kImportSection, {Import("host", "f", 1)}),
            Section(kFunctionSection, {Bytes{4}, Bytes{6}, Bytes{0}, Bytes{3}, Bytes{1}}),
            Section(kTableSection, {Bytes{wasm::test::kFuncRef, 0, 3}}), kTag,
            Section(kExportSection, {Export("run", 1), Export("spin", 2)}),
            Section(kElementSection, {Bytes{0, kI32Const, 0, kEnd, 3, 3, 4, 5}}),
            Section(kCodeSection, {Locals(1, kExnRef, run), Code(MakeMany()), Code(hold),
                                   Code(Make(kKept)), Code({})})});
  g_instance = Instantiate(module, {nullptr, reinterpret_cast<const void*>(SpinNow), {}});
  g_count = kMany;
  Run calls;
  calls.Expect(g_instance, 0);
  Release(g_instance);
}

TEST_CASE("an exception lives while it is a native function's argument") {
  // The native function hands it back to "keep", which puts it into a global.
  const Bytes run = Make(kKept) + Bytes{kCall, 0, kDrop} + PayloadOf({kGlobalGet, 0, kThrowRef});
  const Bytes module = File(
      {Types(), Section(kImportSection, {Import("host", "f", 0)}),
       Section(kFunctionSection, {Bytes{4}, Bytes{6}, Bytes{0}}), kTag,
       Section(kGlobalSection, {Bytes{kExnRef, 1, 0xD0, kExnRef, kEnd}}),
       Section(kExportSection, {Export("run", 1), Export("spin", 2), Export("keep", 3)}),
       Section(kCodeSection, {Code(run), Code(MakeMany()), Code({kLocalGet, 0, kGlobalSet, 0})})});
  static constexpr ValueType kArgument[] = {ValueType::kExnRef};
  g_instance = Instantiate(
      module, {nullptr, reinterpret_cast<const void*>(SpinWithArgument), {kArgument, {}, 0}});
  g_count = kMany;
  Run calls;
  calls.Expect(g_instance, 0);
  Release(g_instance);
}

// ---- Through the host, between instances that know nothing of each other.

Instance* g_thrower = nullptr;
void ThrowFromOther(abi::ExecutionEnvironment* environment) {
  std::uint64_t value[2] = {kKept, 0};
  Extern thrower;
  REQUIRE(FindExport(g_thrower, "throw", &thrower));
  CHECK(Call(environment, thrower.function, value).trap == abi::TrapKind::kUncaughtException);
}

// "throw" throws with its parameter as payload; "spin" makes many.
Bytes ThrowerModule() {
  return File({Types(), Section(kFunctionSection, {Bytes{2}, Bytes{6}}), kTag,
               Section(kExportSection, {Export("throw", 0), Export("spin", 1)}),
               Section(kCodeSection, {Code({kLocalGet, 0, kThrow, 0}), Code(MakeMany())})});
}
// "catch" keeps what the host lets through in a global; "rethrow" throws it again.
Bytes CatcherModule() {
  const Bytes code = Bytes{kBlock, kExnRef, kTryTable, kVoid,        1,    kCatchAllRef, 0,
                           kCall,  0,       kEnd,      kUnreachable, kEnd, kGlobalSet,   0};
  return File({Types(), Section(kImportSection, {Import("host", "f", 1)}),
               Section(kFunctionSection, {Bytes{1}, Bytes{1}}), kTag,
               Section(kGlobalSection, {Bytes{kExnRef, 1, 0xD0, kExnRef, kEnd}}),
               Section(kExportSection, {Export("catch", 1), Export("rethrow", 2)}),
               Section(kCodeSection, {Code(code), Code({kGlobalGet, 0, kThrowRef})})});
}

TEST_CASE("an exception that came through the host lives, also when its instance has ended") {
  g_thrower = Instantiate(ThrowerModule());
  Instance* const catcher =
      Instantiate(CatcherModule(), {nullptr, reinterpret_cast<const void*>(ThrowFromOther), {}});
  Run run;
  std::uint64_t value[2] = {};
  CHECK(run(catcher, "catch", value) == abi::TrapKind::kNone);
  value[0] = kMany;
  CHECK(run(g_thrower, "spin", value) == abi::TrapKind::kNone);
  CHECK(ExceptionCount(g_thrower) < 3000);
  CHECK(run(catcher, "rethrow", value) == abi::TrapKind::kUncaughtException);
  CHECK(std::string(ExceptionText(run.environment)) == "tag 0");
  Release(g_thrower);
  CHECK(run(catcher, "rethrow", value) == abi::TrapKind::kUncaughtException);
  CHECK(std::string(ExceptionText(run.environment)).find("has ended") != std::string::npos);
  Release(catcher);
  FreeEscapedExceptions();
}

TEST_CASE("what has come through the host stays until its instance ends") {
  g_thrower = Instantiate(ThrowerModule());
  // As above, but what is caught is dropped.
  const Bytes code = Bytes{kBlock, kExnRef, kTryTable, kVoid,        1,    kCatchAllRef, 0,
                           kCall,  0,       kEnd,      kUnreachable, kEnd, kDrop};
  Instance* const catcher = Instantiate(
      File({Types(), Section(kImportSection, {Import("host", "f", 1)}),
            Section(kFunctionSection, {Bytes{1}}), kTag,
            Section(kExportSection, {Export("catch", 1)}), Section(kCodeSection, {Code(code)})}),
      {g_thrower, reinterpret_cast<const void*>(ThrowFromOther), {}});
  Run run;
  std::uint64_t value[2] = {};
  for (int i = 0; i < 10; ++i) CHECK(run(catcher, "catch", value) == abi::TrapKind::kNone);
  CHECK(ExceptionCount(g_thrower) == 10);  // nobody knows, so they stay with their instance
  Release(catcher);
  Release(g_thrower);
  FreeEscapedExceptions();
}

}  // namespace
}  // namespace tenon::runtime
