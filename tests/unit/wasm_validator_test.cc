// What users rely on from the validator: valid code passes, invalid code is
// refused in the specification's words with the place of the fault. The
// specification's own suite covers breadth (tests/spec); here is one case or
// more of each rule, and what the suite does not have: exact messages, limits
// and size.
#include <doctest/doctest.h>

#include <string>

#include "compiler/wasm/reader/reader.h"
#include "compiler/wasm/validator/validator.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::wasm::test {
namespace {

// The error of reading and validating `bytes`, or "" if they are a valid module.
std::string ErrorOf(const Bytes& bytes) {
  Result<Module> module = ReadModule(bytes);
  if (!module.ok()) return module.error().text();
  const Status status = ValidateModule(*module);
  return status.ok() ? "" : status.error().text();
}

bool StartsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

// The tests' function (type 0, function 0) stands in a module with one of everything:
// type 1 is [i32 i64] -> [i64 i32], type 2 is [i32] -> [i32];
// function 1 (type 1) is referenced, function 2 (type 2) is not;
// table 0 holds funcref, table 1 externref; globals: 0 const i32, 1 mutable i64;
// element segments: 0 passive funcref, 1 passive externref; data segment 0 is passive.
Bytes ModuleWith(const Bytes& parameters, const Bytes& results, const Bytes& locals,
                 const Bytes& instructions) {
  return File({
      Section(kTypeSection,
              {FunctionTypeBytes(parameters, results),
               FunctionTypeBytes({kI32, kI64}, {kI64, kI32}), FunctionTypeBytes({kI32}, {kI32})}),
      Section(kFunctionSection, {{0}, {1}, {2}}),
      Section(kTableSection, {{kFuncRef, 0, 1}, {kExternRef, 0, 1}}),
      Section(kMemorySection, {{0, 1}}),
      Section(kGlobalSection, {{kI32, 0, 0x41, 0, kEnd}, {kI64, 1, 0x42, 0, kEnd}}),
      Section(kElementSection, {{1, 0, 1, 1}, {5, kExternRef, 1, 0xD0, kExternRef, kEnd}}),
      Section(kDataCountSection, Bytes{1}),
      Section(kCodeSection,
              {Sized(locals + instructions + Bytes{kEnd}), Code({0x00}), Code({0x00})}),
      Section(kDataSection, {Bytes{1} + Text("x")}),
  });
}

// A function [] -> [] with these instructions.
std::string BodyError(const Bytes& instructions) {
  return ErrorOf(ModuleWith({}, {}, {0}, instructions));
}

// A function with the given results.
std::string BodyError(const Bytes& results, const Bytes& instructions) {
  return ErrorOf(ModuleWith({}, results, {0}, instructions));
}

#define CHECK_VALID(error_expression)                  \
  do {                                                 \
    const std::string actual_error = error_expression; \
    CHECK(actual_error == "");                         \
  } while (false)

#define CHECK_INVALID(error_expression, start)         \
  do {                                                 \
    const std::string actual_error = error_expression; \
    CAPTURE(actual_error);                             \
    CHECK(StartsWith(actual_error, start));            \
  } while (false)

TEST_CASE("messages name instruction, types, byte offset, function and its name") {
  const Bytes bytes = File({
      Section(kTypeSection, {FunctionTypeBytes({kF32}, {kI32})}),
      Section(kFunctionSection, {{0}}),
      Section(kCodeSection, {Code({0x41, 1, 0x20, 0, 0x6A})}),
      Section(kCustomSection, Text("name") + Bytes{1} + Sized(Vec({Bytes{0} + Text("add")}))),
  });
  CHECK(ErrorOf(bytes) ==
        "type mismatch: i32.add expected i32 but the stack holds f32, at byte offset 0x1d in "
        "function 0 (\"add\")");
  CHECK(bytes[0x1D] == 0x6A);
}

TEST_CASE("a name cannot break a message") {
  const std::string name = "two\nlines" + std::string(300, 'x');
  const std::string error = ErrorOf(File({
      Section(kTypeSection, {FunctionTypeBytes({}, {kI32})}),
      Section(kFunctionSection, {{0}}),
      Section(kCodeSection, {Code({})}),
      Section(kCustomSection, Text("name") + Bytes{1} + Sized(Vec({Bytes{0} + Text(name)}))),
  }));
  CHECK(
      StartsWith(error, "type mismatch: end expected i32 but the stack is empty, at byte offset"));
  CHECK(error.find("\"two?linesxxx") != std::string::npos);
  CHECK(error.substr(error.size() - 7) == "xx...\")");
}

TEST_CASE("numeric instructions take and give the types of the table") {
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x41, 2, 0x6A}));     // i32.add
  CHECK_VALID(BodyError({kI64}, {0x41, 1, 0xAC}));              // i64.extend_i32_s
  CHECK_VALID(BodyError({kI32}, {0x42, 1, 0x42, 2, 0x53}));     // i64.lt_s
  CHECK_VALID(BodyError({kI64}, {0x43, 0, 0, 0, 0, 0xFC, 4}));  // trunc_sat
  CHECK_VALID(BodyError({kF64}, {0x43, 0, 0, 0, 0, 0xBB}));     // promote
  CHECK_INVALID(BodyError({kI32}, {0x41, 1, 0x42, 2, 0x6A}), "type mismatch: i32.add expected i32");
  CHECK_INVALID(BodyError({kI32}, {0x41, 1, 0x6A}),
                "type mismatch: i32.add expected i32 but the "
                "stack is empty");
  CHECK_INVALID(BodyError({kI32}, {0x42, 1}),
                "type mismatch: end expected i32 but the stack holds "
                "i64");
  CHECK_INVALID(BodyError({0x41, 1}),
                "type mismatch: 1 value too many on the stack at the end of "
                "the function");
}

TEST_CASE("blocks see only what is theirs") {
  CHECK_VALID(BodyError({kI32}, {0x02, kI32, 0x41, 1, kEnd}));
  CHECK_INVALID(BodyError({0x41, 1, 0x02, 0x40, 0x1A, kEnd}),
                "type mismatch: drop expected a value but the stack holds nothing from within the "
                "block");
  CHECK_INVALID(BodyError({0x02, 0x40, 0x41, 1, kEnd}), "type mismatch: 1 value too many");
  CHECK_INVALID(BodyError({0x02, 3, kEnd}), "unknown type 3");
  // Parameters and several results: block (type 1), then br_if and a loop with them.
  CHECK_VALID(
      BodyError({kI64, kI32}, {0x41, 1, 0x42, 2, 0x02, 1, 0x1A, 0x1A, 0x42, 3, 0x41, 4, kEnd}));
  CHECK_INVALID(BodyError({kI64, kI32}, {0x41, 1, 0x42, 2, 0x02, 1, kEnd}), "type mismatch");
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x03, 2, 0x41, 0, 0x0D, 0, kEnd}));
}

TEST_CASE("if, else and end belong together") {
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x04, kI32, 0x41, 1, 0x05, 0x41, 2, kEnd}));
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x41, 1, 0x04, 2, kEnd}));  // [i32] -> [i32], no else
  CHECK_INVALID(BodyError({kI32}, {0x41, 1, 0x04, kI32, 0x41, 1, kEnd}),
                "type mismatch: the if at");
  CHECK_INVALID(BodyError({0x05}), "unexpected else without if");
  CHECK_INVALID(BodyError({0x41, 1, 0x04, 0x40, 0x05, 0x05, kEnd}), "unexpected else without if");
  CHECK_INVALID(BodyError({0x02, 0x40}), "END opcode expected");
  CHECK_INVALID(BodyError({kEnd}), "section size mismatch: 1 bytes of code follow");
}

TEST_CASE("branches carry the values of their label") {
  CHECK_VALID(BodyError({kI32}, {0x02, kI32, 0x41, 1, 0x0C, 0, kEnd}));
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x0C, 0}));  // to the function's end
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x0F}));
  CHECK_INVALID(BodyError({0x0C, 1}), "unknown label 1");
  CHECK_INVALID(BodyError({kI32}, {0x42, 1, 0x0C, 0}), "type mismatch: br expected i32");
  CHECK_INVALID(BodyError({0x0D, 0}), "type mismatch: br_if expected i32");
  // A loop's label takes its parameters, not its results.
  CHECK_VALID(BodyError({kI32}, {0x03, kI32, 0x0C, 0, kEnd}));

  CHECK_VALID(BodyError({kI32}, {0x02, kI32, 0x41, 1, 0x41, 2, 0x0E, 2, 0, 1, 0, kEnd}));
  CHECK_INVALID(BodyError({kI32}, {0x02, 0x40, 0x41, 1, 0x41, 2, 0x0E, 1, 0, 1, kEnd, 0x41, 0}),
                "type mismatch: label 0 of br_table takes 0 values");
  CHECK_INVALID(BodyError({kI32}, {0x02, kI64, 0x41, 1, 0x41, 2, 0x0E, 1, 0, 1, kEnd, 0x00}),
                "type mismatch: br_table expected i64 but the stack holds i32");
  CHECK_INVALID(BodyError({0x41, 0, 0x0E, 1, 5, 0}), "unknown label 5");
}

TEST_CASE("code behind an unconditional branch is checked with a stack of anything") {
  CHECK_VALID(BodyError({kI32}, {0x00}));
  CHECK_VALID(BodyError({kI32}, {0x00, 0x6A}));
  CHECK_VALID(BodyError({kI32}, {0x00, 0x42, 1, 0x50}));  // i64.const, i64.eqz
  CHECK_VALID(BodyError({0x00, 0x1B, 0x1A}));             // select of unknowns, drop
  CHECK_VALID(BodyError({kI32}, {0x00, 0x1B, 0x45}));     // select's result fits i32
  CHECK_VALID(BodyError({kI32}, {0x00, 0xD1}));           // ref.is_null
  CHECK_VALID(BodyError({0x00, 0x0E, 1, 0, 0}));
  CHECK_INVALID(BodyError({kI32}, {0x00, 0x42, 1, 0x45}), "type mismatch: i32.eqz expected i32");
  CHECK_INVALID(BodyError({0x00, 0x41, 1}), "type mismatch: 1 value too many");
  CHECK_INVALID(BodyError({0x00, 0x20, 0}), "unknown local 0");
  // It ends with the block.
  CHECK_INVALID(BodyError({kI32}, {0x02, 0x40, 0x00, kEnd}), "type mismatch: end expected i32");
}

TEST_CASE("locals are parameters and declarations, however many") {
  const Bytes parameters = {kI32, kF64};
  const Bytes locals = Bytes{3, 2, kI64} + U32(40'000) + Bytes{kF32, 1, kFuncRef};
  const auto get = [&](std::size_t index, std::uint8_t type) {
    return ErrorOf(ModuleWith(parameters, {type}, locals, Bytes{0x20} + U32(index)));
  };
  CHECK_VALID(get(0, kI32));
  CHECK_VALID(get(1, kF64));
  CHECK_VALID(get(2, kI64));
  CHECK_VALID(get(3, kI64));
  CHECK_VALID(get(4, kF32));
  CHECK_VALID(get(1023, kF32));
  CHECK_VALID(get(1024, kF32));
  CHECK_VALID(get(40'003, kF32));
  CHECK_VALID(get(40'004, kFuncRef));
  CHECK_INVALID(get(40'003, kI32), "type mismatch");
  CHECK_INVALID(get(40'005, kI32), "unknown local 40005: the function has 40005 locals");
  CHECK_INVALID(ErrorOf(ModuleWith({kI32}, {}, {0}, {0x42, 1, 0x21, 0})),
                "type mismatch: local.set expected i32");
  CHECK_VALID(ErrorOf(ModuleWith({kI32}, {kI32}, {0}, {0x41, 1, 0x22, 0})));
}

TEST_CASE("globals: only the mutable ones can be set") {
  CHECK_VALID(BodyError({kI32}, {0x23, 0}));
  CHECK_VALID(BodyError({0x42, 1, 0x24, 1}));
  CHECK_INVALID(BodyError({0x41, 1, 0x24, 0}), "immutable global");
  CHECK_INVALID(BodyError({0x23, 2, 0x1A}), "unknown global 2");
  CHECK_INVALID(BodyError({0x41, 1, 0x24, 1}), "type mismatch: global.set expected i64");
}

TEST_CASE("calls") {
  CHECK_VALID(BodyError({kI64, kI32}, {0x41, 1, 0x42, 2, 0x10, 1}));
  CHECK_INVALID(BodyError({0x10, 9}), "unknown function 9: the module has 3 functions");
  CHECK_INVALID(BodyError({kI64, kI32}, {0x42, 1, 0x42, 2, 0x10, 1}),
                "type mismatch: call expected i32 but the stack holds i64");
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x41, 0, 0x11, 2, 0}));
  CHECK_INVALID(BodyError({0x41, 0, 0x11, 9, 0}), "unknown type 9");
  CHECK_INVALID(BodyError({0x41, 0, 0x11, 0, 9}), "unknown table 9");
  CHECK_INVALID(BodyError({0x41, 0, 0x11, 0, 1}),
                "type mismatch: call_indirect expected a table of funcref but table 1 holds "
                "externref");
}

TEST_CASE("select") {
  CHECK_VALID(BodyError({kF32}, {0x43, 0, 0, 0, 0, 0x43, 0, 0, 0, 0, 0x41, 1, 0x1B}));
  CHECK_INVALID(BodyError({kI32}, {0x41, 1, 0x42, 1, 0x41, 1, 0x1B}), "type mismatch: select");
  CHECK_INVALID(BodyError({kFuncRef}, {0xD0, kFuncRef, 0xD0, kFuncRef, 0x41, 1, 0x1B}),
                "type mismatch: select without a type expected numbers");
  CHECK_VALID(BodyError({kFuncRef}, {0xD0, kFuncRef, 0xD0, kFuncRef, 0x41, 1, 0x1C, 1, kFuncRef}));
  CHECK_INVALID(BodyError({0x00, 0x1C, 0}), "invalid result arity");
  CHECK_INVALID(BodyError({0x00, 0x1C, 2, kI32, kI32}), "invalid result arity");
}

TEST_CASE("memory instructions") {
  CHECK_VALID(BodyError({kI64}, {0x41, 0, 0x29, 3, 0}));
  CHECK_VALID(BodyError({0x41, 0, 0x41, 1, 0x3A, 0, 0}));
  CHECK_INVALID(BodyError({kI64}, {0x41, 0, 0x29, 4, 0}),
                "alignment must not be larger than natural: i64.load has 2**4, natural is 2**3");
  CHECK_INVALID(BodyError({kI32}, {0x41, 0, 0x2D, 1, 0}), "alignment must not be larger");
  CHECK_VALID(BodyError({kI32}, {0x41, 0, 0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
  CHECK_INVALID(BodyError({kI32}, {0x41, 0, 0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x10}),
                "offset out of range");
  CHECK_INVALID(BodyError({kI32}, {0x41, 0, 0x28, 0x42, 1, 0}), "unknown memory 1");
  CHECK_VALID(BodyError({kI32}, {0x41, 1, 0x40, 0}));
  CHECK_INVALID(BodyError({kI32}, {0x3F, 1}), "unknown memory 1");
  CHECK_VALID(BodyError({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 8, 0, 0}));  // memory.init
  CHECK_INVALID(BodyError({0xFC, 9, 1}), "unknown data segment 1");
  CHECK_VALID(BodyError({0xFC, 9, 0}));
  CHECK_INVALID(BodyError({0x41, 0, 0x41, 0, 0x42, 0, 0xFC, 10, 0, 0}),
                "type mismatch: memory.copy expected i32");

  const std::string error = ErrorOf(File({
      Section(kTypeSection, {FunctionTypeBytes({}, {})}),
      Section(kFunctionSection, {{0}}),
      Section(kCodeSection, {Code({0x3F, 0, 0x1A})}),
  }));
  CHECK_INVALID(error, "unknown memory 0: memory.size needs it, the module has 0 memories");
}

TEST_CASE("data segments in code need the data count section") {
  CHECK_INVALID(ErrorOf(File({
                    Section(kTypeSection, {FunctionTypeBytes({}, {})}),
                    Section(kFunctionSection, {{0}}),
                    Section(kCodeSection, {Code({0xFC, 9, 0})}),
                    Section(kDataSection, {Bytes{1} + Text("x")}),
                })),
                "data count section required: data.drop");
}

TEST_CASE("table instructions") {
  CHECK_VALID(BodyError({kExternRef}, {0x41, 0, 0x25, 1}));
  CHECK_INVALID(BodyError({kFuncRef}, {0x41, 0, 0x25, 1}), "type mismatch");
  CHECK_VALID(BodyError({0x41, 0, 0xD0, kFuncRef, 0x26, 0}));
  CHECK_INVALID(BodyError({0x41, 0, 0xD0, kFuncRef, 0x26, 1}),
                "type mismatch: table.set expected externref but the stack holds funcref");
  CHECK_VALID(BodyError({kI32}, {0xD0, kFuncRef, 0x41, 1, 0xFC, 15, 0}));   // table.grow
  CHECK_VALID(BodyError({kI32}, {0xFC, 16, 1}));                            // table.size
  CHECK_VALID(BodyError({0x41, 0, 0xD0, kFuncRef, 0x41, 1, 0xFC, 17, 0}));  // table.fill
  const Bytes three = {0x41, 0, 0x41, 0, 0x41, 0};
  CHECK_VALID(BodyError(three + Bytes{0xFC, 12, 0, 0}));
  CHECK_VALID(BodyError(three + Bytes{0xFC, 12, 1, 1}));
  CHECK_INVALID(BodyError(three + Bytes{0xFC, 12, 1, 0}), "type mismatch: table.init of table 0");
  CHECK_INVALID(BodyError(three + Bytes{0xFC, 12, 4, 0}), "unknown elem segment 4");
  CHECK_INVALID(BodyError(three + Bytes{0xFC, 12, 0, 4}), "unknown table 4");
  CHECK_VALID(BodyError(three + Bytes{0xFC, 14, 1, 1}));
  CHECK_INVALID(BodyError(three + Bytes{0xFC, 14, 1, 0}), "type mismatch: table.copy");
  CHECK_VALID(BodyError({0xFC, 13, 1}));
  CHECK_INVALID(BodyError({0xFC, 13, 2}), "unknown elem segment 2");
}

TEST_CASE("references") {
  CHECK_VALID(BodyError({kI32}, {0xD0, kExternRef, 0xD1}));
  CHECK_INVALID(BodyError({kI32}, {0x41, 0, 0xD1}),
                "type mismatch: ref.is_null expected a reference but the stack holds i32");
  CHECK_VALID(BodyError({kFuncRef}, {0xD2, 1}));
  CHECK_INVALID(BodyError({kFuncRef}, {0xD2, 2}), "undeclared function reference: function 2");
  CHECK_INVALID(BodyError({kFuncRef}, {0xD2, 7}), "unknown function 7");
}

TEST_CASE("errors of the encoding are located in their function too") {
  const std::string error = BodyError({0xFB, 0x1C});
  CHECK_INVALID(error,
                "ref.i31 needs the garbage collection proposal, which this release does not "
                "support, at byte offset 0x");
  CHECK(error.find(" in function 0") != std::string::npos);
}

TEST_CASE("constant expressions") {
  const auto global = [](std::uint8_t type, const Bytes& expression) {
    return ErrorOf(File({
        Section(kImportSection, {Text("m") + Text("a") + Bytes{3, kI32, 0},
                                 Text("m") + Text("b") + Bytes{3, kI32, 1}}),
        Section(kGlobalSection, {Bytes{type, 0} + expression + Bytes{kEnd}}),
    }));
  };
  CHECK_VALID(global(kI32, {0x41, 1}));
  CHECK_VALID(global(kI32, {0x23, 0}));
  CHECK_VALID(global(kI32, {0x23, 0, 0x41, 4, 0x41, 5, 0x6C, 0x6A}));
  CHECK_VALID(global(kExternRef, {0xD0, kExternRef}));
  CHECK_INVALID(global(kI32, {0x42, 1}),
                "type mismatch: the initializer of global 2 gives i64, expected i32, at byte "
                "offset 0x");
  CHECK_INVALID(global(kI32, {}), "type mismatch: the initializer of global 2 gives 0 values");
  CHECK_INVALID(global(kI32, {0x41, 1, 0x41, 1}), "type mismatch");
  CHECK_INVALID(global(kI32, {0x41, 1, 0x6A}), "type mismatch");
  CHECK_INVALID(global(kI32, {0x41, 1, 0x42, 1, 0x6A}), "type mismatch");
  CHECK_INVALID(global(kI32, {0x23, 1}), "constant expression required");
  CHECK_INVALID(global(kI32, {0x23, 2}), "unknown global 2");  // itself
  CHECK_INVALID(global(kFuncRef, {0xD2, 0}), "unknown function 0");
}

TEST_CASE("segments") {
  const Bytes table = Section(kTableSection, {{kFuncRef, 0, 1}});
  const Bytes memory = Section(kMemorySection, {{0, 1}});
  CHECK_VALID(ErrorOf(File({table, Section(kElementSection, {{0, 0x41, 0, kEnd, 0}})})));
  CHECK_INVALID(ErrorOf(File({Section(kElementSection, {{0, 0x41, 0, kEnd, 0}})})),
                "unknown table 0");
  CHECK_INVALID(ErrorOf(File({table, Section(kElementSection, {{0, 0x42, 0, kEnd, 0}})})),
                "type mismatch: the offset of element segment 0 gives i64");
  CHECK_INVALID(ErrorOf(File({table, Section(kElementSection, {{0, 0x41, 0, kEnd, 1, 3}})})),
                "unknown function 3");
  CHECK_INVALID(
      ErrorOf(File({table, Section(kElementSection, {{6, 0, 0x41, 0, kEnd, kExternRef, 0}})})),
      "type mismatch: element segment 0 of externref is for table 0 of funcref");
  CHECK_VALID(ErrorOf(File({memory, Section(kDataSection, {{0, 0x41, 0, kEnd, 0}})})));
  CHECK_INVALID(ErrorOf(File({Section(kDataSection, {{0, 0x41, 0, kEnd, 0}})})),
                "unknown memory 0");
  CHECK_INVALID(ErrorOf(File({memory, Section(kDataSection, {{2, 1, 0x41, 0, kEnd, 0}})})),
                "unknown memory 1");
}

TEST_CASE("memories and tables keep to their limits") {
  const auto memory = [](const Bytes& limits) {
    return ErrorOf(File({Section(kMemorySection, {limits})}));
  };
  CHECK_VALID(memory(Bytes{1} + U32(65536) + U32(65536)));
  CHECK_INVALID(memory(Bytes{0} + U32(65537)), "memory size must be at most 65536 pages (4 GiB)");
  CHECK_INVALID(memory(Bytes{1, 0} + U32(65537)), "memory size must be at most 65536 pages");
  CHECK_INVALID(memory({1, 2, 1}),
                "size minimum must not be greater than maximum: 2 is greater "
                "than 1");
  CHECK_VALID(ErrorOf(File({Section(kMemorySection, {{0, 1}, {0, 1}})})));
  CHECK_VALID(memory(Bytes{4} + U32(65537)));
  CHECK_INVALID(memory({2, 1}), "shared memory must have maximum");
  CHECK_INVALID(memory({8, 1, 3}), "invalid custom page size: it is 1 or 65536 bytes, not 2**3");
  const auto table = [](const Bytes& limits) {
    return ErrorOf(File({Section(kTableSection, {Bytes{kFuncRef} + limits})}));
  };
  CHECK_VALID(table(Bytes{1, 0} + U32(0xFFFF'FFFF)));
  CHECK_INVALID(table(Bytes{0} + U32(0x1'0000'0000)), "table size must be at most 4294967295");
  CHECK_INVALID(table({1, 2, 1}), "size minimum must not be greater than maximum");
}

TEST_CASE("table initializers") {
  const auto table = [](const Bytes& expression) {
    return ErrorOf(File(
        {Section(kTableSection, {Bytes{0x40, 0, kExternRef, 0, 1} + expression + Bytes{kEnd}})}));
  };
  CHECK_VALID(table({0xD0, kExternRef}));
  CHECK_INVALID(table({0xD0, kFuncRef}), "type mismatch: the initializer of table 0 gives funcref");
  CHECK_INVALID(table({0x23, 0}), "unknown global 0");
}

TEST_CASE("types, start and exports exist and fit") {
  const Bytes types =
      Section(kTypeSection, {FunctionTypeBytes({}, {}), FunctionTypeBytes({kI32}, {})});
  const Bytes functions = Section(kFunctionSection, {{0}, {1}});
  const Bytes code = Section(kCodeSection, {Code({}), Code({})});
  CHECK_INVALID(
      ErrorOf(File({types, Section(kFunctionSection, {{2}}), Section(kCodeSection, {Code({})})})),
      "unknown type 2: function 0 has it");
  CHECK_INVALID(ErrorOf(File({Section(kImportSection, {Text("m") + Text("f") + Bytes{0, 0}})})),
                "unknown type 0");
  CHECK_VALID(ErrorOf(File({types, functions, Section(kStartSection, Bytes{0}), code})));
  CHECK_INVALID(ErrorOf(File({types, functions, Section(kStartSection, Bytes{1}), code})),
                "start function: function 1 must have no parameters");
  CHECK_INVALID(ErrorOf(File({types, functions, Section(kStartSection, Bytes{2}), code})),
                "unknown function 2: it is the start function");
  const auto exported = [&](std::initializer_list<Bytes> entries) {
    return ErrorOf(File({types, functions, Section(kExportSection, entries), code}));
  };
  CHECK_VALID(exported({Text("a") + Bytes{0, 0}, Text("b") + Bytes{0, 0}}));
  CHECK_INVALID(
      exported({Text("a") + Bytes{0, 0}, Text("b") + Bytes{0, 1}, Text("a") + Bytes{0, 1}}),
      "duplicate export name: \"a\"");
  CHECK_INVALID(exported({Text("a") + Bytes{0, 2}}), "unknown function 2: export \"a\" names it");
  CHECK_INVALID(exported({Text("a") + Bytes{1, 0}}), "unknown table 0");
  CHECK_INVALID(exported({Text("a") + Bytes{2, 0}}), "unknown memory 0");
  CHECK_INVALID(exported({Text("a") + Bytes{3, 0}}), "unknown global 0");
}

TEST_CASE("nesting as deep as the file allows needs no machine stack") {
  constexpr std::size_t kDepth = 500'000;
  CHECK_VALID(BodyError(Repeat(kDepth, {0x02, 0x40}) + Repeat(kDepth, {kEnd})));
}

TEST_CASE("a small file cannot make the operand stack grow without bound") {
  // Each call pushes a thousand values.
  const Bytes calls = Repeat(2'000, {0x10, 0});
  const std::string error = ErrorOf(File({
      Section(kTypeSection, {FunctionTypeBytes({}, Repeat(1000, {kI32}))}),
      Section(kFunctionSection, {{0}}),
      Section(kCodeSection, {Code(calls)}),
  }));
  CHECK_INVALID(error,
                "too many operands: the stack would hold 1001000, this implementation "
                "supports at most 1000000");
}

}  // namespace
}  // namespace tenon::wasm::test
