// Ranges are intervals of byte addresses in 64 bits: what lies between two accesses counts as
// accessed too. A range that cannot be expressed without overflow fails the comparison.
#include "compiler/optimize/vectors/access_ranges.h"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/PatternMatch.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

constexpr std::size_t kMostComparisons = 24;
constexpr std::int64_t kIndexLimit = std::int64_t{1} << 32;
// Of indices of 64 bits on both sides of the base: what is added to them stays far from 64 bits.
constexpr std::int64_t kWideIndexLimit = std::int64_t{1} << 48;

struct Address {
  llvm::Value* base;
  const llvm::SCEV* index;
  std::int64_t offset;
};

std::optional<Address> FindAddress(llvm::Value* pointer, llvm::ScalarEvolution& evolution) {
  using namespace llvm::PatternMatch;
  llvm::APInt offset(64, 0);
  llvm::Value* inner = pointer->stripAndAccumulateConstantOffsets(evolution.getDataLayout(), offset,
                                                                  /*AllowNonInbounds=*/true);
  auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(inner);
  if (element == nullptr || element->getNumIndices() != 1 ||
      !element->getSourceElementType()->isIntegerTy(8) || offset.abs().ugt(kIndexLimit))
    return std::nullopt;
  llvm::Value* index = element->idx_begin()->get();
  llvm::Value* narrow = nullptr;
  if (match(index, m_ZExt(m_Value(narrow))) && narrow->getType()->isIntegerTy(32)) {
    index = narrow;
  } else if (!index->getType()->isIntegerTy(64)) {
    return std::nullopt;  // a narrow one would be extended with its sign
  }
  return Address{element->getPointerOperand(), evolution.getSCEV(index), offset.getSExtValue()};
}

std::optional<AddressClass> Describe(const Address& address, std::uint64_t size,
                                     const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  AddressClass result{.index = address.index,
                      .start = address.index,
                      .offset = address.offset,
                      .size = size,
                      .stride = 0,
                      .inner = {},
                      .accesses = {}};
  while (const auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(result.start)) {
    if (!loop.contains(recurrence->getLoop()) || !recurrence->isAffine()) break;
    const llvm::SCEV* step = recurrence->getStepRecurrence(evolution);
    if (recurrence->getLoop() == &loop) {
      const auto* constant = llvm::dyn_cast<llvm::SCEVConstant>(step);
      if (constant == nullptr) return std::nullopt;
      result.stride = constant->getAPInt().getSExtValue();
    } else {
      const llvm::SCEV* back_edges = evolution.getBackedgeTakenCount(recurrence->getLoop());
      if (llvm::isa<llvm::SCEVCouldNotCompute>(back_edges) ||
          !evolution.isLoopInvariant(step, &loop) || !evolution.isLoopInvariant(back_edges, &loop))
        return std::nullopt;
      result.inner.push_back({recurrence->getLoop(), step, back_edges});
    }
    result.start = recurrence->getStart();
  }
  if (!evolution.isLoopInvariant(result.start, &loop)) return std::nullopt;
  return result;
}

// Two loops one after the other that walk the same way share a class.
bool IsSame(const AddressClass& one, const AddressClass& other) {
  const auto same_stride = [](const AddressClass::InnerStride& a,
                              const AddressClass::InnerStride& b) {
    return a.step == b.step && a.back_edges == b.back_edges;
  };
  return one.start == other.start && one.stride == other.stride && one.offset == other.offset &&
         one.size == other.size && llvm::equal(one.inner, other.inner, same_stride);
}

// Whether two expressions differ by less than a group of iterations reaches: no check could pass.
bool AlwaysMeet(const AddressClass& one, const AddressClass& other, std::int64_t group,
                llvm::ScalarEvolution& evolution) {
  if (one.index->getType() != other.index->getType()) return false;
  const auto* difference =
      llvm::dyn_cast<llvm::SCEVConstant>(evolution.getMinusSCEV(one.index, other.index));
  if (difference == nullptr) return false;
  const std::int64_t distance = difference->getAPInt().getSExtValue() + one.offset - other.offset;
  return std::abs(distance) < std::abs(one.stride) * (group - 1) +
                                  static_cast<std::int64_t>(std::max(one.size, other.size));
}

// The interval of a class: [low, high) is relative to the base, `fits` whether it is right.
struct Range {
  llvm::Value* low;
  llvm::Value* high;
};

// An expression's value before the loop. It may be poison where it belongs to an inner loop that
// does not run; that must not spoil the comparisons of what does.
llvm::Value* Expand(const llvm::SCEV* expression, llvm::SCEVExpander& expander,
                    llvm::IRBuilder<>& before) {
  return before.CreateFreeze(
      expander.expandCodeFor(expression, nullptr, &*before.GetInsertPoint()));
}

// What a group accesses round its first index, and whether that can be said.
struct Extent {
  llvm::Value* below;
  llvm::Value* above;
};

Extent EmitExtent(const AddressClass& address, llvm::SCEVExpander& expander, std::int64_t group,
                  llvm::IRBuilder<>& before, llvm::Value*& holds) {
  const std::int64_t lanes = address.stride * (group - 1);
  llvm::Value* zero = before.getInt64(0);
  Extent extent{
      before.getInt64(static_cast<std::uint64_t>(std::min<std::int64_t>(lanes, 0))),
      before.getInt64(static_cast<std::uint64_t>(std::max<std::int64_t>(lanes, 0)) + address.size)};
  llvm::Type* wide = before.getInt64Ty();
  for (const AddressClass::InnerStride& inner : address.inner) {
    llvm::Value* step = before.CreateSExt(Expand(inner.step, expander, before), wide);
    llvm::Value* count = before.CreateZExt(Expand(inner.back_edges, expander, before), wide);
    llvm::Value* span = before.CreateMul(step, count);
    // The product of 32 signed and 32 unsigned bits does not overflow; sums must not either.
    holds = before.CreateAnd(
        holds, before.CreateICmpULT(before.CreateAdd(step, before.getInt64(std::uint64_t{1} << 31)),
                                    before.getInt64(static_cast<std::uint64_t>(kIndexLimit))));
    holds = before.CreateAnd(
        holds,
        before.CreateICmpULT(count, before.getInt64(static_cast<std::uint64_t>(kIndexLimit))));
    holds = before.CreateAnd(
        holds, before.CreateICmpULT(
                   before.CreateAdd(span, before.getInt64(static_cast<std::uint64_t>(kIndexLimit))),
                   before.getInt64(static_cast<std::uint64_t>(2 * kIndexLimit))));
    extent.below = before.CreateAdd(
        extent.below, before.CreateBinaryIntrinsic(llvm::Intrinsic::smin, span, zero));
    extent.above = before.CreateAdd(
        extent.above, before.CreateBinaryIntrinsic(llvm::Intrinsic::smax, span, zero));
    // Iterations that are taken together must not store over each other.
    if (address.is_stored) {
      const std::uint64_t reach =
          std::max(static_cast<std::uint64_t>(std::abs(address.stride) * group), address.size);
      llvm::Value* far = before.CreateICmpUGE(
          before.CreateBinaryIntrinsic(llvm::Intrinsic::abs, step, before.getFalse()),
          before.getInt64(reach));
      holds = before.CreateAnd(
          holds, before.CreateOr(far, before.CreateICmpEQ(count, before.getInt64(0))));
    }
  }
  return extent;
}

}  // namespace

std::optional<std::vector<AddressClass>> FindAddressClasses(const llvm::Loop& loop,
                                                            llvm::ScalarEvolution& evolution,
                                                            std::int64_t group) {
  std::vector<AddressClass> classes;
  llvm::Value* base = nullptr;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      llvm::Value* pointer = llvm::getLoadStorePointerOperand(&instruction);
      if (pointer == nullptr) continue;
      const auto address = FindAddress(pointer, evolution);
      if (!address || (base != nullptr && base != address->base)) return std::nullopt;
      base = address->base;
      const std::uint64_t size =
          evolution.getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(&instruction));
      auto described = Describe(*address, size, loop, evolution);
      if (!described) return std::nullopt;
      const auto known = llvm::find_if(
          classes, [&](const AddressClass& known) { return IsSame(known, *described); });
      AddressClass* found =
          known != classes.end() ? &*known : &classes.emplace_back(std::move(*described));
      found->accesses.push_back(&instruction);
      found->is_stored |= llvm::isa<llvm::StoreInst>(instruction);
    }
  }
  if (base != nullptr && !loop.isLoopInvariant(base)) return std::nullopt;
  std::size_t comparisons = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    // With two inner loops the iterations of one may run over those of the other.
    if (classes[i].is_stored && classes[i].inner.size() > 1) return std::nullopt;
    for (std::size_t j = 0; j < i; ++j) {
      if (!MustDiffer(classes[i], classes[j])) continue;
      if (++comparisons > kMostComparisons || AlwaysMeet(classes[i], classes[j], group, evolution))
        return std::nullopt;
    }
  }
  return classes;
}

bool CanEmitRangeChecks(llvm::ArrayRef<AddressClass> classes, const llvm::Loop& loop,
                        const llvm::SCEVExpander& expander) {
  const llvm::Instruction* place = loop.getLoopPreheader()->getTerminator();
  return llvm::all_of(classes, [&](const AddressClass& address) {
    return expander.isSafeToExpandAt(address.start, place) &&
           llvm::all_of(address.inner, [&](const AddressClass::InnerStride& inner) {
             return expander.isSafeToExpandAt(inner.step, place) &&
                    expander.isSafeToExpandAt(inner.back_edges, place);
           });
  });
}

bool MustDiffer(const AddressClass& one, const AddressClass& other) {
  return one.is_stored || other.is_stored;
}

llvm::Value* EmitRangeChecks(llvm::ArrayRef<AddressClass> classes, const llvm::Loop& loop,
                             llvm::SCEVExpander& expander, std::int64_t group, llvm::Value* done,
                             llvm::IRBuilder<>& builder) {
  llvm::Instruction* place = loop.getLoopPreheader()->getTerminator();
  llvm::IRBuilder<> before(place);
  llvm::Value* holds = before.getTrue();
  std::vector<Extent> extents;
  std::vector<llvm::Value*> starts;
  for (const AddressClass& address : classes) {
    extents.push_back(EmitExtent(address, expander, group, before, holds));
    starts.push_back(Expand(address.start, expander, before));
  }
  std::vector<Range> ranges;
  llvm::Type* wide = builder.getInt64Ty();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    llvm::Type* type = starts[i]->getType();
    const bool is_wide = type == wide;
    llvm::Value* moved = builder.CreateMul(builder.CreateTrunc(done, type),
                                           llvm::ConstantInt::getSigned(type, classes[i].stride));
    llvm::Value* index = builder.CreateZExt(builder.CreateAdd(starts[i], moved), wide);
    llvm::Value* low = builder.CreateAdd(index, extents[i].below);
    llvm::Value* high = builder.CreateAdd(index, extents[i].above);
    const auto limit = [&](std::int64_t number) {
      return builder.getInt64(static_cast<std::uint64_t>(number));
    };
    holds = builder.CreateAnd(
        holds, builder.CreateICmpSGE(is_wide ? index : low, limit(is_wide ? -kWideIndexLimit : 0)));
    holds = builder.CreateAnd(
        holds, builder.CreateICmpSLE(is_wide ? index : high,
                                     limit(is_wide ? kWideIndexLimit : kIndexLimit)));
    llvm::Value* offset = builder.getInt64(static_cast<std::uint64_t>(classes[i].offset));
    ranges.push_back({builder.CreateAdd(low, offset), builder.CreateAdd(high, offset)});
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!MustDiffer(classes[i], classes[j])) continue;
      llvm::Value* is_below = builder.CreateICmpSLE(ranges[i].high, ranges[j].low);
      llvm::Value* is_above = builder.CreateICmpSLE(ranges[j].high, ranges[i].low);
      holds = builder.CreateAnd(holds, builder.CreateOr(is_below, is_above));
    }
  }
  return holds;
}

AccessScopes::AccessScopes(llvm::ArrayRef<AddressClass> classes, llvm::LLVMContext& context) {
  llvm::MDBuilder metadata(context);
  llvm::MDNode* domain = metadata.createAnonymousAliasScopeDomain("group");
  std::vector<llvm::Metadata*> scopes;
  for (std::size_t i = 0; i < classes.size(); ++i)
    scopes.push_back(metadata.createAnonymousAliasScope(domain));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<llvm::Metadata*> others;
    for (std::size_t j = 0; j < classes.size(); ++j) {
      if (i != j && MustDiffer(classes[i], classes[j])) others.push_back(scopes[j]);
    }
    for (const llvm::Instruction* access : classes[i].accesses) {
      scopes_[access] = {llvm::MDNode::get(context, scopes[i]), llvm::MDNode::get(context, others)};
    }
  }
}

void AccessScopes::Tell(const llvm::Instruction& of, llvm::Instruction& copy) const {
  const auto found = scopes_.find(&of);
  if (found == scopes_.end()) return;
  const auto add = [&](unsigned kind, llvm::MDNode* scopes) {
    copy.setMetadata(kind, llvm::MDNode::concatenate(copy.getMetadata(kind), scopes));
  };
  CopyAliasClass(of, copy);
  add(llvm::LLVMContext::MD_alias_scope, found->second.own);
  add(llvm::LLVMContext::MD_noalias, found->second.others);
}

}  // namespace tenon::compiler
