// Vector instructions, fixed-width and relaxed (core specification, section 4.3.5).
//
// A v128 is <2 x i64> in locals, parameters and memory and is cast to the shape that an
// instruction works on. Wherever LLVM has a generic form, that form is used (shuffles, compares
// and selects, widening, saturating intrinsics), so that the optimiser sees what it is; only byte
// lookups by variable indices need the target's own instruction.
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <string_view>

#include "compiler/lower/function_lowering.h"

namespace tenon::compiler {

namespace {

using Predicate = llvm::CmpInst::Predicate;

constexpr unsigned kBytes = 16;

// Lanes first, first + step, first + 2 * step, …
std::vector<int> Lanes(unsigned count, int first, int step) {
  std::vector<int> lanes(count);
  for (unsigned i = 0; i < count; ++i) lanes[i] = first + static_cast<int>(i) * step;
  return lanes;
}

}  // namespace

llvm::FixedVectorType* FunctionLowering::Shape(llvm::Type* lane) const {
  return llvm::FixedVectorType::get(
      lane, kBytes * 8 / static_cast<unsigned>(lane->getPrimitiveSizeInBits()));
}

llvm::FixedVectorType* FunctionLowering::IntegerShape(unsigned lane_bits) const {
  return Shape(llvm::IntegerType::get(lowering_.context, lane_bits));
}

llvm::Value* FunctionLowering::PopVector(llvm::FixedVectorType* shape) {
  return builder_.CreateBitCast(Pop(), shape);
}

void FunctionLowering::PushVector(llvm::Value* vector) {
  Push(builder_.CreateBitCast(vector, lowering_.TypeOf(ValueType::kV128)));
}

// The low or high half of the lanes.
llvm::Value* FunctionLowering::Half(llvm::Value* vector, bool high) {
  const unsigned lanes = llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements() / 2;
  return builder_.CreateShuffleVector(vector, Lanes(lanes, high ? static_cast<int>(lanes) : 0, 1));
}

// Lanes of twice the width, with the same number of lanes.
llvm::Value* FunctionLowering::Widen(llvm::Value* vector, bool is_signed) {
  llvm::Type* wide = llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(vector->getType()));
  return is_signed ? builder_.CreateSExt(vector, wide) : builder_.CreateZExt(vector, wide);
}

llvm::Value* FunctionLowering::WithZeroHalf(llvm::Value* half) {
  const unsigned lanes = llvm::cast<llvm::FixedVectorType>(half->getType())->getNumElements();
  return builder_.CreateShuffleVector(half, llvm::Constant::getNullValue(half->getType()),
                                      Lanes(2 * lanes, 0, 1));
}

// Neighbours added: lanes 0 and 1, 2 and 3, …
llvm::Value* FunctionLowering::AddPairs(llvm::Value* vector) {
  const unsigned lanes = llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements() / 2;
  return builder_.CreateAdd(builder_.CreateShuffleVector(vector, Lanes(lanes, 0, 2)),
                            builder_.CreateShuffleVector(vector, Lanes(lanes, 1, 2)));
}

// Each byte of `indices` below 16 chooses a byte of `bytes`; any other gives 0 (or, if `relaxed`,
// 0 or the byte at the index modulo 16).
llvm::Value* FunctionLowering::Swizzle(llvm::Value* bytes, llvm::Value* indices, bool relaxed) {
  if (lowering_.byte_lookup == ModuleLowering::ByteLookup::kPshufb) {
    // pshufb gives 0 where the index's top bit is set; 0x70 added with saturation sets it for
    // indices beyond 15.
    if (!relaxed) {
      indices = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, indices,
                                               llvm::ConstantInt::get(indices->getType(), 0x70));
    }
    return builder_.CreateIntrinsic(llvm::Intrinsic::x86_ssse3_pshuf_b_128, {bytes, indices});
  }
  if (lowering_.byte_lookup == ModuleLowering::ByteLookup::kTbl) {
    return builder_.CreateIntrinsic(llvm::Intrinsic::aarch64_neon_tbl1, {bytes->getType()},
                                    {bytes, indices});
  }
  llvm::Value* result = llvm::Constant::getNullValue(bytes->getType());
  for (std::uint64_t i = 0; i < kBytes; ++i) {
    llvm::Value* index = builder_.CreateExtractElement(indices, i);
    llvm::Value* byte = builder_.CreateExtractElement(
        bytes, builder_.CreateAnd(index, builder_.getInt8(kBytes - 1)));
    llvm::Value* inside = builder_.CreateICmpULT(index, builder_.getInt8(kBytes));
    result = builder_.CreateInsertElement(
        result, builder_.CreateSelect(inside, byte, builder_.getInt8(0)), i);
  }
  return result;
}

// The 16-bit product with 15 bits after the point, rounded: (a * b + 0x4000) >> 15. It overflows
// for -1 * -1 only, which gives 0x8000 here.
llvm::Value* FunctionLowering::MultiplyQ15(llvm::Value* a, llvm::Value* b) {
  llvm::Value* product = builder_.CreateMul(Widen(a, true), Widen(b, true));
  const auto constant = [&](std::uint64_t value) {
    return llvm::ConstantInt::get(product->getType(), value);
  };
  llvm::Value* doubled = builder_.CreateLShr(product, constant(14));
  llvm::Value* rounded = builder_.CreateLShr(builder_.CreateAdd(doubled, constant(1)), constant(1));
  return builder_.CreateTrunc(rounded, a->getType());
}

llvm::Value* FunctionLowering::TruncateSaturating(llvm::Value* floats, unsigned lanes,
                                                  bool is_signed) {
  llvm::Type* to = llvm::FixedVectorType::get(lowering_.i32, lanes);
  return builder_.CreateIntrinsic(
      is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
      {to, floats->getType()}, {floats});
}

// ---- integer lanes ----------------------------------------------------------------------

// An instruction that exists for several integer shapes; `lane_bits` is the shape's.
bool FunctionLowering::LowerVectorInteger(Opcode opcode, unsigned lane_bits) {
  llvm::FixedVectorType* shape = IntegerShape(lane_bits);
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = PopVector(shape);
    PushVector(FloatOperation(operation, PopVector(shape), b));
  };
  const auto intrinsic = [&](llvm::Intrinsic::ID id) {
    llvm::Value* b = PopVector(shape);
    PushVector(builder_.CreateBinaryIntrinsic(id, PopVector(shape), b));
  };
  const auto compare = [&](Predicate predicate) {
    llvm::Value* b = PopVector(shape);
    PushVector(builder_.CreateSExt(builder_.CreateICmp(predicate, PopVector(shape), b), shape));
  };
  const auto shift = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* count = builder_.CreateAnd(Pop(), builder_.getInt32(lane_bits - 1));
    llvm::Value* lane_count = builder_.CreateZExtOrTrunc(count, shape->getElementType());
    llvm::Value* counts = builder_.CreateVectorSplat(shape->getNumElements(), lane_count);
    PushVector(builder_.CreateBinOp(operation, PopVector(shape), counts));
  };
  const auto extend = [&](bool high, bool is_signed) {  // from half as wide lanes
    PushVector(Widen(Half(PopVector(IntegerShape(lane_bits / 2)), high), is_signed));
  };
  const auto multiply_extended = [&](bool high, bool is_signed) {
    llvm::Value* b = PopVector(IntegerShape(lane_bits / 2));
    llvm::Value* a = PopVector(IntegerShape(lane_bits / 2));
    PushVector(
        builder_.CreateMul(Widen(Half(a, high), is_signed), Widen(Half(b, high), is_signed)));
  };
  const auto narrow = [&](bool is_signed) {  // from twice as wide lanes
    llvm::FixedVectorType* wide = IntegerShape(lane_bits * 2);
    llvm::Value* b = PopVector(wide);
    llvm::Value* a = PopVector(wide);
    const unsigned lanes = shape->getNumElements();
    llvm::Value* both = builder_.CreateShuffleVector(a, b, Lanes(lanes, 0, 1));
    const llvm::APInt low = is_signed
                                ? llvm::APInt::getSignedMinValue(lane_bits).sext(lane_bits * 2)
                                : llvm::APInt(lane_bits * 2, 0);
    const llvm::APInt high = is_signed
                                 ? llvm::APInt::getSignedMaxValue(lane_bits).zext(lane_bits * 2)
                                 : llvm::APInt::getMaxValue(lane_bits).zext(lane_bits * 2);
    both = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, both,
                                          llvm::ConstantInt::get(both->getType(), low));
    both = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, both,
                                          llvm::ConstantInt::get(both->getType(), high));
    PushVector(builder_.CreateTrunc(both, shape));
  };
#define SHAPES_OF_8_16_32(name) \
  case Opcode::kI8x16##name:    \
  case Opcode::kI16x8##name:    \
  case Opcode::kI32x4##name
#define SHAPES(name) SHAPES_OF_8_16_32(name) : case Opcode::kI64x2##name
#define SHAPES_OF_16_32_64(name, from8, from16, from32) \
  case Opcode::kI16x8##name##I8x16##from8:              \
  case Opcode::kI32x4##name##I16x8##from16:             \
  case Opcode::kI64x2##name##I32x4##from32
  // clang-format off
  switch (opcode) {
    SHAPES(Splat): {
      llvm::Value* lane = builder_.CreateZExtOrTrunc(Pop(), shape->getElementType());
      PushVector(builder_.CreateVectorSplat(shape->getNumElements(), lane));
      break;
    }
    SHAPES(Add): binary(llvm::Instruction::Add); break;
    SHAPES(Sub): binary(llvm::Instruction::Sub); break;
    case Opcode::kI16x8Mul:
    case Opcode::kI32x4Mul:
    case Opcode::kI64x2Mul: binary(llvm::Instruction::Mul); break;
    SHAPES(Neg): PushVector(builder_.CreateNeg(PopVector(shape))); break;
    SHAPES(Abs):
      PushVector(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, PopVector(shape),
                                                builder_.getFalse()));
      break;
    SHAPES(Shl): shift(llvm::Instruction::Shl); break;
    SHAPES(ShrS): shift(llvm::Instruction::AShr); break;
    SHAPES(ShrU): shift(llvm::Instruction::LShr); break;
    SHAPES(Eq): compare(Predicate::ICMP_EQ); break;
    SHAPES(Ne): compare(Predicate::ICMP_NE); break;
    SHAPES(LtS): compare(Predicate::ICMP_SLT); break;
    SHAPES(GtS): compare(Predicate::ICMP_SGT); break;
    SHAPES(LeS): compare(Predicate::ICMP_SLE); break;
    SHAPES(GeS): compare(Predicate::ICMP_SGE); break;
    SHAPES_OF_8_16_32(LtU): compare(Predicate::ICMP_ULT); break;
    SHAPES_OF_8_16_32(GtU): compare(Predicate::ICMP_UGT); break;
    SHAPES_OF_8_16_32(LeU): compare(Predicate::ICMP_ULE); break;
    SHAPES_OF_8_16_32(GeU): compare(Predicate::ICMP_UGE); break;
    SHAPES_OF_8_16_32(MinS): intrinsic(llvm::Intrinsic::smin); break;
    SHAPES_OF_8_16_32(MinU): intrinsic(llvm::Intrinsic::umin); break;
    SHAPES_OF_8_16_32(MaxS): intrinsic(llvm::Intrinsic::smax); break;
    SHAPES_OF_8_16_32(MaxU): intrinsic(llvm::Intrinsic::umax); break;
    case Opcode::kI8x16AddSatS:
    case Opcode::kI16x8AddSatS: intrinsic(llvm::Intrinsic::sadd_sat); break;
    case Opcode::kI8x16AddSatU:
    case Opcode::kI16x8AddSatU: intrinsic(llvm::Intrinsic::uadd_sat); break;
    case Opcode::kI8x16SubSatS:
    case Opcode::kI16x8SubSatS: intrinsic(llvm::Intrinsic::ssub_sat); break;
    case Opcode::kI8x16SubSatU:
    case Opcode::kI16x8SubSatU: intrinsic(llvm::Intrinsic::usub_sat); break;
    case Opcode::kI8x16AvgrU:
    case Opcode::kI16x8AvgrU: {
      llvm::Value* b = Widen(PopVector(shape), false);
      llvm::Value* sum = builder_.CreateAdd(Widen(PopVector(shape), false), b);
      llvm::Value* one = llvm::ConstantInt::get(sum->getType(), 1);
      PushVector(builder_.CreateTrunc(builder_.CreateLShr(builder_.CreateAdd(sum, one), one), shape));
      break;
    }
    case Opcode::kI8x16Popcnt:
      PushVector(builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, PopVector(shape)));
      break;
    SHAPES(AllTrue): {
      llvm::Value* zero = llvm::Constant::getNullValue(shape);
      llvm::Value* lanes = builder_.CreateICmpEQ(PopVector(shape), zero);
      llvm::Type* bits = builder_.getIntNTy(shape->getNumElements());
      PushBool(builder_.CreateIsNull(builder_.CreateBitCast(lanes, bits)));
      break;
    }
    SHAPES(Bitmask): {
      llvm::Value* zero = llvm::Constant::getNullValue(shape);
      llvm::Value* lanes = builder_.CreateICmpSLT(PopVector(shape), zero);
      llvm::Type* bits = builder_.getIntNTy(shape->getNumElements());
      Push(builder_.CreateZExt(builder_.CreateBitCast(lanes, bits), lowering_.i32));
      break;
    }
    SHAPES_OF_16_32_64(ExtendLow, S, S, S): extend(false, true); break;
    SHAPES_OF_16_32_64(ExtendHigh, S, S, S): extend(true, true); break;
    SHAPES_OF_16_32_64(ExtendLow, U, U, U): extend(false, false); break;
    SHAPES_OF_16_32_64(ExtendHigh, U, U, U): extend(true, false); break;
    SHAPES_OF_16_32_64(ExtmulLow, S, S, S): multiply_extended(false, true); break;
    SHAPES_OF_16_32_64(ExtmulHigh, S, S, S): multiply_extended(true, true); break;
    SHAPES_OF_16_32_64(ExtmulLow, U, U, U): multiply_extended(false, false); break;
    SHAPES_OF_16_32_64(ExtmulHigh, U, U, U): multiply_extended(true, false); break;
    case Opcode::kI16x8ExtaddPairwiseI8x16S:
    case Opcode::kI32x4ExtaddPairwiseI16x8S:
      PushVector(AddPairs(Widen(PopVector(IntegerShape(lane_bits / 2)), true)));
      break;
    case Opcode::kI16x8ExtaddPairwiseI8x16U:
    case Opcode::kI32x4ExtaddPairwiseI16x8U:
      PushVector(AddPairs(Widen(PopVector(IntegerShape(lane_bits / 2)), false)));
      break;
    case Opcode::kI8x16NarrowI16x8S:
    case Opcode::kI16x8NarrowI32x4S: narrow(true); break;
    case Opcode::kI8x16NarrowI16x8U:
    case Opcode::kI16x8NarrowI32x4U: narrow(false); break;
    default: return false;
  }
    // clang-format on
#undef SHAPES_OF_16_32_64
#undef SHAPES
#undef SHAPES_OF_8_16_32
  return true;
}

// ---- floating-point lanes ---------------------------------------------------------------

bool FunctionLowering::LowerVectorFloat(Opcode opcode, llvm::Type* lane) {
  llvm::FixedVectorType* shape = Shape(lane);
  llvm::FixedVectorType* mask = IntegerShape(static_cast<unsigned>(lane->getPrimitiveSizeInBits()));
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = PopVector(shape);
    PushVector(FloatOperation(operation, PopVector(shape), b));
  };
  const auto round = [&](llvm::Intrinsic::ID id) { PushVector(Round(id, PopVector(shape))); };
  const auto unary = [&](llvm::Intrinsic::ID id) {
    PushVector(builder_.CreateUnaryIntrinsic(id, PopVector(shape)));
  };
  const auto compare = [&](Predicate predicate) {
    llvm::Value* b = PopVector(shape);
    PushVector(builder_.CreateSExt(builder_.CreateFCmp(predicate, PopVector(shape), b), mask));
  };
  const auto minimum_maximum = [&](bool minimum) {
    llvm::Value* b = PopVector(shape);
    PushVector(MinimumMaximum(PopVector(shape), b, minimum));
  };
  // b < a ? b : a, and b > a ? b : a for the maximum.
  const auto pseudo = [&](bool minimum) {
    llvm::Value* b = PopVector(shape);
    llvm::Value* a = PopVector(shape);
    llvm::Value* takes_b = minimum ? builder_.CreateFCmpOLT(b, a) : builder_.CreateFCmpOLT(a, b);
    PushVector(builder_.CreateSelect(takes_b, b, a));
  };
  const auto multiply_add = [&](bool negated) {
    llvm::Value* c = PopVector(shape);
    llvm::Value* b = PopVector(shape);
    llvm::Value* a = PopVector(shape);
    if (negated) a = builder_.CreateFNeg(a);
    // Fused everywhere or nowhere: the choice must not differ from one use to the next.
    PushVector(lowering_.has_fused_multiply_add
                   ? builder_.CreateIntrinsic(llvm::Intrinsic::fma, {shape}, {a, b, c})
                   : FloatOperation(llvm::Instruction::FAdd,
                                    FloatOperation(llvm::Instruction::FMul, a, b), c));
  };
#define SHAPES(name)         \
  case Opcode::kF32x4##name: \
  case Opcode::kF64x2##name
  // clang-format off
  switch (opcode) {
    SHAPES(Splat): PushVector(builder_.CreateVectorSplat(shape->getNumElements(), Pop())); break;
    SHAPES(Add): binary(llvm::Instruction::FAdd); break;
    SHAPES(Sub): binary(llvm::Instruction::FSub); break;
    SHAPES(Mul): binary(llvm::Instruction::FMul); break;
    SHAPES(Div): binary(llvm::Instruction::FDiv); break;
    SHAPES(Neg): PushVector(builder_.CreateFNeg(PopVector(shape))); break;
    SHAPES(Abs): unary(llvm::Intrinsic::fabs); break;
    SHAPES(Sqrt): unary(llvm::Intrinsic::sqrt); break;
    SHAPES(Ceil): round(llvm::Intrinsic::ceil); break;
    SHAPES(Floor): round(llvm::Intrinsic::floor); break;
    SHAPES(Trunc): round(llvm::Intrinsic::trunc); break;
    SHAPES(Nearest): round(llvm::Intrinsic::roundeven); break;
    SHAPES(Eq): compare(Predicate::FCMP_OEQ); break;
    SHAPES(Ne): compare(Predicate::FCMP_UNE); break;
    SHAPES(Lt): compare(Predicate::FCMP_OLT); break;
    SHAPES(Gt): compare(Predicate::FCMP_OGT); break;
    SHAPES(Le): compare(Predicate::FCMP_OLE); break;
    SHAPES(Ge): compare(Predicate::FCMP_OGE); break;
    SHAPES(Min): minimum_maximum(true); break;
    SHAPES(Max): minimum_maximum(false); break;
    SHAPES(Pmin):
    SHAPES(RelaxedMin): pseudo(true); break;
    SHAPES(Pmax):
    SHAPES(RelaxedMax): pseudo(false); break;
    SHAPES(RelaxedMadd): multiply_add(false); break;
    SHAPES(RelaxedNmadd): multiply_add(true); break;
    default: return false;
  }
    // clang-format on
#undef SHAPES
  return true;
}

// ---- everything with a shape of its own --------------------------------------------------

void FunctionLowering::LowerVectorOther(const Instruction& instruction) {
  llvm::FixedVectorType* bytes = IntegerShape(8);
  llvm::FixedVectorType* shorts = IntegerShape(16);
  llvm::FixedVectorType* words = IntegerShape(32);
  llvm::FixedVectorType* floats = Shape(builder_.getFloatTy());
  llvm::FixedVectorType* doubles = Shape(builder_.getDoubleTy());
  const auto logical = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    Push(builder_.CreateBinOp(operation, Pop(), b));
  };
  switch (instruction.opcode) {
    case Opcode::kV128Const:
      Push(llvm::ConstantVector::get(
          {builder_.getInt64(instruction.bits), builder_.getInt64(instruction.bits_high)}));
      break;
    case Opcode::kV128Not: Push(builder_.CreateNot(Pop())); break;
    case Opcode::kV128And: logical(llvm::Instruction::And); break;
    case Opcode::kV128Or: logical(llvm::Instruction::Or); break;
    case Opcode::kV128Xor: logical(llvm::Instruction::Xor); break;
    case Opcode::kV128Andnot: {
      llvm::Value* b = builder_.CreateNot(Pop());
      Push(builder_.CreateAnd(Pop(), b));
      break;
    }
    case Opcode::kV128Bitselect:
    case Opcode::kI8x16RelaxedLaneselect:
    case Opcode::kI16x8RelaxedLaneselect:
    case Opcode::kI32x4RelaxedLaneselect:
    case Opcode::kI64x2RelaxedLaneselect: {
      llvm::Value* mask = Pop();
      llvm::Value* otherwise = builder_.CreateAnd(Pop(), builder_.CreateNot(mask));
      Push(builder_.CreateOr(builder_.CreateAnd(Pop(), mask), otherwise));
      break;
    }
    case Opcode::kV128AnyTrue:
      PushBool(builder_.CreateIsNotNull(builder_.CreateBitCast(Pop(), builder_.getInt128Ty())));
      break;
    case Opcode::kI8x16Shuffle: {
      std::vector<int> lanes(kBytes);
      for (unsigned i = 0; i < kBytes; ++i) {
        const std::uint64_t half = i < 8 ? instruction.bits : instruction.bits_high;
        lanes[i] = static_cast<int>(half >> (i % 8 * 8) & 0xFF);
      }
      llvm::Value* b = PopVector(bytes);
      PushVector(builder_.CreateShuffleVector(PopVector(bytes), b, lanes));
      break;
    }
    case Opcode::kI8x16Swizzle:
    case Opcode::kI8x16RelaxedSwizzle: {
      llvm::Value* indices = PopVector(bytes);
      PushVector(
          Swizzle(PopVector(bytes), indices, instruction.opcode == Opcode::kI8x16RelaxedSwizzle));
      break;
    }
    case Opcode::kI16x8Q15mulrSatS: {
      llvm::Value* b = PopVector(shorts);
      llvm::Value* product = MultiplyQ15(PopVector(shorts), b);
      llvm::Value* overflow =
          builder_.CreateICmpEQ(product, llvm::ConstantInt::get(shorts, 0x8000));
      PushVector(builder_.CreateXor(product, builder_.CreateSExt(overflow, shorts)));
      break;
    }
    case Opcode::kI16x8RelaxedQ15mulrS: {
      llvm::Value* b = PopVector(shorts);
      PushVector(MultiplyQ15(PopVector(shorts), b));
      break;
    }
    case Opcode::kI32x4DotI16x8S: {
      llvm::Value* b = Widen(PopVector(shorts), true);
      PushVector(AddPairs(builder_.CreateMul(Widen(PopVector(shorts), true), b)));
      break;
    }
    case Opcode::kI16x8RelaxedDotI8x16I7x16S:
    case Opcode::kI32x4RelaxedDotI8x16I7x16AddS: {
      const bool adds = instruction.opcode == Opcode::kI32x4RelaxedDotI8x16I7x16AddS;
      llvm::Value* sum = adds ? PopVector(words) : nullptr;
      llvm::Value* b = Widen(PopVector(bytes), true);
      llvm::Value* dot = AddPairs(builder_.CreateMul(Widen(PopVector(bytes), true), b));
      PushVector(adds ? builder_.CreateAdd(AddPairs(Widen(dot, true)), sum) : dot);
      break;
    }
    case Opcode::kI32x4TruncSatF32x4S:
    case Opcode::kI32x4RelaxedTruncF32x4S:
      PushVector(TruncateSaturating(PopVector(floats), 4, true));
      break;
    case Opcode::kI32x4TruncSatF32x4U:
    case Opcode::kI32x4RelaxedTruncF32x4U:
      PushVector(TruncateSaturating(PopVector(floats), 4, false));
      break;
    case Opcode::kI32x4TruncSatF64x2SZero:
    case Opcode::kI32x4RelaxedTruncF64x2SZero:
      PushVector(WithZeroHalf(TruncateSaturating(PopVector(doubles), 2, true)));
      break;
    case Opcode::kI32x4TruncSatF64x2UZero:
    case Opcode::kI32x4RelaxedTruncF64x2UZero:
      PushVector(WithZeroHalf(TruncateSaturating(PopVector(doubles), 2, false)));
      break;
    case Opcode::kF32x4ConvertI32x4S:
      PushVector(builder_.CreateSIToFP(PopVector(words), floats));
      break;
    case Opcode::kF32x4ConvertI32x4U:
      PushVector(builder_.CreateUIToFP(PopVector(words), floats));
      break;
    case Opcode::kF64x2ConvertLowI32x4S:
      PushVector(builder_.CreateSIToFP(Half(PopVector(words), false), doubles));
      break;
    case Opcode::kF64x2ConvertLowI32x4U:
      PushVector(builder_.CreateUIToFP(Half(PopVector(words), false), doubles));
      break;
    case Opcode::kF32x4DemoteF64x2Zero: {
      llvm::Type* half = llvm::FixedVectorType::get(builder_.getFloatTy(), 2);
      PushVector(WithZeroHalf(builder_.CreateFPTrunc(PopVector(doubles), half)));
      break;
    }
    case Opcode::kF64x2PromoteLowF32x4:
      PushVector(builder_.CreateFPExt(Half(PopVector(floats), false), doubles));
      break;
    case Opcode::kI8x16ExtractLaneS:
    case Opcode::kI8x16ExtractLaneU:
    case Opcode::kI16x8ExtractLaneS:
    case Opcode::kI16x8ExtractLaneU: {
      const bool is_signed = instruction.opcode == Opcode::kI8x16ExtractLaneS ||
                             instruction.opcode == Opcode::kI16x8ExtractLaneS;
      const bool is_byte = wasm::InfoOf(instruction.opcode).width_log2 == 0;
      llvm::Value* lane = builder_.CreateExtractElement(PopVector(is_byte ? bytes : shorts),
                                                        std::uint64_t{instruction.index});
      Push(is_signed ? builder_.CreateSExt(lane, lowering_.i32)
                     : builder_.CreateZExt(lane, lowering_.i32));
      break;
    }
    case Opcode::kI32x4ExtractLane:
    case Opcode::kI64x2ExtractLane:
    case Opcode::kF32x4ExtractLane:
    case Opcode::kF64x2ExtractLane: {
      llvm::Type* lane = lowering_.TypeOf(wasm::InfoOf(instruction.opcode).result);
      Push(builder_.CreateExtractElement(PopVector(Shape(lane)), std::uint64_t{instruction.index}));
      break;
    }
    case Opcode::kI8x16ReplaceLane:
    case Opcode::kI16x8ReplaceLane:
    case Opcode::kI32x4ReplaceLane:
    case Opcode::kI64x2ReplaceLane:
    case Opcode::kF32x4ReplaceLane:
    case Opcode::kF64x2ReplaceLane: {
      llvm::Value* lane = Pop();
      if (lane->getType()->isIntegerTy()) {
        lane = builder_.CreateTrunc(
            lane, builder_.getIntNTy(8U << wasm::InfoOf(instruction.opcode).width_log2));
      }
      PushVector(builder_.CreateInsertElement(PopVector(Shape(lane->getType())), lane,
                                              std::uint64_t{instruction.index}));
      break;
    }
    default: LowerVectorMemory(instruction); break;
  }
}

// ---- memory -------------------------------------------------------------------------------

void FunctionLowering::LowerVectorMemory(const Instruction& instruction) {
  const unsigned width = 1U << wasm::InfoOf(instruction.opcode).width_log2;
  // The other half of a register is filled from memory by one instruction only for doubles
  // (x86-64's MOVHPD); what the bits mean is the same to loads and stores.
  llvm::Type* lane = width == 8 ? builder_.getDoubleTy() : builder_.getIntNTy(width * 8);
  const auto load = [&](llvm::Type* type) {
    return Load(type, Address(instruction, Pop(), width),
                lowering_.AliasTag(AliasClass::kLinearMemory), 1);
  };
  const auto store = [&](llvm::Value* value) {
    Store(value, Address(instruction, Pop(), width), lowering_.AliasTag(AliasClass::kLinearMemory),
          1);
  };
  const auto load_extended = [&](unsigned lane_bits, bool is_signed) {
    llvm::Type* half = llvm::FixedVectorType::get(builder_.getIntNTy(lane_bits), 64 / lane_bits);
    PushVector(Widen(load(half), is_signed));
  };
  switch (instruction.opcode) {
    case Opcode::kV128Load: Push(load(lowering_.TypeOf(ValueType::kV128))); break;
    case Opcode::kV128Store: store(Pop()); break;
    case Opcode::kV128Load8x8S: load_extended(8, true); break;
    case Opcode::kV128Load8x8U: load_extended(8, false); break;
    case Opcode::kV128Load16x4S: load_extended(16, true); break;
    case Opcode::kV128Load16x4U: load_extended(16, false); break;
    case Opcode::kV128Load32x2S: load_extended(32, true); break;
    case Opcode::kV128Load32x2U: load_extended(32, false); break;
    case Opcode::kV128Load8Splat:
    case Opcode::kV128Load16Splat:
    case Opcode::kV128Load32Splat:
    case Opcode::kV128Load64Splat:
      PushVector(builder_.CreateVectorSplat(kBytes / width, load(lane)));
      break;
    case Opcode::kV128Load32Zero:
    case Opcode::kV128Load64Zero:
      PushVector(builder_.CreateInsertElement(llvm::Constant::getNullValue(Shape(lane)), load(lane),
                                              std::uint64_t{0}));
      break;
    case Opcode::kV128Load8Lane:
    case Opcode::kV128Load16Lane:
    case Opcode::kV128Load32Lane:
    case Opcode::kV128Load64Lane: {
      llvm::Value* vector = PopVector(Shape(lane));
      PushVector(
          builder_.CreateInsertElement(vector, load(lane), std::uint64_t{instruction.index}));
      break;
    }
    case Opcode::kV128Store8Lane:
    case Opcode::kV128Store16Lane:
    case Opcode::kV128Store32Lane:
    case Opcode::kV128Store64Lane:
      store(
          builder_.CreateExtractElement(PopVector(Shape(lane)), std::uint64_t{instruction.index}));
      break;
    default: llvm_unreachable("a vector instruction that lowering does not know");
  }
}

void FunctionLowering::LowerVector(const Instruction& instruction) {
  // The shape is the name's first part.
  const std::string_view name = wasm::OpcodeName(instruction.opcode);
  if (name.starts_with("f32x4") && LowerVectorFloat(instruction.opcode, builder_.getFloatTy())) {
    return;
  }
  if (name.starts_with("f64x2") && LowerVectorFloat(instruction.opcode, builder_.getDoubleTy())) {
    return;
  }
  const unsigned lane_bits = name.starts_with("i8x16")   ? 8
                             : name.starts_with("i16x8") ? 16
                             : name.starts_with("i32x4") ? 32
                             : name.starts_with("i64x2") ? 64
                                                         : 0;
  if (lane_bits != 0 && LowerVectorInteger(instruction.opcode, lane_bits)) return;
  LowerVectorOther(instruction);
}

}  // namespace tenon::compiler
