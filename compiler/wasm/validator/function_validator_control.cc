// Blocks, branches and exceptions in the validation of a function (core specification, sections
// 3.4.1 and 3.4.3): what an open block takes and leaves, and what each branch must bring.
#include "compiler/wasm/type_relations.h"
#include "compiler/wasm/validator/function_validator.h"

namespace tenon::wasm {

// --- Blocks and branches (3.3.8) --------------------------------------------

bool FunctionValidator::BlockTypes(const BlockType& type, Control& control) {
  switch (type.kind) {
    case BlockType::Kind::kEmpty: return true;
    case BlockType::Kind::kValue:
      if (!CheckValueType(type.value)) return false;
      control.results = {&*single_types_.insert(type.value).first, 1};
      return true;
    case BlockType::Kind::kTypeIndex: break;
  }
  if (!CheckTypeIndex(type.type_index)) return false;
  control.parameters = module_.types[type.type_index].parameters;
  control.results = module_.types[type.type_index].results;
  return true;
}

bool FunctionValidator::CheckTypeIndex(std::uint32_t index) {
  if (index < module_.types.size()) return true;
  return Fail("unknown type %u: the module has %zu types", index, module_.types.size());
}

bool FunctionValidator::CheckValueType(ValueType type) {
  return !IsConcreteReference(type) || CheckTypeIndex(HeapTypeOf(type));
}

bool FunctionValidator::OpenBlock(const Instruction& instruction) {
  Control control{instruction.opcode, false, 0, set_locals_.size(), {}, {}, instruction.offset};
  if (!BlockTypes(instruction.block_type, control)) return false;
  if (instruction.opcode == Opcode::kIf && !Pop(ValueType::kI32)) return false;
  if (!PopAll(control.parameters)) return false;
  control.height = operands_.size();
  controls_.push_back(control);
  return PushAll(control.parameters);
}

// Pops the results of the innermost block, which must be all it holds.
bool FunctionValidator::PopBlockResults() {
  const Control& block = controls_.back();
  if (!PopAll(block.results)) return false;
  if (operands_.size() == block.height) return true;
  const std::size_t surplus = operands_.size() - block.height;
  return Fail(
      "type mismatch: %zu value%s too many on the stack at the %s of the %s at byte offset "
      "0x%x",
      surplus, surplus == 1 ? "" : "s", CurrentName(),
      controls_.size() == 1 ? "function" : OpcodeName(block.opcode), block.offset);
}

bool FunctionValidator::Else() {
  if (controls_.back().opcode != Opcode::kIf) return Fail("unexpected else without if");
  if (!PopBlockResults()) return false;
  Control& block = controls_.back();
  ForgetLocals(block.set_locals);
  block.opcode = Opcode::kElse;
  block.unreachable = false;
  return PushAll(block.parameters);
}

bool FunctionValidator::End() {
  if (!PopBlockResults()) return false;
  const Control block = controls_.back();
  const auto fits = [&](ValueType a, ValueType b) { return Fits(a, b); };
  if (block.opcode == Opcode::kIf &&
      !std::equal(block.parameters.begin(), block.parameters.end(), block.results.begin(),
                  block.results.end(), fits)) {
    return Fail(
        "type mismatch: the if at byte offset 0x%x has no else, so its %zu parameters must be its "
        "%zu results",
        block.offset, block.parameters.size(), block.results.size());
  }
  ForgetLocals(block.set_locals);
  controls_.pop_back();
  return PushAll(block.results);
}

// --- Exceptions ------------------------------------------------------------

bool FunctionValidator::GetTag(std::uint32_t index, const FunctionType*& type) {
  if (index >= module_.tags.size()) {
    return Fail("unknown tag %u: the module has %zu tags", index, module_.tags.size());
  }
  type = &module_.types[module_.tags[index].type_index];
  return true;
}

bool FunctionValidator::TryTable(const Instruction& instruction) {
  for (const CatchClause& clause : instruction.catches) {
    const Control* label = nullptr;
    const FunctionType* tag = nullptr;
    if (!Label(clause.label, label)) return false;
    if (clause.has_tag() && !GetTag(clause.tag, tag)) return false;
    std::vector<ValueType> values;
    if (tag != nullptr) values = tag->parameters;
    if (clause.has_reference()) values.push_back(ReferenceTo(kExnHeap, /*nullable=*/false));
    const std::span<const ValueType> wanted = LabelTypes(*label);
    if (!std::equal(values.begin(), values.end(), wanted.begin(), wanted.end(),
                    [&](ValueType a, ValueType b) { return Fits(a, b); })) {
      return Fail(
          "type mismatch: a catch clause of try_table gives other values than label %u takes",
          clause.label);
    }
  }
  return OpenBlock(instruction);
}

// catch and catch_all begin another part of a try.
bool FunctionValidator::Catch(const Instruction& instruction) {
  const Opcode opened = controls_.back().opcode;
  if (opened != Opcode::kTry && opened != Opcode::kCatch) {
    return Fail("unexpected %s without try", CurrentName());
  }
  if (!PopBlockResults()) return false;
  Control& block = controls_.back();
  ForgetLocals(block.set_locals);
  block.opcode = instruction.opcode;
  block.unreachable = false;
  if (instruction.opcode == Opcode::kCatchAll) return true;
  const FunctionType* tag = nullptr;
  return GetTag(instruction.index, tag) && PushAll(tag->parameters);
}

// Ends a try without catches; `depth` counts from outside of it.
bool FunctionValidator::Delegate(std::uint32_t depth) {
  if (controls_.back().opcode != Opcode::kTry) return Fail("unexpected delegate without try");
  if (depth >= controls_.size() - 1) {
    return Fail("unknown label %u: delegate stands in %zu blocks, the function included", depth,
                controls_.size() - 1);
  }
  return End();
}

bool FunctionValidator::MarkUnreachable() {
  Control& block = controls_.back();
  operands_.resize(block.height);
  block.unreachable = true;
  return true;
}

std::span<const ValueType> FunctionValidator::LabelTypes(const Control& control) const {
  return control.opcode == Opcode::kLoop ? control.parameters : control.results;
}

bool FunctionValidator::Label(std::uint32_t depth, const Control*& control) {
  if (depth >= controls_.size()) {
    return Fail("unknown label %u: %s stands in %zu blocks, the function included", depth,
                CurrentName(), controls_.size());
  }
  control = &controls_[controls_.size() - 1 - depth];
  return true;
}

bool FunctionValidator::BranchTable(std::span<const std::uint32_t> targets) {
  if (!Pop(ValueType::kI32)) return false;
  const Control* default_label = nullptr;
  if (!Label(targets.back(), default_label)) return false;
  const std::size_t arity = LabelTypes(*default_label).size();
  // Labels repeat in a long table; each is checked once.
  label_stamps_.resize(std::max(label_stamps_.size(), controls_.size()));
  const std::uint32_t stamp = current_offset_;  // unlike that of any other br_table
  for (const std::uint32_t target : targets) {
    const Control* label = nullptr;
    if (!Label(target, label)) return false;
    if (label_stamps_[target] == stamp) continue;
    label_stamps_[target] = stamp;
    const std::span<const ValueType> types = LabelTypes(*label);
    if (types.size() != arity) {
      return Fail(
          "type mismatch: label %u of br_table takes %zu values, its default label %u "
          "takes %zu",
          target, types.size(), targets.back(), arity);
    }
    // The operands stay for the next label.
    const std::size_t available = operands_.size() - controls_.back().height;
    for (std::size_t i = 0; i < arity; ++i) {
      const ValueType expected = types[arity - 1 - i];
      if (i >= available) {
        if (!controls_.back().unreachable) return Underflow(ValueTypeName(expected));
        break;
      }
      const ValueType actual = operands_[operands_.size() - 1 - i];
      if (!Fits(actual, expected)) return Mismatch(expected, actual);
    }
  }
  return MarkUnreachable();
}

}  // namespace tenon::wasm
