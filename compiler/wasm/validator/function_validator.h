// The validation algorithm for function bodies (core specification, appendix
// "Validation Algorithm"): one pass, with a stack of operand types and a stack
// of the open blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "compiler/wasm/instruction.h"
#include "compiler/wasm/module.h"
#include "compiler/wasm/opcode_info.h"
#include "format/result.h"

namespace tenon::wasm {

class FunctionValidator {
 public:
  // The module without its bodies must be valid already: types, imports and so on.
  explicit FunctionValidator(const Module& module) : module_(module) {}

  // Checks the body of the defined function `index`. The object serves all
  // functions of a module, one after the other, and keeps its stacks' memory.
  Status Validate(std::uint32_t index);
  // Whether any function so far has a tail call.
  bool uses_tail_calls() const { return uses_tail_calls_; }
  bool uses_exceptions() const { return uses_exceptions_; }
  // Those that memory.init and data.drop of the functions so far name.
  const std::unordered_set<std::uint32_t>& data_segments() const { return data_segments_; }
  // What the functions so far use.
  const FeatureUse& features() const { return features_; }

 private:
  // An open block; the function itself is the outermost.
  struct Control {
    Opcode opcode;  // block, loop, if, else, try_table, try, catch or catch_all
    bool unreachable;
    std::size_t height;      // of the operand stack below the block
    std::size_t set_locals;  // how many of set_locals_ were set before it
    std::span<const ValueType> parameters;
    std::span<const ValueType> results;
    std::uint32_t offset;
  };

  // All of these return false after setting error_.
  bool ValidateBody(const Function& function);
  bool ValidateInstruction(const Instruction& instruction);
  bool ApplySignature(const OpcodeInfo& info);

  bool Pop(ValueType expected);
  bool PopAny(ValueType& actual);
  bool PopReference(ValueType& actual);
  bool Fits(ValueType actual, ValueType expected) const;
  bool PopAll(std::span<const ValueType> expected);
  void Push(ValueType type) { operands_.push_back(type); }
  bool PushAll(std::span<const ValueType> types);

  bool BlockTypes(const BlockType& type, Control& control);
  bool OpenBlock(const Instruction& instruction);
  bool Else();
  bool PopBlockResults();
  bool End();
  bool BranchTable(std::span<const std::uint32_t> targets);
  bool GetTag(std::uint32_t index, const FunctionType*& type);
  bool TryTable(const Instruction& instruction);
  bool Catch(const Instruction& instruction);
  bool Delegate(std::uint32_t depth);
  bool Select(const Instruction& instruction);
  bool Call(const FunctionType& type);
  static ValueType SmallerAddress(ValueType a, ValueType b);
  bool MarkUnreachable();
  std::span<const ValueType> LabelTypes(const Control& control) const;
  bool Label(std::uint32_t depth, const Control*& control);

  bool CheckTypeIndex(std::uint32_t index);
  bool CheckValueType(ValueType type);
  void PrepareLocals(const Function& function);
  void MarkLocalSet(std::uint32_t index, ValueType type);
  void ForgetLocals(std::size_t count);
  bool LocalType(std::uint32_t index, ValueType& type);
  bool GetGlobal(std::uint32_t index, const Global*& global);
  bool GetTable(std::uint32_t index, const Table*& table);
  bool GetElementSegment(std::uint32_t index, const ElementSegment*& segment);
  bool GetFunctionType(std::uint32_t index, const FunctionType*& type);
  bool CheckMemory(std::uint32_t index);
  bool CheckMemoryAccess(const Instruction& instruction, std::uint32_t natural);
  bool CheckImmediate(const Instruction& instruction, const OpcodeInfo& info);
  bool CheckDataSegment(std::uint32_t index);

  const char* CurrentName() const { return OpcodeName(current_opcode_); }
  bool Mismatch(ValueType expected, ValueType actual);
  bool Underflow(const char* expected);
  [[gnu::format(printf, 2, 3), gnu::cold]] bool Fail(const char* format, ...);
  void FailReading(const Error& error);

  const Module& module_;
  std::uint32_t function_index_ = 0;
  std::vector<ValueType> operands_;
  std::vector<Control> controls_;

  // The first locals, parameters included, one by one; of functions that have
  // very many, the others as runs, so that a declaration of a few bytes does not
  // cost the writing of 50,000 entries.
  std::vector<ValueType> first_locals_;
  struct LocalRunEnd {
    std::uint32_t end;  // the index behind the run's last local
    ValueType type;
  };
  std::vector<LocalRunEnd> more_locals_;
  std::uint32_t local_count_ = 0;
  std::uint32_t parameter_count_ = 0;
  // Locals without a default value that are set, in the order in which they were.
  std::vector<std::uint32_t> set_locals_;
  std::unordered_set<std::uint32_t> is_set_;
  // The block types that are one value: Control::results points here.
  std::unordered_set<ValueType> single_types_;
  // Of the memory that the current instruction accesses.
  ValueType address_type_ = ValueType::kI32;

  // Stamps of the labels that the current br_table has been checked against.
  std::vector<std::uint32_t> label_stamps_;

  // Of the instruction being checked, for messages.
  Opcode current_opcode_ = Opcode::kNop;
  std::uint32_t current_offset_ = 0;
  bool uses_tail_calls_ = false;
  bool uses_exceptions_ = false;
  std::unordered_set<std::uint32_t> data_segments_;
  FeatureUse features_;
  std::optional<Error> error_;
};

}  // namespace tenon::wasm
