// Integer and floating-point instructions and conversions (core specification, section 4.3).
#include "compiler/lower/function_lowering.h"
#include "compiler/target/architecture.h"

namespace tenon::compiler {

void FunctionLowering::LowerNumeric(Opcode opcode) {
  if (LowerInteger(opcode) || LowerWide(opcode) || LowerFloat(opcode)) return;
  LowerConversion(opcode);
}

// Wide arithmetic: 128-bit values as two 64-bit ones, the low half first.
bool FunctionLowering::LowerWide(Opcode opcode) {
  llvm::Type* wide = builder_.getInt128Ty();
  const auto pop_pair = [&] {
    llvm::Value* high = builder_.CreateShl(builder_.CreateZExt(Pop(), wide), 64);
    return builder_.CreateOr(builder_.CreateZExt(Pop(), wide), high);
  };
  const auto push_pair = [&](llvm::Value* value) {
    Push(builder_.CreateTrunc(value, lowering_.i64));
    Push(builder_.CreateTrunc(builder_.CreateLShr(value, 64), lowering_.i64));
  };
  switch (opcode) {
    case Opcode::kI64Add128:
    case Opcode::kI64Sub128: {
      llvm::Value* b = pop_pair();
      llvm::Value* a = pop_pair();
      push_pair(opcode == Opcode::kI64Add128 ? builder_.CreateAdd(a, b) : builder_.CreateSub(a, b));
      return true;
    }
    case Opcode::kI64MulWideS:
    case Opcode::kI64MulWideU: {
      const bool is_signed = opcode == Opcode::kI64MulWideS;
      llvm::Value* b = builder_.CreateIntCast(Pop(), wide, is_signed);
      llvm::Value* a = builder_.CreateIntCast(Pop(), wide, is_signed);
      push_pair(builder_.CreateMul(a, b));
      return true;
    }
    default: return false;
  }
}

llvm::Value* FunctionLowering::CheckedDivide(llvm::Value* a, llvm::Value* b, Opcode opcode) {
  auto* type = llvm::cast<llvm::IntegerType>(a->getType());
  llvm::Value* zero = llvm::ConstantInt::get(type, 0);
  llvm::Value* minus_one = llvm::ConstantInt::getSigned(type, -1);
  TrapIf(builder_.CreateICmpEQ(b, zero), abi::TrapKind::kIntegerDivideByZero);
  switch (opcode) {
    case Opcode::kI32DivU:
    case Opcode::kI64DivU: return builder_.CreateUDiv(a, b);
    case Opcode::kI32RemU:
    case Opcode::kI64RemU: return builder_.CreateURem(a, b);
    case Opcode::kI32DivS:
    case Opcode::kI64DivS: {
      llvm::Value* smallest =
          llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getBitWidth()));
      TrapIf(builder_.CreateAnd(builder_.CreateICmpEQ(a, smallest),
                                builder_.CreateICmpEQ(b, minus_one)),
             abi::TrapKind::kIntegerOverflow);
      return builder_.CreateSDiv(a, b);
    }
    default: {
      // x rem -1 is 0, also where the division would overflow.
      llvm::Value* divisor = builder_.CreateSelect(builder_.CreateICmpEQ(b, minus_one),
                                                   llvm::ConstantInt::get(type, 1), b);
      return builder_.CreateSRem(a, divisor);
    }
  }
}

bool FunctionLowering::LowerInteger(Opcode opcode) {
  using P = llvm::CmpInst::Predicate;
  const auto compare = [&](P predicate) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    PushBool(builder_.CreateICmp(predicate, a, b));
  };
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    Push(builder_.CreateBinOp(operation, a, b));
  };
  const auto shift = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    const std::uint64_t mask = a->getType()->getIntegerBitWidth() - 1;
    Push(builder_.CreateBinOp(operation, a,
                              builder_.CreateAnd(b, llvm::ConstantInt::get(a->getType(), mask))));
  };
  const auto rotate = [&](llvm::Intrinsic::ID id) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    Push(Intrinsic(id, {a, a, b}));
  };
  const auto count = [&](llvm::Intrinsic::ID id) {
    Push(Intrinsic(id, {Pop(), builder_.getFalse()}));
  };
  const auto extend = [&](unsigned bits) {
    llvm::Value* a = Pop();
    Push(builder_.CreateSExt(builder_.CreateTrunc(a, builder_.getIntNTy(bits)), a->getType()));
  };
#define BOTH(name)         \
  case Opcode::kI32##name: \
  case Opcode::kI64##name
  switch (opcode) {
    BOTH(Eqz) : {
      llvm::Value* a = Pop();
      PushBool(builder_.CreateICmpEQ(a, llvm::Constant::getNullValue(a->getType())));
      break;
    }
    BOTH(Eq) : compare(P::ICMP_EQ);
    break;
    BOTH(Ne) : compare(P::ICMP_NE);
    break;
    BOTH(LtS) : compare(P::ICMP_SLT);
    break;
    BOTH(LtU) : compare(P::ICMP_ULT);
    break;
    BOTH(GtS) : compare(P::ICMP_SGT);
    break;
    BOTH(GtU) : compare(P::ICMP_UGT);
    break;
    BOTH(LeS) : compare(P::ICMP_SLE);
    break;
    BOTH(LeU) : compare(P::ICMP_ULE);
    break;
    BOTH(GeS) : compare(P::ICMP_SGE);
    break;
    BOTH(GeU) : compare(P::ICMP_UGE);
    break;
    BOTH(Clz) : count(llvm::Intrinsic::ctlz);
    break;
    BOTH(Ctz) : count(llvm::Intrinsic::cttz);
    break;
    BOTH(Popcnt) : Push(Intrinsic(llvm::Intrinsic::ctpop, {Pop()}));
    break;
    BOTH(Add) : binary(llvm::Instruction::Add);
    break;
    BOTH(Sub) : binary(llvm::Instruction::Sub);
    break;
    BOTH(Mul) : binary(llvm::Instruction::Mul);
    break;
    BOTH(And) : binary(llvm::Instruction::And);
    break;
    BOTH(Or) : binary(llvm::Instruction::Or);
    break;
    BOTH(Xor) : binary(llvm::Instruction::Xor);
    break;
    BOTH(Shl) : shift(llvm::Instruction::Shl);
    break;
    BOTH(ShrS) : shift(llvm::Instruction::AShr);
    break;
    BOTH(ShrU) : shift(llvm::Instruction::LShr);
    break;
    BOTH(Rotl) : rotate(llvm::Intrinsic::fshl);
    break;
    BOTH(Rotr) : rotate(llvm::Intrinsic::fshr);
    break;
    BOTH(DivS) : BOTH(DivU) : BOTH(RemS) : BOTH(RemU) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(CheckedDivide(a, b, opcode));
      break;
    }
    BOTH(Extend8S) : extend(8);
    break;
    BOTH(Extend16S) : extend(16);
    break;
    case Opcode::kI64Extend32S: extend(32); break;
    default: return false;
  }
#undef BOTH
  return true;
}

llvm::Value* FunctionLowering::Round(llvm::Intrinsic::ID id, llvm::Value* value) {
  if (!lowering_.has_rounding) return RoundByAddition(id, value);
  llvm::Value* rounded = builder_.CreateUnaryIntrinsic(id, value);
  return InfoOf(lowering_.module).rounding_keeps_signalling_nans
             ? builder_.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, rounded)
             : rounded;
}

// For CPUs without instructions that round. Where floats stop to have a fraction, adding rounds to
// an integer, ties to even, which taking the same away again leaves; the other directions correct
// that by one. What is larger is an integer, infinite or a NaN.
llvm::Value* FunctionLowering::RoundByAddition(llvm::Intrinsic::ID id, llvm::Value* value) {
  llvm::Type* type = value->getType();
  const llvm::fltSemantics& semantics = type->getScalarType()->getFltSemantics();
  const unsigned fraction_bits = llvm::APFloat::semanticsPrecision(semantics) - 1;
  llvm::Value* one = llvm::ConstantFP::get(type, 1.0);
  llvm::Value* large =
      llvm::ConstantFP::get(type, static_cast<double>(std::uint64_t{1} << fraction_bits));
  llvm::Value* magnitude = builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value);
  llvm::Value* nearest = builder_.CreateFSub(builder_.CreateFAdd(magnitude, large), large);
  const auto with_sign = [&](llvm::Value* number) {
    return builder_.CreateCopySign(number, value);
  };
  const auto corrected = [&](llvm::Value* number, llvm::Value* wrong, llvm::Value* correct) {
    return builder_.CreateSelect(wrong, correct, number);
  };
  llvm::Value* rounded = nullptr;
  switch (id) {
    case llvm::Intrinsic::trunc:
      rounded = corrected(nearest, builder_.CreateFCmpOGT(nearest, magnitude),
                          builder_.CreateFSub(nearest, one));
      break;
    case llvm::Intrinsic::floor:
      nearest = with_sign(nearest);
      rounded = corrected(nearest, builder_.CreateFCmpOGT(nearest, value),
                          builder_.CreateFSub(nearest, one));
      break;
    case llvm::Intrinsic::ceil:
      nearest = with_sign(nearest);
      rounded = corrected(nearest, builder_.CreateFCmpOLT(nearest, value),
                          builder_.CreateFAdd(nearest, one));
      break;
    default: rounded = nearest; break;
  }
  return builder_.CreateSelect(builder_.CreateFCmpOLT(magnitude, large), with_sign(rounded),
                               builder_.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value));
}

// minimum/maximum of IEEE 754-2019, except that a NaN comes out quiet.
llvm::Value* FunctionLowering::MinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum) {
  llvm::Value* unordered = builder_.CreateFCmpUNO(a, b);
  llvm::Value* quiet = FloatOperation(llvm::Instruction::FAdd, a, b);
  if (!InfoOf(lowering_.module).selects_minimum)
    return builder_.CreateSelect(unordered, quiet, OrderedMinimumMaximum(a, b, minimum));
  auto* ordered = llvm::cast<llvm::Instruction>(
      Intrinsic(minimum ? llvm::Intrinsic::minimum : llvm::Intrinsic::maximum, {a, b}));
  ordered->setHasNoNaNs(true);
  return builder_.CreateSelect(unordered, quiet, ordered);
}

// Of numbers that are no NaNs. Those that compare equal have the same bits but for the sign of
// zeros, of which the minimum is the one that is set.
llvm::Value* FunctionLowering::OrderedMinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum) {
  llvm::Type* type = a->getType();
  llvm::Type* bits = type->getWithNewType(builder_.getIntNTy(type->getScalarSizeInBits()));
  llvm::Value* a_bits = builder_.CreateBitCast(a, bits);
  llvm::Value* b_bits = builder_.CreateBitCast(b, bits);
  llvm::Value* both =
      minimum ? builder_.CreateOr(a_bits, b_bits) : builder_.CreateAnd(a_bits, b_bits);
  llvm::Value* equal = builder_.CreateBitCast(both, type);
  llvm::Value* a_less = builder_.CreateFCmpOLT(a, b);
  llvm::Value* b_less = builder_.CreateFCmpOLT(b, a);
  llvm::Value* unless_a = builder_.CreateSelect(b_less, minimum ? b : a, equal);
  return builder_.CreateSelect(a_less, minimum ? a : b, unless_a);
}

// Never folded here: see optimize/finish/shield_identities.cc.
llvm::Value* FunctionLowering::FloatOperation(llvm::Instruction::BinaryOps operation,
                                              llvm::Value* a, llvm::Value* b) {
  return builder_.Insert(llvm::BinaryOperator::Create(operation, a, b));
}

bool FunctionLowering::LowerFloat(Opcode opcode) {
  using P = llvm::CmpInst::Predicate;
  const auto compare = [&](P predicate) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    PushBool(builder_.CreateFCmp(predicate, a, b));
  };
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    Push(FloatOperation(operation, Pop(), b));
  };
  const auto unary = [&](llvm::Intrinsic::ID id) { Push(Intrinsic(id, {Pop()})); };
  const auto round = [&](llvm::Intrinsic::ID id) { Push(Round(id, Pop())); };
#define BOTH(name)         \
  case Opcode::kF32##name: \
  case Opcode::kF64##name
  switch (opcode) {
    BOTH(Eq) : compare(P::FCMP_OEQ);
    break;
    BOTH(Ne) : compare(P::FCMP_UNE);
    break;
    BOTH(Lt) : compare(P::FCMP_OLT);
    break;
    BOTH(Gt) : compare(P::FCMP_OGT);
    break;
    BOTH(Le) : compare(P::FCMP_OLE);
    break;
    BOTH(Ge) : compare(P::FCMP_OGE);
    break;
    BOTH(Abs) : unary(llvm::Intrinsic::fabs);
    break;
    BOTH(Neg) : Push(builder_.CreateFNeg(Pop()));
    break;
    BOTH(Ceil) : round(llvm::Intrinsic::ceil);
    break;
    BOTH(Floor) : round(llvm::Intrinsic::floor);
    break;
    BOTH(Trunc) : round(llvm::Intrinsic::trunc);
    break;
    BOTH(Nearest) : round(llvm::Intrinsic::roundeven);
    break;
    BOTH(Sqrt) : unary(llvm::Intrinsic::sqrt);
    break;
    BOTH(Add) : binary(llvm::Instruction::FAdd);
    break;
    BOTH(Sub) : binary(llvm::Instruction::FSub);
    break;
    BOTH(Mul) : binary(llvm::Instruction::FMul);
    break;
    BOTH(Div) : binary(llvm::Instruction::FDiv);
    break;
    BOTH(Min) : BOTH(Max) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(MinimumMaximum(a, b, opcode == Opcode::kF32Min || opcode == Opcode::kF64Min));
      break;
    }
    BOTH(Copysign) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(Intrinsic(llvm::Intrinsic::copysign, {a, b}));
      break;
    }
    default: return false;
  }
#undef BOTH
  return true;
}

// Traps unless the truncated value fits (section 4.3.2, trunc_u and trunc_s). The bounds are the
// largest floats below the range and the smallest above it.
llvm::Value* FunctionLowering::CheckedTruncate(llvm::Value* value, llvm::IntegerType* to,
                                               bool is_signed) {
  const unsigned bits = to->getBitWidth();
  const llvm::fltSemantics& semantics = value->getType()->getFltSemantics();
  llvm::APFloat upper(semantics);  // 2^bits or 2^(bits-1): exact in every format
  upper.convertFromAPInt(llvm::APInt::getOneBitSet(bits + 1, is_signed ? bits - 1 : bits), false,
                         llvm::APFloat::rmNearestTiesToEven);
  llvm::APFloat lower(semantics);  // min - 1, or where that is not exact, the float below min
  lower.convertFromAPInt(is_signed ? llvm::APInt::getSignedMinValue(bits).sext(bits + 1) - 1
                                   : llvm::APInt::getAllOnes(bits + 1),
                         true, llvm::APFloat::rmTowardNegative);
  TrapIf(builder_.CreateFCmpUNO(value, value), abi::TrapKind::kInvalidConversionToInteger);
  llvm::Value* fits = builder_.CreateAnd(
      builder_.CreateFCmpOGT(value, llvm::ConstantFP::get(value->getType(), lower)),
      builder_.CreateFCmpOLT(value, llvm::ConstantFP::get(value->getType(), upper)));
  TrapIf(builder_.CreateNot(fits), abi::TrapKind::kIntegerOverflow);
  return is_signed ? builder_.CreateFPToSI(value, to) : builder_.CreateFPToUI(value, to);
}

void FunctionLowering::LowerConversion(Opcode opcode) {
  llvm::Type* f32 = builder_.getFloatTy();
  llvm::Type* f64 = builder_.getDoubleTy();
  llvm::Value* value = Pop();
  const auto saturate = [&](llvm::Type* to, bool is_signed) {
    return builder_.CreateIntrinsic(
        is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
        {to, value->getType()}, {value});
  };
  switch (opcode) {
    case Opcode::kI32WrapI64: Push(builder_.CreateTrunc(value, lowering_.i32)); break;
    case Opcode::kI64ExtendI32S: Push(builder_.CreateSExt(value, lowering_.i64)); break;
    case Opcode::kI64ExtendI32U: Push(builder_.CreateZExt(value, lowering_.i64)); break;
    case Opcode::kI32TruncF32S:
    case Opcode::kI32TruncF64S: Push(CheckedTruncate(value, lowering_.i32, true)); break;
    case Opcode::kI32TruncF32U:
    case Opcode::kI32TruncF64U: Push(CheckedTruncate(value, lowering_.i32, false)); break;
    case Opcode::kI64TruncF32S:
    case Opcode::kI64TruncF64S: Push(CheckedTruncate(value, lowering_.i64, true)); break;
    case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64U: Push(CheckedTruncate(value, lowering_.i64, false)); break;
    case Opcode::kI32TruncSatF32S:
    case Opcode::kI32TruncSatF64S: Push(saturate(lowering_.i32, true)); break;
    case Opcode::kI32TruncSatF32U:
    case Opcode::kI32TruncSatF64U: Push(saturate(lowering_.i32, false)); break;
    case Opcode::kI64TruncSatF32S:
    case Opcode::kI64TruncSatF64S: Push(saturate(lowering_.i64, true)); break;
    case Opcode::kI64TruncSatF32U:
    case Opcode::kI64TruncSatF64U: Push(saturate(lowering_.i64, false)); break;
    case Opcode::kF32ConvertI32S:
    case Opcode::kF32ConvertI64S: Push(builder_.CreateSIToFP(value, f32)); break;
    case Opcode::kF32ConvertI32U:
    case Opcode::kF32ConvertI64U: Push(builder_.CreateUIToFP(value, f32)); break;
    case Opcode::kF64ConvertI32S:
    case Opcode::kF64ConvertI64S: Push(builder_.CreateSIToFP(value, f64)); break;
    case Opcode::kF64ConvertI32U:
    case Opcode::kF64ConvertI64U: Push(builder_.CreateUIToFP(value, f64)); break;
    case Opcode::kF32DemoteF64: Push(builder_.CreateFPTrunc(value, f32)); break;
    case Opcode::kF64PromoteF32: Push(builder_.CreateFPExt(value, f64)); break;
    case Opcode::kI32ReinterpretF32: Push(builder_.CreateBitCast(value, lowering_.i32)); break;
    case Opcode::kI64ReinterpretF64: Push(builder_.CreateBitCast(value, lowering_.i64)); break;
    case Opcode::kF32ReinterpretI32: Push(builder_.CreateBitCast(value, f32)); break;
    case Opcode::kF64ReinterpretI64: Push(builder_.CreateBitCast(value, f64)); break;
    default: llvm_unreachable("an opcode that lowering does not know");
  }
}

}  // namespace tenon::compiler
