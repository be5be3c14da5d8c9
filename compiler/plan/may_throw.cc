#include "compiler/plan/may_throw.h"

#include <cassert>
#include <cstdint>

#include "compiler/wasm/instruction.h"

namespace tenon::compiler {

std::vector<bool> FunctionsThatMayThrow(const wasm::Module& module) {
  using wasm::Opcode;
  std::vector<bool> may_throw(module.functions.size(), false);
  std::vector<std::vector<std::uint32_t>> callers(module.functions.size());
  std::vector<std::uint32_t> found;
  const auto mark = [&](std::uint32_t index) {
    if (may_throw[index]) return;
    may_throw[index] = true;
    found.push_back(index);
  };
  for (std::uint32_t i = 0; i < module.functions.size(); ++i) {
    const wasm::Function& function = module.functions[i];
    if (function.imported) {
      mark(i);
      continue;
    }
    wasm::InstructionReader reader(function.body, function.body_offset);
    while (!reader.AtEnd()) {
      const Result<wasm::Instruction> instruction = reader.Next();
      assert(instruction.ok());
      switch (instruction->opcode) {
        case Opcode::kThrow:
        case Opcode::kThrowRef:
        case Opcode::kRethrow:
        case Opcode::kCallIndirect:
        case Opcode::kReturnCallIndirect:
        case Opcode::kCallRef:
        case Opcode::kReturnCallRef: mark(i); break;
        case Opcode::kCall:
        case Opcode::kReturnCall: callers[instruction->index].push_back(i); break;
        default: break;
      }
    }
  }
  while (!found.empty()) {
    const std::uint32_t index = found.back();
    found.pop_back();
    for (const std::uint32_t caller : callers[index]) mark(caller);
  }
  return may_throw;
}

}  // namespace tenon::compiler
