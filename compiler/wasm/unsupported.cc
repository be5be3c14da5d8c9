#include "compiler/wasm/unsupported.h"

namespace tenon::wasm {
namespace {

struct UnsupportedInstruction {
  std::uint32_t code;
  const char* name;
  const char* proposal;
};

constexpr UnsupportedInstruction kUnsupported[] = {
#define TENON_UNSUPPORTED(code, text, proposal) {code, text, proposal},
#include "compiler/wasm/unsupported.def"
#undef TENON_UNSUPPORTED
};

}  // namespace

Error UnsupportedFeature(const char* what, const char* proposal, std::uint32_t offset) {
  return Error::Format(
      "%s needs the %s proposal, which this release does not support, at byte offset 0x%x", what,
      proposal, offset);
}

Error UnsupportedOpcode(std::uint8_t prefix, std::uint32_t code, std::uint32_t offset) {
  // Sub-opcodes are at most 12 bits in the table; a larger one is in no proposal.
  if (code < 0x1000) {
    const std::uint32_t key = static_cast<std::uint32_t>(prefix) << 12 | code;
    for (const UnsupportedInstruction& instruction : kUnsupported) {
      if (instruction.code == key) {
        return UnsupportedFeature(instruction.name, instruction.proposal, offset);
      }
    }
  }
  if (prefix == 0) return Error::Format("illegal opcode %02x, at byte offset 0x%x", code, offset);
  return Error::Format("illegal opcode %02x %02x, at byte offset 0x%x", prefix, code, offset);
}

Error UnsupportedValueType(std::uint8_t byte, const char* malformed, std::uint32_t offset) {
  switch (byte) {
    case 0x6E: return UnsupportedFeature("anyref", "garbage collection", offset);
    case 0x6D: return UnsupportedFeature("eqref", "garbage collection", offset);
    case 0x6C: return UnsupportedFeature("i31ref", "garbage collection", offset);
    case 0x6B: return UnsupportedFeature("structref", "garbage collection", offset);
    case 0x6A: return UnsupportedFeature("arrayref", "garbage collection", offset);
    case 0x71: return UnsupportedFeature("nullref", "garbage collection", offset);
    default: break;
  }
  return Error::Format("%s 0x%02x, at byte offset 0x%x", malformed, byte, offset);
}

}  // namespace tenon::wasm
