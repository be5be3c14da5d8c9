#include "compiler/wasm/validator/function_validator.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "compiler/wasm/readable_name.h"
#include "compiler/wasm/type_relations.h"
#include "compiler/wasm/validator/validator.h"

namespace tenon::wasm {
namespace {

// The type of an operand that code after an unconditional branch takes from the
// empty stack: it fits everything ("Bot" in the specification).
constexpr ValueType kBottom = static_cast<ValueType>(0);
// A reference to a heap type of that kind: it fits every reference type.
constexpr ValueType kBottomReference = static_cast<ValueType>(2);

constexpr bool IsReferenceOrBottom(ValueType type) {
  return type == kBottom || type == kBottomReference || IsReference(type);
}

ValueType WithoutNull(ValueType type) {
  return IsReference(type) ? ReferenceTo(HeapTypeOf(type), /*nullable=*/false) : kBottomReference;
}

}  // namespace

// --- Messages ---------------------------------------------------------------

bool FunctionValidator::Fail(const char* format, ...) {
  char message[200];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  FailReading(Error::Format("%s, at byte offset 0x%x", message, current_offset_));
  return false;
}

void FunctionValidator::FailReading(const Error& error) {
  const std::string_view name = module_.functions[function_index_].name;
  if (name.empty()) {
    error_ = Error::Format("%s in function %u", error.text(), function_index_);
  } else {
    error_ = Error::Format("%s in function %u (\"%s\")", error.text(), function_index_,
                           ReadableName(name).c_str());
  }
}

bool FunctionValidator::Mismatch(ValueType expected, ValueType actual) {
  return Fail("type mismatch: %s expected %s but the stack holds %s", CurrentName(),
              ValueTypeText(expected).c_str(), ValueTypeText(actual).c_str());
}

bool FunctionValidator::Underflow(const char* expected) {
  return Fail("type mismatch: %s expected %s but the stack %s", CurrentName(), expected,
              controls_.size() > 1 ? "holds nothing from within the block" : "is empty");
}

// --- The operand stack ------------------------------------------------------

bool FunctionValidator::Pop(ValueType expected) {
  const Control& block = controls_.back();
  if (operands_.size() == block.height) [[unlikely]] {
    return block.unreachable || Underflow(ValueTypeName(expected));
  }
  const ValueType actual = operands_.back();
  operands_.pop_back();
  if (actual == expected || Fits(actual, expected)) [[likely]]
    return true;
  return Mismatch(expected, actual);
}

bool FunctionValidator::Fits(ValueType actual, ValueType expected) const {
  if (actual == kBottom) return true;
  if (actual == kBottomReference) return IsReference(expected);
  return IsSubtype(module_, actual, expected);
}

bool FunctionValidator::PopReference(ValueType& actual) {
  if (!PopAny(actual)) return false;
  return IsReferenceOrBottom(actual) ||
         Fail("type mismatch: %s expected a reference but the stack holds %s", CurrentName(),
              ValueTypeName(actual));
}

bool FunctionValidator::PopAny(ValueType& actual) {
  const Control& block = controls_.back();
  if (operands_.size() == block.height) {
    actual = kBottom;
    return block.unreachable || Underflow("a value");
  }
  actual = operands_.back();
  operands_.pop_back();
  return true;
}

bool FunctionValidator::PopAll(std::span<const ValueType> expected) {
  const Control& block = controls_.back();
  for (std::size_t i = expected.size(); i > 0; --i) {
    // An empty stack behind an unconditional branch has whatever is wanted.
    if (block.unreachable && operands_.size() == block.height) return true;
    if (!Pop(expected[i - 1])) return false;
  }
  return true;
}

bool FunctionValidator::PushAll(std::span<const ValueType> types) {
  if (types.size() > kMaximumOperandStack - std::min(operands_.size(), kMaximumOperandStack)) {
    return Fail(
        "too many operands: the stack would hold %zu, this implementation supports at most %zu",
        operands_.size() + types.size(), kMaximumOperandStack);
  }
  operands_.insert(operands_.end(), types.begin(), types.end());
  return true;
}

bool FunctionValidator::ApplySignature(const OpcodeInfo& info) {
  for (std::size_t i = info.operand_count; i > 0; --i) {
    const ValueType operand = info.operands[i - 1];
    if (!Pop(operand == kAddressType ? address_type_ : operand)) return false;
  }
  if (info.result_count != 0) Push(info.result);
  return true;
}

// --- Locals and indices -----------------------------------------------------

// Locals that can not begin as 0 or null must be set before they are read, within the block
// (section 3.4.11).
void FunctionValidator::MarkLocalSet(std::uint32_t index, ValueType type) {
  if (IsDefaultable(type) || !is_set_.insert(index).second) return;
  set_locals_.push_back(index);
}

void FunctionValidator::ForgetLocals(std::size_t count) {
  for (; set_locals_.size() > count; set_locals_.pop_back()) is_set_.erase(set_locals_.back());
}

void FunctionValidator::PrepareLocals(const Function& function) {
  constexpr std::size_t kFirstLocals = 1024;
  const std::vector<ValueType>& parameters = module_.TypeOf(function).parameters;
  first_locals_.assign(parameters.begin(), parameters.end());
  more_locals_.clear();
  local_count_ = static_cast<std::uint32_t>(parameters.size());
  parameter_count_ = local_count_;
  for (const Function::LocalRun& run : function.locals) {
    local_count_ += run.count;
    const std::size_t room = kFirstLocals - std::min(first_locals_.size(), kFirstLocals);
    const std::size_t first = std::min<std::size_t>(run.count, room);
    first_locals_.insert(first_locals_.end(), first, run.type);
    if (first < run.count) more_locals_.push_back({local_count_, run.type});
  }
}

bool FunctionValidator::LocalType(std::uint32_t index, ValueType& type) {
  if (index < first_locals_.size()) [[likely]] {
    type = first_locals_[index];
    return true;
  }
  if (index >= local_count_) {
    return Fail("unknown local %u: the function has %u locals, parameters included", index,
                local_count_);
  }
  type =
      std::upper_bound(more_locals_.begin(), more_locals_.end(), index,
                       [](std::uint32_t value, const LocalRunEnd& run) { return value < run.end; })
          ->type;
  return true;
}

bool FunctionValidator::GetGlobal(std::uint32_t index, const Global*& global) {
  if (index >= module_.globals.size()) {
    return Fail("unknown global %u: the module has %zu globals", index, module_.globals.size());
  }
  global = &module_.globals[index];
  return true;
}

bool FunctionValidator::GetTable(std::uint32_t index, const Table*& table) {
  if (index >= module_.tables.size()) {
    return Fail("unknown table %u: the module has %zu tables", index, module_.tables.size());
  }
  table = &module_.tables[index];
  return true;
}

bool FunctionValidator::GetElementSegment(std::uint32_t index, const ElementSegment*& segment) {
  if (index >= module_.element_segments.size()) {
    return Fail("unknown elem segment %u: the module has %zu element segments", index,
                module_.element_segments.size());
  }
  segment = &module_.element_segments[index];
  return true;
}

bool FunctionValidator::GetFunctionType(std::uint32_t index, const FunctionType*& type) {
  if (index >= module_.functions.size()) {
    return Fail("unknown function %u: the module has %zu functions", index,
                module_.functions.size());
  }
  type = &module_.TypeOf(module_.functions[index]);
  return true;
}

bool FunctionValidator::CheckMemory(std::uint32_t index) {
  if (index < module_.memories.size()) return true;
  return Fail("unknown memory %u: %s needs it, the module has %zu memories", index, CurrentName(),
              module_.memories.size());
}

bool FunctionValidator::CheckMemoryAccess(const Instruction& instruction, std::uint32_t natural) {
  if (!CheckMemory(instruction.memory_index)) return false;
  if (InfoOf(instruction.opcode).opcode_class == OpcodeClass::kAtomic &&
      instruction.align_log2 != natural) {
    return Fail("atomic alignment must be natural: %s has 2**%u, natural is 2**%u", CurrentName(),
                instruction.align_log2, natural);
  }
  if (instruction.align_log2 > natural) {
    return Fail("alignment must not be larger than natural: %s has 2**%u, natural is 2**%u",
                CurrentName(), instruction.align_log2, natural);
  }
  address_type_ = module_.AddressTypeOfMemory(instruction.memory_index);
  if (address_type_ == ValueType::kI32 && instruction.memory_offset > UINT32_MAX) {
    return Fail("offset out of range: %s has 0x%llx, a 32-bit memory allows at most 0x%x",
                CurrentName(), static_cast<unsigned long long>(instruction.memory_offset),
                UINT32_MAX);
  }
  return true;
}

// Of an instruction whose types are in opcodes.def.
bool FunctionValidator::CheckImmediate(const Instruction& instruction, const OpcodeInfo& info) {
  const auto check_lane = [&] {
    const std::uint32_t lanes = 16U >> info.width_log2;
    return instruction.index < lanes || Fail("invalid lane index: %s has lane %u, there are %u",
                                             info.name, instruction.index, lanes);
  };
  switch (info.immediate) {
    case ImmediateKind::kMemoryAccess: return CheckMemoryAccess(instruction, info.width_log2);
    case ImmediateKind::kMemoryLane:
      return CheckMemoryAccess(instruction, info.width_log2) && check_lane();
    case ImmediateKind::kLane: return check_lane();
    case ImmediateKind::kShuffle:
      // Lane indices are bytes below 32, in both halves.
      if (((instruction.bits | instruction.bits_high) & 0xE0E0'E0E0'E0E0'E0E0) == 0) return true;
      return Fail("invalid lane index: a lane of i8x16.shuffle exceeds 31");
    default: return true;
  }
}

bool FunctionValidator::CheckDataSegment(std::uint32_t index) {
  // Without the count, a one-pass validator could not know the segments, which
  // stand behind the code (5.5.16).
  if (!module_.data_count) {
    return Fail("data count section required: %s refers to a data segment", CurrentName());
  }
  if (index >= module_.data_segments.size()) {
    return Fail("unknown data segment %u: the module has %zu data segments", index,
                module_.data_segments.size());
  }
  data_segments_.insert(index);
  return true;
}

// A call of a function of `type`, with the operands on top of the stack; a tail call if the
// current instruction is one.
bool FunctionValidator::Call(const FunctionType& type) {
  if (!PopAll(type.parameters)) return false;
  switch (current_opcode_) {
    case Opcode::kReturnCall:
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef: break;
    default: return PushAll(type.results);
  }
  uses_tail_calls_ = true;
  const std::span<const ValueType> wanted = controls_.front().results;
  if (!std::equal(type.results.begin(), type.results.end(), wanted.begin(), wanted.end(),
                  [&](ValueType a, ValueType b) { return Fits(a, b); })) {
    return Fail("type mismatch: %s of a function whose results are not those of the caller",
                CurrentName());
  }
  return MarkUnreachable();
}

// The type of an address operand that both address types must be able to hold.
ValueType FunctionValidator::SmallerAddress(ValueType a, ValueType b) {
  return a == ValueType::kI64 && b == ValueType::kI64 ? ValueType::kI64 : ValueType::kI32;
}

// --- Instructions -----------------------------------------------------------

bool FunctionValidator::Select(const Instruction& instruction) {
  if (instruction.opcode == Opcode::kSelectTyped) {
    if (instruction.type_count != 1) {
      return Fail("invalid result arity: select has %u types and not 1", instruction.type_count);
    }
    if (!CheckValueType(instruction.type)) return false;
    if (!Pop(ValueType::kI32) || !Pop(instruction.type) || !Pop(instruction.type)) return false;
    Push(instruction.type);
    return true;
  }
  ValueType second = kBottom;
  ValueType first = kBottom;
  if (!Pop(ValueType::kI32) || !PopAny(second) || !PopAny(first)) return false;
  for (const ValueType type : {first, second}) {
    if (type != kBottom && IsReferenceOrBottom(type)) {
      return Fail("type mismatch: select without a type expected numbers but the stack holds %s",
                  ValueTypeName(type));
    }
  }
  if (first != second && first != kBottom && second != kBottom) return Mismatch(first, second);
  Push(first == kBottom ? second : first);
  return true;
}

bool FunctionValidator::ValidateInstruction(const Instruction& instruction) {
  const OpcodeInfo& info = InfoOf(instruction.opcode);
  switch (instruction.opcode) {
    // Control (3.3.8).
    case Opcode::kUnreachable: return MarkUnreachable();
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf: return OpenBlock(instruction);
    case Opcode::kTryTable: uses_exceptions_ = true; return TryTable(instruction);
    case Opcode::kTry: uses_exceptions_ = true; return OpenBlock(instruction);
    case Opcode::kCatch:
    case Opcode::kCatchAll: return Catch(instruction);
    case Opcode::kDelegate: return Delegate(instruction.index);
    case Opcode::kRethrow: {
      const Control* label = nullptr;
      if (!Label(instruction.index, label)) return false;
      if (label->opcode != Opcode::kCatch && label->opcode != Opcode::kCatchAll) {
        return Fail("invalid rethrow label %u: it is no catch", instruction.index);
      }
      return MarkUnreachable();
    }
    case Opcode::kThrow: {
      const FunctionType* tag = nullptr;
      uses_exceptions_ = true;
      return GetTag(instruction.index, tag) && PopAll(tag->parameters) && MarkUnreachable();
    }
    case Opcode::kThrowRef:
      uses_exceptions_ = true;
      return Pop(ValueType::kExnRef) && MarkUnreachable();
    case Opcode::kElse: return Else();
    case Opcode::kEnd: return End();
    case Opcode::kBr: {
      const Control* label = nullptr;
      return Label(instruction.index, label) && PopAll(LabelTypes(*label)) && MarkUnreachable();
    }
    case Opcode::kBrIf: {
      const Control* label = nullptr;
      if (!Label(instruction.index, label) || !Pop(ValueType::kI32)) return false;
      const std::span<const ValueType> types = LabelTypes(*label);
      return PopAll(types) && PushAll(types);
    }
    case Opcode::kBrTable: return BranchTable(instruction.targets);
    case Opcode::kReturn: return PopAll(controls_.front().results) && MarkUnreachable();
    case Opcode::kCall:
    case Opcode::kReturnCall: {
      const FunctionType* type = nullptr;
      return GetFunctionType(instruction.index, type) && Call(*type);
    }
    case Opcode::kCallIndirect:
    case Opcode::kReturnCallIndirect: {
      const Table* table = nullptr;
      if (!GetTable(instruction.index2, table)) return false;
      if (!IsSubtype(module_, table->element_type, ValueType::kFuncRef)) {
        return Fail("type mismatch: %s expected a table of funcref but table %u holds %s",
                    CurrentName(), instruction.index2, ValueTypeText(table->element_type).c_str());
      }
      return CheckTypeIndex(instruction.index) && Pop(table->limits.AddressType()) &&
             Call(module_.types[instruction.index]);
    }
    case Opcode::kCallRef:
    case Opcode::kReturnCallRef:
      return CheckTypeIndex(instruction.index) &&
             Pop(ReferenceTo(instruction.index, /*nullable=*/true)) &&
             Call(module_.types[instruction.index]);
    case Opcode::kBrOnNull: {
      const Control* label = nullptr;
      ValueType type = kBottom;
      if (!Label(instruction.index, label) || !PopReference(type)) return false;
      const std::span<const ValueType> types = LabelTypes(*label);
      if (!PopAll(types) || !PushAll(types)) return false;
      Push(WithoutNull(type));
      return true;
    }
    case Opcode::kBrOnNonNull: {
      const Control* label = nullptr;
      ValueType type = kBottom;
      if (!Label(instruction.index, label) || !PopReference(type)) return false;
      const std::span<const ValueType> types = LabelTypes(*label);
      if (types.empty() || !IsReference(types.back())) {
        return Fail("type mismatch: label %u of br_on_non_null must take a reference last",
                    instruction.index);
      }
      const ValueType not_null = WithoutNull(type);
      if (!Fits(not_null, types.back())) return Mismatch(types.back(), not_null);
      const std::span<const ValueType> rest = types.first(types.size() - 1);
      return PopAll(rest) && PushAll(rest);
    }

    // Parametric (3.3.4).
    case Opcode::kDrop: {
      ValueType type = kBottom;
      return PopAny(type);
    }
    case Opcode::kSelect:
    case Opcode::kSelectTyped: return Select(instruction);

    // Variable (3.3.5).
    case Opcode::kLocalGet: {
      ValueType type = kBottom;
      if (!LocalType(instruction.index, type)) return false;
      if (!IsDefaultable(type) && instruction.index >= parameter_count_ &&
          !is_set_.contains(instruction.index)) {
        return Fail("uninitialized local: local %u is read before it is set", instruction.index);
      }
      Push(type);
      return true;
    }
    case Opcode::kLocalSet: {
      ValueType type = kBottom;
      if (!LocalType(instruction.index, type) || !Pop(type)) return false;
      MarkLocalSet(instruction.index, type);
      return true;
    }
    case Opcode::kLocalTee: {
      ValueType type = kBottom;
      if (!LocalType(instruction.index, type) || !Pop(type)) return false;
      MarkLocalSet(instruction.index, type);
      Push(type);
      return true;
    }
    case Opcode::kGlobalGet: {
      const Global* global = nullptr;
      if (!GetGlobal(instruction.index, global)) return false;
      Push(global->type);
      return true;
    }
    case Opcode::kGlobalSet: {
      const Global* global = nullptr;
      if (!GetGlobal(instruction.index, global)) return false;
      if (!global->is_mutable) {
        return Fail("immutable global: global.set of global %u, which is not mutable",
                    instruction.index);
      }
      return Pop(global->type);
    }

    // References (3.3.2).
    case Opcode::kRefNull:
      if (!CheckValueType(instruction.type)) return false;
      Push(instruction.type);
      return true;
    case Opcode::kRefAsNonNull: {
      ValueType type = kBottom;
      if (!PopReference(type)) return false;
      Push(WithoutNull(type));
      return true;
    }
    case Opcode::kRefIsNull: {
      ValueType type = kBottom;
      if (!PopReference(type)) return false;
      Push(ValueType::kI32);
      return true;
    }
    case Opcode::kRefFunc: {
      const FunctionType* type = nullptr;
      if (!GetFunctionType(instruction.index, type)) return false;
      if (!module_.functions[instruction.index].referenced) {
        return Fail(
            "undeclared function reference: function %u is in no element segment, export "
            "or initializer",
            instruction.index);
      }
      Push(ReferenceTo(module_.functions[instruction.index].type_index, /*nullable=*/false));
      return true;
    }

    // Tables (3.3.6).
    case Opcode::kTableGet: {
      const Table* table = nullptr;
      if (!GetTable(instruction.index, table) || !Pop(table->limits.AddressType())) return false;
      Push(table->element_type);
      return true;
    }
    case Opcode::kTableSet: {
      const Table* table = nullptr;
      return GetTable(instruction.index, table) && Pop(table->element_type) &&
             Pop(table->limits.AddressType());
    }
    case Opcode::kTableGrow: {
      const Table* table = nullptr;
      if (!GetTable(instruction.index, table) || !Pop(table->limits.AddressType()) ||
          !Pop(table->element_type)) {
        return false;
      }
      Push(table->limits.AddressType());
      return true;
    }
    case Opcode::kTableFill: {
      const Table* table = nullptr;
      return GetTable(instruction.index, table) && Pop(table->limits.AddressType()) &&
             Pop(table->element_type) && Pop(table->limits.AddressType());
    }
    case Opcode::kTableSize: {
      const Table* table = nullptr;
      if (!GetTable(instruction.index, table)) return false;
      Push(table->limits.AddressType());
      return true;
    }
    case Opcode::kTableInit: {
      const Table* table = nullptr;
      const ElementSegment* segment = nullptr;
      if (!GetTable(instruction.index2, table)) return false;
      if (!GetElementSegment(instruction.index, segment)) return false;
      if (!IsSubtype(module_, segment->type, table->element_type)) {
        return Fail("type mismatch: table.init of table %u of %s from element segment %u of %s",
                    instruction.index2, ValueTypeText(table->element_type).c_str(),
                    instruction.index, ValueTypeText(segment->type).c_str());
      }
      return Pop(ValueType::kI32) && Pop(ValueType::kI32) && Pop(table->limits.AddressType());
    }
    case Opcode::kTableCopy: {
      const Table* destination = nullptr;
      const Table* source = nullptr;
      if (!GetTable(instruction.index, destination)) return false;
      if (!GetTable(instruction.index2, source)) return false;
      if (!IsSubtype(module_, source->element_type, destination->element_type)) {
        return Fail("type mismatch: table.copy to table %u of %s from table %u of %s",
                    instruction.index, ValueTypeText(destination->element_type).c_str(),
                    instruction.index2, ValueTypeText(source->element_type).c_str());
      }
      const ValueType to = destination->limits.AddressType();
      const ValueType from = source->limits.AddressType();
      return Pop(SmallerAddress(to, from)) && Pop(from) && Pop(to);
    }
    case Opcode::kElemDrop: {
      const ElementSegment* segment = nullptr;
      if (!GetElementSegment(instruction.index, segment)) return false;
      break;
    }

    // Memory (3.3.7).
    case Opcode::kMemorySize:
    case Opcode::kMemoryGrow: {
      if (!CheckMemory(instruction.index)) return false;
      const ValueType address = module_.AddressTypeOfMemory(instruction.index);
      if (instruction.opcode == Opcode::kMemoryGrow && !Pop(address)) return false;
      Push(address);
      return true;
    }
    case Opcode::kMemoryFill: {
      if (!CheckMemory(instruction.index)) return false;
      const ValueType address = module_.AddressTypeOfMemory(instruction.index);
      return Pop(address) && Pop(ValueType::kI32) && Pop(address);
    }
    case Opcode::kMemoryCopy: {
      if (!CheckMemory(instruction.index) || !CheckMemory(instruction.index2)) return false;
      const ValueType to = module_.AddressTypeOfMemory(instruction.index);
      const ValueType from = module_.AddressTypeOfMemory(instruction.index2);
      return Pop(SmallerAddress(to, from)) && Pop(from) && Pop(to);
    }
    case Opcode::kMemoryInit:
      return CheckMemory(instruction.index2) && CheckDataSegment(instruction.index) &&
             Pop(ValueType::kI32) && Pop(ValueType::kI32) &&
             Pop(module_.AddressTypeOfMemory(instruction.index2));
    case Opcode::kDataDrop:
      if (!CheckDataSegment(instruction.index)) return false;
      break;

    // Wide arithmetic: the only numeric instructions with two results.
    case Opcode::kI64Add128:
    case Opcode::kI64Sub128:
    case Opcode::kI64MulWideS:
    case Opcode::kI64MulWideU: {
      const bool multiplies =
          instruction.opcode == Opcode::kI64MulWideS || instruction.opcode == Opcode::kI64MulWideU;
      for (int i = 0; i < (multiplies ? 2 : 4); ++i) {
        if (!Pop(ValueType::kI64)) return false;
      }
      Push(ValueType::kI64);
      Push(ValueType::kI64);
      return true;
    }

    // Numeric instructions, loads and stores: their types are in opcodes.def.
    default:
      if (!CheckImmediate(instruction, info)) return false;
      break;
  }
  return ApplySignature(info);
}

bool FunctionValidator::ValidateBody(const Function& function) {
  PrepareLocals(function);
  operands_.clear();
  controls_.clear();
  label_stamps_.clear();
  ForgetLocals(0);
  controls_.push_back(
      {Opcode::kBlock, false, 0, 0, {}, module_.TypeOf(function).results, function.body_offset});
  current_opcode_ = Opcode::kNop;
  current_offset_ = function.body_offset;
  for (const Function::LocalRun& run : function.locals) {
    if (!CheckValueType(run.type)) return false;
  }
  InstructionReader reader(function.body, function.body_offset);
  while (!controls_.empty()) {
    if (reader.AtEnd()) {
      current_offset_ = reader.offset();
      return Fail(
          "END opcode expected: the code ends within %zu open blocks, the function "
          "included",
          controls_.size());
    }
    const Result<Instruction> instruction = reader.Next();
    if (!instruction.ok()) {
      FailReading(instruction.error());
      return false;
    }
    current_opcode_ = instruction->opcode;
    current_offset_ = instruction->offset;
    const WasmFeature feature = FeatureOf(current_opcode_);
    if (feature != WasmFeature::kCount) features_.Note(feature, CurrentName(), current_offset_);
    if (!ValidateInstruction(*instruction)) return false;
  }
  if (!reader.AtEnd()) {
    current_offset_ = reader.offset();
    return Fail("section size mismatch: %zu bytes of code follow the function's end",
                function.body_offset + function.body.size() - reader.offset());
  }
  return true;
}

Status FunctionValidator::Validate(std::uint32_t index) {
  function_index_ = index;
  if (ValidateBody(module_.functions[index])) return Status::Ok();
  return *error_;
}

}  // namespace tenon::wasm
