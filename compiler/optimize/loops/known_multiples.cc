// A compiler that unrolls a loop by two runs one iteration first if their number is odd:
//
//   if (n & 1) { ...; i = 1; } else i = 0;
//   for (; i != n; i += 2) ...
//
// That n - i is even follows on each edge into the phi of i from the branch before it, and on none
// from the numbers alone. All is calculated modulo 2^bits, where scalar evolution cancels out what
// is masked: (n & 3) is n modulo 4.
#include "compiler/optimize/loops/known_multiples.h"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>

#include <optional>

namespace tenon::compiler {

namespace {

constexpr unsigned kMostPhis = 3;        // one behind the other
constexpr unsigned kMostConditions = 8;  // branches before an edge

// Makes constants of the low bits that are known of values.
class KnownLowBits : public llvm::SCEVRewriteVisitor<KnownLowBits> {
 public:
  explicit KnownLowBits(llvm::ScalarEvolution& evolution) : SCEVRewriteVisitor(evolution) {}

  const llvm::SCEV* visitTruncateExpr(const llvm::SCEVTruncateExpr* expression) {
    const auto* unknown = llvm::dyn_cast<llvm::SCEVUnknown>(expression->getOperand());
    if (unknown == nullptr) return expression;
    const unsigned bits = expression->getType()->getIntegerBitWidth();
    const llvm::KnownBits known =
        llvm::computeKnownBits(unknown->getValue(), SE.getDataLayout()).trunc(bits);
    return known.isConstant() ? SE.getConstant(known.getConstant()) : expression;
  }
};

class Multiples {
 public:
  Multiples(unsigned bits, const llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution)
      : bits_(bits), loops_(loops), evolution_(evolution) {}

  bool IsKnown(const llvm::SCEV* number, const llvm::BasicBlock* from, const llvm::BasicBlock* to,
               unsigned phis) {
    if (evolution_.getMinTrailingZeros(number) >= bits_) return true;
    const llvm::SCEV* low = LowBits(number);
    return low->isZero() || FollowsFromBranches(low, from, to) ||
           (phis > 0 && IsKnownOnEdges(number, phis));
  }

 private:
  const llvm::SCEV* LowBits(const llvm::SCEV* number) {
    llvm::Type* type = llvm::IntegerType::get(number->getType()->getContext(), bits_);
    return KnownLowBits(evolution_).visit(evolution_.getTruncateExpr(number, type));
  }

  // The branches on the only way to the edge (if there is no `to`, to the end of `from`).
  bool FollowsFromBranches(const llvm::SCEV* low, const llvm::BasicBlock* from,
                           const llvm::BasicBlock* to) {
    for (unsigned i = 0; i < kMostConditions && from != nullptr; ++i) {
      const auto* branch = llvm::dyn_cast<llvm::BranchInst>(from->getTerminator());
      if (to != nullptr && branch != nullptr && branch->isConditional() &&
          branch->getSuccessor(0) != branch->getSuccessor(1) &&
          FollowsFrom(low, branch->getCondition(), branch->getSuccessor(0) == to, *from)) {
        return true;
      }
      to = from;
      from = from->getSinglePredecessor();
    }
    return false;
  }

  // Whether the low bits are 0 because x & mask is what the branch on it says.
  bool FollowsFrom(const llvm::SCEV* low, llvm::Value* condition, bool holds,
                   const llvm::BasicBlock& at) {
    using namespace llvm::PatternMatch;
    llvm::CmpPredicate predicate;
    llvm::Value* masked = nullptr;
    const llvm::APInt* mask = nullptr;
    const llvm::APInt* compared = nullptr;
    if (!match(condition,
               m_ICmp(predicate, m_And(m_Value(masked), m_APInt(mask)), m_APInt(compared))) ||
        !llvm::ICmpInst::isEquality(predicate) || mask->countTrailingOnes() < bits_) {
      return false;
    }
    llvm::APInt value = *compared;
    if ((predicate == llvm::ICmpInst::ICMP_EQ) != holds) {
      if (!mask->isOne()) return false;
      value ^= 1;
    }
    // Of the iteration of this loop, as all else.
    const llvm::SCEV* number = evolution_.getSCEVAtScope(masked, loops_.getLoopFor(&at));
    const llvm::SCEV* rest =
        evolution_.getMinusSCEV(LowBits(number), evolution_.getConstant(value.trunc(bits_)));
    return evolution_.getMinusSCEV(low, rest)->isZero() ||
           evolution_.getAddExpr(low, rest)->isZero();
  }

  // Whether it is so whatever edge a phi in the expression was reached by.
  bool IsKnownOnEdges(const llvm::SCEV* number, unsigned phis) {
    const llvm::PHINode* phi = nullptr;
    llvm::SCEVExprContains(number, [&](const llvm::SCEV* part) {
      const auto* unknown = llvm::dyn_cast<llvm::SCEVUnknown>(part);
      if (unknown == nullptr) return false;
      const auto* candidate = llvm::dyn_cast<llvm::PHINode>(unknown->getValue());
      if (candidate == nullptr || loops_.isLoopHeader(candidate->getParent())) return false;
      phi = candidate;
      return true;
    });
    if (phi == nullptr) return false;
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      llvm::ValueToSCEVMapTy incoming;
      incoming[phi] =
          evolution_.getSCEVAtScope(phi->getIncomingValue(i), loops_.getLoopFor(phi->getParent()));
      const llvm::SCEV* on_edge =
          llvm::SCEVParameterRewriter::rewrite(number, evolution_, incoming);
      if (!IsKnown(on_edge, phi->getIncomingBlock(i), phi->getParent(), phis - 1)) return false;
    }
    return true;
  }

  unsigned bits_;
  const llvm::LoopInfo& loops_;
  llvm::ScalarEvolution& evolution_;
};

}  // namespace

bool IsKnownMultiple(const llvm::SCEV* number, unsigned bits, const llvm::BasicBlock& at,
                     const llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution) {
  return bits == 0 || Multiples(bits, loops, evolution).IsKnown(number, &at, nullptr, kMostPhis);
}

}  // namespace tenon::compiler
