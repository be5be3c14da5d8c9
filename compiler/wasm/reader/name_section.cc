#include "compiler/wasm/reader/name_section.h"

#include "compiler/wasm/byte_cursor.h"

namespace tenon::wasm {
namespace {

constexpr std::uint8_t kModuleName = 0;
constexpr std::uint8_t kFunctionNames = 1;

// Stops at the first error; what was read before stays.
Status ReadFunctionNames(ByteCursor cursor, Module& module) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, cursor.U32());
  for (std::uint32_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(const std::uint32_t index, cursor.U32());
    TENON_ASSIGN_OR_RETURN(const std::string_view name, cursor.Name());
    if (index < module.functions.size()) module.functions[index].name = name;
  }
  return Status::Ok();
}

Status ReadSubsections(std::span<const std::uint8_t> bytes, Module& module) {
  ByteCursor cursor(bytes, 0, "name section");
  while (!cursor.AtEnd()) {
    TENON_ASSIGN_OR_RETURN(const std::uint8_t id, cursor.Byte());
    TENON_ASSIGN_OR_RETURN(const std::uint32_t size, cursor.U32());
    TENON_ASSIGN_OR_RETURN(const std::span<const std::uint8_t> content, cursor.Bytes(size));
    ByteCursor subsection(content, 0, "name section");
    if (id == kModuleName) {
      if (const Result<std::string_view> name = subsection.Name(); name.ok()) {
        module.name = name.value();
      }
    } else if (id == kFunctionNames) {
      // A broken subsection does not spoil the next ones, whose place is known.
      (void)ReadFunctionNames(subsection, module);
    }
  }
  return Status::Ok();
}

}  // namespace

void ReadNameSection(Module& module) {
  for (const CustomSection& section : module.custom_sections) {
    if (section.name == "name") (void)ReadSubsections(section.bytes, module);
  }
}

}  // namespace tenon::wasm
