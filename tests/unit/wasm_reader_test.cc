// What users rely on from the reader: each part of a module is decoded, and
// what is malformed or of a later proposal is refused with a sentence that says
// so.
#include <doctest/doctest.h>

#include <string>

#include "compiler/wasm/instruction.h"
#include "compiler/wasm/leb128.h"
#include "compiler/wasm/reader/reader.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::wasm::test {
namespace {

// The error of reading `bytes`, or "" if they are well-formed.
std::string ErrorOf(const Bytes& bytes) {
  const Result<Module> module = ReadModule(bytes);
  return module.ok() ? "" : module.error().text();
}

bool Contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

#define CHECK_REFUSED(bytes, part)                   \
  do {                                               \
    const std::string actual_error = ErrorOf(bytes); \
    CAPTURE(actual_error);                           \
    CHECK(Contains(actual_error, part));             \
  } while (false)

TEST_CASE("the empty module is eight bytes") {
  const Bytes bytes = File({});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  CHECK(module->functions.empty());
  CHECK_FALSE(module->start_function.has_value());
}

TEST_CASE("what is no module is told apart") {
  CHECK(ErrorOf({}) ==
        "unexpected end: a WebAssembly module begins with 8 bytes, but there are only 0");
  CHECK(ErrorOf({0, 'a', 's', 'm', 1, 0}) ==
        "unexpected end: the version of the binary format is cut off");
  CHECK_REFUSED((Bytes{'\x7F', 'E', 'L', 'F', 0, 0, 0, 0}),
                "magic header not detected: the file begins with the bytes 7f 45 4c 46");
  CHECK_REFUSED((Bytes{'(', 'm', 'o', 'd', 'u', 'l', 'e', ')'}), "the text format");
  CHECK(ErrorOf({0, 'a', 's', 'm', 2, 0, 0, 0}) ==
        "unknown binary version 0x2, this release reads version 0x1");
  CHECK_REFUSED((Bytes{0, 'a', 's', 'm', 13, 0, 1, 0}), "component");
}

TEST_CASE("LEB128 integers keep to their number of bytes and bits") {
  const auto unsigned32 = [](Bytes bytes, std::uint32_t expected) {
    std::size_t position = 0;
    std::uint32_t value = 0;
    const LebError error = ReadLeb128<32>(bytes, position, value);
    if (error == LebError::kNone) {
      CHECK(value == expected);
      CHECK(position == bytes.size());
    }
    return error;
  };
  CHECK(unsigned32({0x00}, 0) == LebError::kNone);
  CHECK(unsigned32({0xE5, 0x8E, 0x26}, 624485) == LebError::kNone);
  CHECK(unsigned32({0x80, 0x80, 0x80, 0x80, 0x00}, 0) == LebError::kNone);
  CHECK(unsigned32({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, 0xFFFF'FFFF) == LebError::kNone);
  CHECK(unsigned32({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, 0) == LebError::kTooLarge);
  CHECK(unsigned32({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 0) == LebError::kTooLong);
  CHECK(unsigned32({0x80}, 0) == LebError::kUnexpectedEnd);
  CHECK(unsigned32({}, 0) == LebError::kUnexpectedEnd);

  const auto signed32 = [](Bytes bytes, std::int32_t expected) {
    std::size_t position = 0;
    std::int32_t value = 0;
    const LebError error = ReadLeb128<32>(bytes, position, value);
    if (error == LebError::kNone) CHECK(value == expected);
    return error;
  };
  CHECK(signed32({0x7F}, -1) == LebError::kNone);
  CHECK(signed32({0x40}, -64) == LebError::kNone);
  CHECK(signed32({0xC0, 0xBB, 0x78}, -123456) == LebError::kNone);
  CHECK(signed32({0x80, 0x80, 0x80, 0x80, 0x78}, INT32_MIN) == LebError::kNone);
  CHECK(signed32({0xFF, 0xFF, 0xFF, 0xFF, 0x07}, INT32_MAX) == LebError::kNone);
  CHECK(signed32({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, 0) == LebError::kTooLarge);
  CHECK(signed32({0x80, 0x80, 0x80, 0x80, 0x70}, 0) == LebError::kTooLarge);

  const Bytes minimum = Repeat(9, {0x80}) + Bytes{0x7F};
  std::size_t position = 0;
  std::int64_t value = 0;
  CHECK(ReadLeb128<64>(minimum, position, value) == LebError::kNone);
  CHECK(value == INT64_MIN);
}

TEST_CASE("sections stand in order and fill their size") {
  const Bytes type = Section(kTypeSection, {FunctionTypeBytes({}, {})});
  CHECK_REFUSED(File({type, type}),
                "unexpected content after last section: the type section at byte offset 0xe is the "
                "second one");
  CHECK_REFUSED(File({Section(kMemorySection, {{0x00, 0x01}}), type}), "out of order");
  CHECK_REFUSED(File({{kTypeSection, 5, 1, 0x60, 0, 0, 0}}), "section size mismatch");
  CHECK_REFUSED(File({{kTypeSection, 9, 1, 0x60, 0, 0}}), "length out of bounds");
  CHECK_REFUSED(File({{14, 0}}), "malformed section id 14, at byte offset 0x8");
  CHECK_REFUSED(File({{kTypeSection, 2, 1, 0x60}}), "unexpected end of section or function");
  CHECK_REFUSED(File({{kTypeSection}}), "unexpected end");
}

TEST_CASE("custom sections stand anywhere and are kept") {
  const Bytes custom = Section(kCustomSection, Text("producers") + Bytes{1, 2, 3});
  const Bytes bytes = File({custom, Section(kTypeSection, {FunctionTypeBytes({}, {})}), custom});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  REQUIRE(module->custom_sections.size() == 2);
  CHECK(module->custom_sections[1].name == "producers");
  CHECK(module->custom_sections[1].bytes.size() == 3);
  CHECK_REFUSED(File({Section(kCustomSection, {5, 'a'})}), "length out of bounds");
}

TEST_CASE("names are UTF-8") {
  const auto error_of_name = [](const Bytes& name) {
    return ErrorOf(File({Section(kCustomSection, Sized(name))}));
  };
  CHECK(error_of_name({0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80}).empty());
  for (const Bytes& name : {
           Bytes{0x80},                    // continuation first
           Bytes{0xC3},                    // cut off
           Bytes{0xC0, 0x80},              // overlong
           Bytes{0xE0, 0x80, 0x80},        // overlong
           Bytes{0xED, 0xA0, 0x80},        // surrogate
           Bytes{0xF4, 0x90, 0x80, 0x80},  // beyond U+10FFFF
           Bytes{0xFF},
       }) {
    CHECK(Contains(error_of_name(name), "malformed UTF-8 encoding"));
  }
}

TEST_CASE("every part of a module is decoded") {
  const Bytes bytes = File({
      Section(kTypeSection,
              {FunctionTypeBytes({}, {}), FunctionTypeBytes({kI32, kI64}, {kF32, kF64})}),
      Section(kImportSection,
              {
                  Text("env") + Text("f") + Bytes{0x00, 1},
                  Text("env") + Text("t") + Bytes{0x01, kExternRef, 0x01, 1, 2},
                  Text("env") + Text("g") + Bytes{0x03, kI64, 0x01},
              }),
      Section(kFunctionSection, {{0}, {1}}),
      Section(kTableSection, {{kFuncRef, 0x00, 3}}),
      Section(kMemorySection, {{0x01, 1, 16}}),
      Section(kGlobalSection, {{kI32, 0x00, 0x41, 0x7F, kEnd}}),
      Section(kExportSection, {Text("run") + Bytes{0x00, 2}, Text("memory") + Bytes{0x02, 0}}),
      Section(kStartSection, Bytes{1}),
      Section(kElementSection, {{0x00, 0x41, 0, kEnd, 1, 1}}),
      Section(kDataCountSection, Bytes{1}),
      Section(kCodeSection,
              {
                  Code({}),
                  Sized({2, 3, kI32, 1, kFuncRef, 0x00, kEnd}),
              }),
      Section(kDataSection, {Bytes{0x00, 0x41, 8, kEnd} + Text("hello")}),
  });
  const Result<Module> result = ReadModule(bytes);
  CAPTURE((result.ok() ? "" : result.error().text()));
  REQUIRE(result.ok());
  const Module& module = result.value();

  REQUIRE(module.types.size() == 2);
  CHECK(module.types[1].parameters == std::vector{ValueType::kI32, ValueType::kI64});
  CHECK(module.types[1].results == std::vector{ValueType::kF32, ValueType::kF64});

  REQUIRE(module.imports.size() == 3);
  CHECK(module.imports[0].module == "env");
  CHECK(module.imports[2].name == "g");
  CHECK(module.imports[2].kind == ExternKind::kGlobal);
  CHECK(module.imports[2].index == 0);
  CHECK(module.imported_functions == 1);
  CHECK(module.imported_tables == 1);
  CHECK(module.imported_memories == 0);
  CHECK(module.imported_globals == 1);

  REQUIRE(module.functions.size() == 3);
  CHECK(module.functions[0].imported);
  CHECK(module.functions[0].type_index == 1);
  const Function& run = module.functions[2];
  CHECK(run.type_index == 1);
  REQUIRE(run.locals.size() == 2);
  CHECK(run.locals[0].count == 3);
  CHECK(run.locals[1].type == ValueType::kFuncRef);
  REQUIRE(run.body.size() == 2);
  CHECK(run.body.data() == bytes.data() + run.body_offset);
  CHECK(run.body[0] == 0x00);

  REQUIRE(module.tables.size() == 2);
  CHECK(module.tables[0].element_type == ValueType::kExternRef);
  CHECK(module.tables[0].limits.maximum == 2);
  CHECK(module.tables[1].limits.minimum == 3);
  CHECK_FALSE(module.tables[1].limits.maximum.has_value());
  REQUIRE(module.memories.size() == 1);
  CHECK(module.memories[0].limits.maximum == 16);

  REQUIRE(module.globals.size() == 2);
  CHECK(module.globals[0].is_mutable);
  CHECK(module.globals[0].imported);
  REQUIRE(module.globals[1].initializer.size() == 1);
  CHECK(module.globals[1].initializer[0].value == 0xFFFF'FFFF);

  REQUIRE(module.exports.size() == 2);
  CHECK(module.exports[0].name == "run");
  CHECK(module.exports[1].kind == ExternKind::kMemory);
  CHECK(module.start_function == 1);
  CHECK(module.data_count == 1);
  REQUIRE(module.element_segments.size() == 1);
  CHECK(module.element_segments[0].mode == SegmentMode::kActive);
  REQUIRE(module.data_segments.size() == 1);
  CHECK(module.data_segments[0].bytes.size() == 5);
  CHECK(module.data_segments[0].offset[0].value == 8);

  // Exported or in an element segment.
  CHECK_FALSE(module.functions[0].referenced);
  CHECK(module.functions[1].referenced);
  CHECK(module.functions[2].referenced);
}

TEST_CASE("all eight forms of element segments") {
  const Bytes function = {1, 0};                   // a vector of the index 0
  const Bytes expression = {1, 0xD2, 0, kEnd};     // a vector of ref.func 0
  const Bytes null = {1, 0xD0, kExternRef, kEnd};  // a vector of ref.null extern
  const Bytes offset = {0x41, 0, kEnd};
  const Bytes bytes =
      File({Section(kElementSection, {
                                         Bytes{0} + offset + function,
                                         Bytes{1, 0x00} + function,
                                         Bytes{2, 7} + offset + Bytes{0x00} + function,
                                         Bytes{3, 0x00} + function,
                                         Bytes{4} + offset + expression,
                                         Bytes{5, kExternRef} + null,
                                         Bytes{6, 7} + offset + Bytes{kFuncRef} + expression,
                                         Bytes{7, kFuncRef} + expression,
                                     })});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  REQUIRE(module->element_segments.size() == 8);
  const SegmentMode modes[] = {SegmentMode::kActive, SegmentMode::kPassive, SegmentMode::kActive,
                               SegmentMode::kDeclarative};
  for (std::size_t i = 0; i < 8; ++i) {
    const ElementSegment& segment = module->element_segments[i];
    CAPTURE(i);
    CHECK(segment.mode == modes[i % 4]);
    CHECK(segment.table_index == (i % 4 == 2 ? 7 : 0));
    CHECK(segment.offset.size() == (segment.mode == SegmentMode::kActive ? 1 : 0));
    REQUIRE(segment.items.size() == 1);
    // Function indices are references that are not null.
    const ValueType functions = i < 4 ? ReferenceTo(kFuncHeap, false) : ValueType::kFuncRef;
    CHECK(segment.type == (i == 5 ? ValueType::kExternRef : functions));
    CHECK(segment.items[0][0].kind ==
          (i == 5 ? ConstantOperation::Kind::kRefNull : ConstantOperation::Kind::kRefFunc));
  }
  CHECK_REFUSED(File({Section(kElementSection, {{8}})}), "malformed elements segment kind 8");
  CHECK_REFUSED(File({Section(kElementSection, {{1, 1, 0}})}), "malformed element kind 0x01");
}

TEST_CASE("all three forms of data segments") {
  const Bytes bytes = File({Section(kDataSection, {
                                                      Bytes{0, 0x41, 0, kEnd} + Text("a"),
                                                      Bytes{1} + Text("bc"),
                                                      Bytes{2, 5, 0x41, 0, kEnd} + Text("def"),
                                                  })});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  REQUIRE(module->data_segments.size() == 3);
  CHECK(module->data_segments[0].mode == SegmentMode::kActive);
  CHECK(module->data_segments[1].mode == SegmentMode::kPassive);
  CHECK(module->data_segments[1].bytes.size() == 2);
  CHECK(module->data_segments[2].memory_index == 5);
  CHECK_REFUSED(File({Section(kDataSection, {{3}})}), "malformed data segment kind 3");
}

TEST_CASE("constant expressions are decoded with extended-const arithmetic") {
  using Kind = ConstantOperation::Kind;
  // (i64.add (i64.const -1) (i64.mul (global.get 0) (i64.const 2)))
  const Bytes bytes = File(
      {Section(kGlobalSection, {{kI64, 0x01, 0x42, 0x7F, 0x23, 0, 0x42, 2, 0x7E, 0x7C, kEnd}})});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  const ConstantExpression& expression = module->globals[0].initializer;
  REQUIRE(expression.size() == 5);
  CHECK(expression[0].kind == Kind::kI64Const);
  CHECK(expression[0].value == ~std::uint64_t{0});
  CHECK(expression[1].kind == Kind::kGlobalGet);
  CHECK(expression[3].kind == Kind::kI64Mul);
  CHECK(expression[4].kind == Kind::kI64Add);

  CHECK(ErrorOf(File({Section(kGlobalSection, {{kI32, 0, 0x41, 0, 0x45, kEnd}})})) ==
        "constant expression required: i32.eqz is not constant, at byte offset 0xf in the global "
        "section");
  CHECK_REFUSED(File({Section(kGlobalSection, {{kI32, 0, 0x41, 0}})}), "unexpected end");
}

TEST_CASE("a table may have an initializer") {
  const Bytes bytes = File({Section(
      kTableSection, {{0x40, 0x00, kFuncRef, 0x00, 3, 0xD0, kFuncRef, kEnd}, {kFuncRef, 0, 1}})});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  CHECK(module->tables[0].initializer.size() == 1);
  CHECK(module->tables[1].initializer.empty());
  CHECK_REFUSED(File({Section(kTableSection, {{0x40, 0x00, kFuncRef, 0x00, 3, kEnd}})}),
                "type mismatch");
}

TEST_CASE("the sections must agree on their counts") {
  const Bytes type = Section(kTypeSection, {FunctionTypeBytes({}, {})});
  CHECK(ErrorOf(File(
            {type, Section(kFunctionSection, {{0}, {0}}), Section(kCodeSection, {Code({})})})) ==
        "function and code section have inconsistent lengths: 2 functions are declared, but 1 have "
        "code");
  CHECK_REFUSED(File({type, Section(kFunctionSection, {{0}})}), "inconsistent lengths");
  CHECK_REFUSED(File({type, Section(kCodeSection, {Code({})})}), "inconsistent lengths");
  CHECK(ErrorOf(File({Section(kDataCountSection, Bytes{2}),
                      Section(kDataSection, {Bytes{1} + Text("a")})})) ==
        "data count and data section have inconsistent lengths: 2 segments are announced, but "
        "there are 1");
  CHECK_REFUSED(File({Section(kDataCountSection, Bytes{1})}), "inconsistent lengths");
}

TEST_CASE("a count that the bytes cannot hold is refused before anything is allocated") {
  const Bytes huge = U32(0xFFFF'FFFF);
  for (const std::uint8_t id :
       {kTypeSection, kImportSection, kFunctionSection, kTableSection, kMemorySection,
        kGlobalSection, kExportSection, kElementSection, kCodeSection, kDataSection}) {
    CAPTURE(id);
    CHECK_REFUSED(File({Section(id, huge)}), "unexpected end");
  }
  CHECK_REFUSED(File({Section(kTypeSection, Bytes{1, 0x60} + huge)}), "unexpected end");
}

TEST_CASE("the limits of this implementation are named with both figures") {
  const Bytes type = Section(kTypeSection, {FunctionTypeBytes({}, {})});
  const Bytes function = Section(kFunctionSection, {{0}});
  const auto with_locals = [&](std::size_t a, std::size_t b) {
    return File({type, function,
                 Section(kCodeSection,
                         {Sized(Bytes{2} + U32(a) + Bytes{kI32} + U32(b) + Bytes{kI64, kEnd})})});
  };
  CHECK(ErrorOf(with_locals(20'000, 30'000)).empty());
  CHECK_REFUSED(with_locals(20'001, 30'000),
                "too many locals: function 0 has 50001 or more, this implementation supports at "
                "most 50000");
  CHECK_REFUSED(with_locals(0xFFFF'FFFF, 0xFFFF'FFFF), "too many locals");
  CHECK_REFUSED(File({Section(kTypeSection, {FunctionTypeBytes(Repeat(1001, {kI32}), {})})}),
                "too many parameters: the module has 1001, this implementation supports at most "
                "1000");
}

TEST_CASE("encodings that belong to nothing are malformed") {
  CHECK_REFUSED(File({Section(kTypeSection, {{0x61, 0, 0}})}), "malformed function type");
  CHECK_REFUSED(File({Section(kTypeSection, {FunctionTypeBytes({0x30}, {})})}),
                "malformed value type 0x30");
  CHECK_REFUSED(File({Section(kTableSection, {{kI32, 0, 0}})}), "malformed reference type 0x7f");
  CHECK_REFUSED(File({Section(kMemorySection, {{0x10, 0}})}), "malformed limits flags 0x10");
  CHECK_REFUSED(File({Section(kTableSection, {{kFuncRef, 0x08, 0}})}),
                "malformed limits flags 0x08");
  CHECK_REFUSED(File({Section(kGlobalSection, {{kI32, 2, 0x41, 0, kEnd}})}),
                "malformed mutability 0x02");
  CHECK_REFUSED(File({Section(kImportSection, {Text("") + Text("") + Bytes{5, 0}})}),
                "malformed import kind 0x05");
  CHECK_REFUSED(File({Section(kExportSection, {Text("") + Bytes{5, 0}})}),
                "malformed export kind 0x05");
}

TEST_CASE("equal recursive groups have one representative") {
  // (rec (func (param (ref null 1))) (func)), the same again, and one with another reference.
  const auto group = [](std::uint8_t reference) {
    return Bytes{0x4E, 2, 0x60, 1, 0x63, reference, 0} + FunctionTypeBytes({}, {});
  };
  const Bytes bytes = File({Section(kTypeSection, {group(1), group(3), group(1)})});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE_MESSAGE(module.ok(), (module.ok() ? "" : module.error().text()));
  REQUIRE(module->types.size() == 6);
  CHECK(module->type_declarations[2].canonical == 0);
  CHECK(module->type_declarations[3].canonical == 1);
  CHECK(module->type_declarations[4].canonical == 4);
  CHECK(module->types[4].parameters[0] == ReferenceTo(1, true));
  CHECK_REFUSED(File({Section(kTypeSection, {group(2)})}), "unknown type 2");
}

TEST_CASE("memories may be shared, of 64 bits and of small pages") {
  const Bytes bytes = File({Section(kMemorySection, {{0x07, 1, 2}, {0x08, 3, 0}, {0x00, 1}})});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  CHECK(module->memories[0].limits.is_64);
  CHECK(module->memories[0].limits.shared);
  CHECK(module->memories[1].limits.page_size_log2 == 0);
  CHECK(module->memories[1].limits.minimum == 3);
}

TEST_CASE("tags are read, and nothing but exceptions") {
  const Bytes bytes = File({Section(kTypeSection, {FunctionTypeBytes({kI32}, {})}),
                            Section(kImportSection, {Text("m") + Text("t") + Bytes{4, 0, 0}}),
                            Section(kTagSection, {{0, 0}})});
  const Result<Module> module = ReadModule(bytes);
  REQUIRE(module.ok());
  CHECK(module->imported_tags == 1);
  CHECK(module->tags.size() == 2);
  CHECK_REFUSED(File({Section(kTagSection, {{1, 0}})}), "malformed tag attribute 0x01");
}

TEST_CASE("later proposals are refused by name") {
  const auto type = [](const Bytes& entry) { return File({Section(kTypeSection, {entry})}); };
  CHECK(ErrorOf(type(FunctionTypeBytes({0x6D}, {}))) ==
        "eqref needs the garbage collection proposal, which this release does not support, at byte "
        "offset 0xd");
  CHECK_REFUSED(type(FunctionTypeBytes({0x6E}, {})), "anyref needs the garbage collection");
  CHECK_REFUSED(type({0x5F, 0}), "a struct type needs the garbage collection proposal");
  CHECK_REFUSED(type({0x4E, 1, 0x50, 0, 0x5E, 0x7F, 0}), "an array type needs the garbage");
  CHECK_REFUSED(File({Section(kTableSection, {{kFuncRef, 0x03, 1, 1}})}),
                "a shared table needs the shared-everything threads proposal");
}

TEST_CASE("the name section names functions, and is ignored where it is broken") {
  const Bytes parts[] = {
      Section(kTypeSection, {FunctionTypeBytes({}, {})}),
      Section(kFunctionSection, {{0}, {0}}),
      Section(kCodeSection, {Code({}), Code({})}),
  };
  const auto with_names = [&](const Bytes& names) {
    return File({parts[0], parts[1], parts[2], Section(kCustomSection, Text("name") + names)});
  };
  const Bytes module_name = Bytes{0} + Sized(Text("demo"));
  const Bytes functions =
      Bytes{1} + Sized(Vec({Bytes{0} + Text("first"), Bytes{1} + Text("second")}));
  {
    const Bytes bytes = with_names(module_name + functions);
    const Result<Module> module = ReadModule(bytes);
    REQUIRE(module.ok());
    CHECK(module->name == "demo");
    CHECK(module->functions[0].name == "first");
    CHECK(module->functions[1].name == "second");
  }
  {
    // An index out of range, then a name that is cut off: the names before stay.
    const Bytes broken =
        Bytes{1} +
        Sized(Vec({Bytes{9} + Text("none"), Bytes{1} + Text("second"), Bytes{0, 100, 'x'}}));
    const Bytes bytes = with_names(broken + module_name);
    const Result<Module> module = ReadModule(bytes);
    REQUIRE(module.ok());
    CHECK(module->name == "demo");
    CHECK(module->functions[0].name.empty());
    CHECK(module->functions[1].name == "second");
  }
  CHECK(ErrorOf(with_names({1, 0xFF, 0xFF})).empty());
  CHECK(ErrorOf(with_names(Bytes{1} + Sized(U32(0xFFFF'FFFF)))).empty());
  CHECK(ErrorOf(with_names(Bytes{1} + Sized(Vec({{0, 1, 0xFF}})))).empty());
}

// --- InstructionReader ------------------------------------------------------

Instruction Decode(InstructionReader& reader) {
  const Result<Instruction> instruction = reader.Next();
  CAPTURE((instruction.ok() ? "" : instruction.error().text()));
  REQUIRE(instruction.ok());
  return instruction.value();
}

std::string DecodeError(const Bytes& bytes) {
  InstructionReader reader(bytes, 0x100);
  const Result<Instruction> instruction = reader.Next();
  return instruction.ok() ? "" : instruction.error().text();
}

TEST_CASE("instructions come with their immediates") {
  const Bytes bytes = {
      0x02, 0x40,                                                // block
      0x03, kI32,                                                // loop (result i32)
      0x04, 0x80,     0x01,                                      // if (type 128)
      0x0E, 2,        5,          6,    7,                       // br_table 5 6 7
      0x11, 3,        1,                                         // call_indirect 1 (type 3)
      0x1C, 1,        kExternRef,                                // select (result externref)
      0x29, 0x03,     0x80,       0x08,                          // i64.load offset=1024
      0x41, 0x7F,                                                // i32.const -1
      0x42, 0x80,     0x7F,                                      // i64.const -128
      0x43, 0x00,     0x00,       0x80, 0x3F,                    // f32.const 1
      0x44, 0,        0,          0,    0,    0, 0, 0xF0, 0x3F,  // f64.const 1
      0xD0, kFuncRef,                                            // ref.null func
      0xFC, 0x08,     4,          0,                             // memory.init 4
      0xFC, 0x8E,     0x00,       1,    2,  // table.copy 1 2, the sub-opcode in two bytes
      0x0B,
  };
  InstructionReader reader(bytes, 0x100);
  Instruction instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kBlock);
  CHECK(instruction.offset == 0x100);
  CHECK(instruction.block_type.kind == BlockType::Kind::kEmpty);
  instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kLoop);
  CHECK(instruction.offset == 0x102);
  CHECK(instruction.block_type.kind == BlockType::Kind::kValue);
  CHECK(instruction.block_type.value == ValueType::kI32);
  instruction = Decode(reader);
  CHECK(instruction.block_type.kind == BlockType::Kind::kTypeIndex);
  CHECK(instruction.block_type.type_index == 128);
  instruction = Decode(reader);
  CHECK(std::vector(instruction.targets.begin(), instruction.targets.end()) ==
        std::vector<std::uint32_t>{5, 6, 7});
  instruction = Decode(reader);
  CHECK(instruction.index == 3);
  CHECK(instruction.index2 == 1);
  instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kSelectTyped);
  CHECK(instruction.type == ValueType::kExternRef);
  CHECK(instruction.type_count == 1);
  instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kI64Load);
  CHECK(instruction.align_log2 == 3);
  CHECK(instruction.memory_offset == 1024);
  CHECK(Decode(reader).bits == 0xFFFF'FFFF);
  CHECK(Decode(reader).bits == static_cast<std::uint64_t>(-128));
  CHECK(Decode(reader).bits == 0x3F80'0000);
  CHECK(Decode(reader).bits == 0x3FF0'0000'0000'0000);
  CHECK(Decode(reader).type == ValueType::kFuncRef);
  instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kMemoryInit);
  CHECK(instruction.index == 4);
  CHECK(instruction.index2 == 0);
  instruction = Decode(reader);
  CHECK(instruction.opcode == Opcode::kTableCopy);
  CHECK(instruction.index == 1);
  CHECK(instruction.index2 == 2);
  CHECK_FALSE(reader.AtEnd());
  CHECK(Decode(reader).opcode == Opcode::kEnd);
  CHECK(reader.AtEnd());
}

TEST_CASE("opcodes are where the specification has them") {
  const auto name_of = [](const Bytes& bytes) -> std::string {
    // Zeros that serve as any immediate.
    const Bytes padded = bytes + Repeat(8, {0});
    InstructionReader reader(padded, 0);
    const Result<Instruction> instruction = reader.Next();
    return instruction.ok() ? OpcodeName(instruction->opcode) : instruction.error().text();
  };
  CHECK(name_of({0x00}) == "unreachable");
  CHECK(name_of({0x24}) == "global.set");
  CHECK(name_of({0x28}) == "i32.load");
  CHECK(name_of({0x3E}) == "i64.store32");
  CHECK(name_of({0x40}) == "memory.grow");
  CHECK(name_of({0x45}) == "i32.eqz");
  CHECK(name_of({0x5A}) == "i64.ge_u");
  CHECK(name_of({0x66}) == "f64.ge");
  CHECK(name_of({0x78}) == "i32.rotr");
  CHECK(name_of({0xA6}) == "f64.copysign");
  CHECK(name_of({0xBF}) == "f64.reinterpret_i64");
  CHECK(name_of({0xC4}) == "i64.extend32_s");
  CHECK(name_of({0xD2}) == "ref.func");
  CHECK(name_of({0xFC, 0x07}) == "i64.trunc_sat_f64_u");
  CHECK(name_of({0xFC, 0x11}) == "table.fill");
}

TEST_CASE("what is no instruction of this release says what it is") {
  CHECK(DecodeError({0xFF}) == "illegal opcode ff, at byte offset 0x100");
  CHECK(DecodeError({0x27}) == "illegal opcode 27, at byte offset 0x100");
  CHECK(DecodeError({0xFC, 0x40}) == "illegal opcode fc 40, at byte offset 0x100");
  CHECK(DecodeError({0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}) ==
        "illegal opcode fd ffffffff, at byte offset 0x100");
  CHECK(DecodeError({0xFD, 0xBB, 0x01}) == "illegal opcode fd bb, at byte offset 0x100");
  CHECK(DecodeError({0xFB, 0x1C}) ==
        "ref.i31 needs the garbage collection proposal, which this release does not support, at "
        "byte offset 0x100");
  CHECK(Contains(DecodeError({0xFE, 0x03, 1}), "zero byte expected: atomic.fence"));
  CHECK(Contains(DecodeError({0xFB, 0x00}), "struct.new needs the garbage collection proposal"));
  CHECK(Contains(DecodeError({0xD0, 0x6E}), "anyref needs the garbage collection proposal"));
  CHECK(Contains(DecodeError({0x02, 0x6C}), "i31ref needs the garbage collection proposal"));
}

TEST_CASE("broken immediates are refused") {
  CHECK(DecodeError({}) == "unexpected end of section or function, at byte offset 0x100");
  CHECK(DecodeError({0x41, 0x80}) == "unexpected end of section or function, at byte offset 0x101");
  CHECK(DecodeError({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) ==
        "integer representation too long, at byte offset 0x101");
  CHECK(DecodeError({0x20, 0x80, 0x80, 0x80, 0x80, 0x10}) ==
        "integer too large, at byte offset 0x101");
  CHECK(Contains(DecodeError({0x43, 0, 0, 0}), "unexpected end"));
  CHECK(Contains(DecodeError({0x28, 0x80, 0x01, 0}), "malformed memop flags"));
  CHECK(Contains(DecodeError({0x02, 0x10 | 0x40}), "malformed block type"));
  CHECK(Contains(DecodeError({0xD0, kI32}), "malformed heap type 0x7f"));
  CHECK(Contains(DecodeError({0x1C, 1, 0x30}), "malformed value type 0x30"));
  // A branch table of four thousand million labels in seven bytes.
  CHECK(Contains(DecodeError({0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0}), "length out of bounds"));
}

}  // namespace
}  // namespace tenon::wasm::test
