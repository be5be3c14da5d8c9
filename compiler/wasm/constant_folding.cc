// In postfix order the operands of an operation stand right before it, once those that are
// operations have been folded themselves. So one pass is enough.
#include "compiler/wasm/constant_folding.h"

#include <algorithm>

#include "compiler/wasm/limits.h"

namespace tenon::wasm {
namespace {

using Kind = ConstantOperation::Kind;

bool IsConstant(const ConstantOperation& operation) {
  return operation.kind == Kind::kI32Const || operation.kind == Kind::kI64Const;
}

bool IsArithmetic(Kind kind) { return kind >= Kind::kI32Add && kind <= Kind::kI64Mul; }

std::uint64_t Calculate(Kind kind, std::uint64_t a, std::uint64_t b) {
  switch (kind) {
    case Kind::kI32Add: return (a + b) & 0xFFFFFFFF;
    case Kind::kI32Sub: return (a - b) & 0xFFFFFFFF;
    case Kind::kI32Mul: return (a * b) & 0xFFFFFFFF;
    case Kind::kI64Add: return a + b;
    case Kind::kI64Sub: return a - b;
    default: return a * b;
  }
}

// Returns how many values it needs at a time afterwards.
std::size_t Fold(ConstantExpression& expression) {
  if (expression.size() < 2) return expression.size();
  std::size_t kept = 0, depth = 0, most = 0;
  for (const ConstantOperation& operation : expression) {
    if (!IsArithmetic(operation.kind)) {
      expression[kept++] = operation;
      most = std::max(most, ++depth);
      continue;
    }
    --depth;
    ConstantOperation& first = expression[kept - 2];
    const ConstantOperation& second = expression[kept - 1];
    if (IsConstant(first) && IsConstant(second)) {
      first.value = Calculate(operation.kind, first.value, second.value);
      --kept;
    } else {
      expression[kept++] = operation;
    }
  }
  expression.resize(kept, {Kind::kI32Const});
  if (kept == 1) return 1;
  depth = most = 0;
  for (const ConstantOperation& operation : expression)
    most = std::max(most, IsArithmetic(operation.kind) ? --depth : ++depth);
  return most;
}

Status FoldOne(ConstantExpression& expression, const char* what, std::size_t index) {
  const std::size_t operands = Fold(expression);
  if (operands <= kMaximumConstantOperands) return Status::Ok();
  return Error::Format(
      "constant expression too deep: %s %zu needs %zu values at a time, this implementation "
      "supports at most %u",
      what, index, operands, kMaximumConstantOperands);
}

}  // namespace

Status FoldConstants(Module& module) {
  for (std::size_t i = 0; i < module.globals.size(); ++i)
    TENON_TRY(FoldOne(module.globals[i].initializer, "the initializer of global", i));
  for (std::size_t i = 0; i < module.element_segments.size(); ++i)
    TENON_TRY(FoldOne(module.element_segments[i].offset, "the offset of element segment", i));
  for (std::size_t i = 0; i < module.data_segments.size(); ++i)
    TENON_TRY(FoldOne(module.data_segments[i].offset, "the offset of data segment", i));
  return Status::Ok();
}

}  // namespace tenon::wasm
