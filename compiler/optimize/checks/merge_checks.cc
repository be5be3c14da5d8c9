// Fields of one object are accesses at one index with different offsets, each with a check of its
// own. Two facts take most of them away:
// - A memory never shrinks (core specification, section 4.2.8): after a check that index + reach is
//   inside, every check of the same index with the same or a smaller reach passes, whatever was
//   called meanwhile.
// - Between two checks with nothing but loads and arithmetic, nobody can tell at which of them a
//   trap happens: the first may as well be made for the larger reach.
#include "compiler/optimize/checks/merge_checks.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

// "Traps if `index` exceeds the size of a memory minus `reach`."
struct Check {
  llvm::BranchInst* branch;
  unsigned trap_successor;
  llvm::Value* index;  // before it is extended to 64 bits
  llvm::LoadInst* size;
  llvm::Value* memory;  // where the size lies: a pointer, and
  std::int64_t offset;  // from there
  std::uint64_t reach;  // bytes

  llvm::BasicBlock* Next() const { return branch->getSuccessor(1 - trap_successor); }
  std::pair<std::pair<llvm::Value*, llvm::Value*>, std::int64_t> Key() const {
    return {{index, memory}, offset};
  }
};

std::optional<Check> ParseCheck(llvm::BasicBlock& block) {
  using namespace llvm::PatternMatch;
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
  if (branch == nullptr || !branch->isConditional()) return std::nullopt;
  auto* const comparison = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
  if (comparison == nullptr) return std::nullopt;
  for (unsigned trap = 0; trap < 2; ++trap) {
    if (!IsOutOfBoundsTrap(*branch->getSuccessor(trap))) continue;
    llvm::CmpInst::Predicate predicate =
        trap == 0 ? comparison->getPredicate() : comparison->getInversePredicate();
    llvm::Value* index = comparison->getOperand(0);
    llvm::Value* limit = comparison->getOperand(1);
    if (predicate == llvm::CmpInst::ICMP_ULT) {
      std::swap(index, limit);
      predicate = llvm::CmpInst::ICMP_UGT;
    }
    const llvm::APInt* reach = nullptr;
    llvm::Value* size = nullptr;
    if (predicate != llvm::CmpInst::ICMP_UGT ||
        !match(limit, m_Add(m_Value(size), m_APInt(reach))) || !reach->isNegative()) {
      continue;
    }
    auto* const load = llvm::dyn_cast<llvm::LoadInst>(size);
    if (load == nullptr || !IsMemoryDescriptorLoad(*load)) continue;
    match(index, m_ZExt(m_Value(index)));
    std::int64_t offset = 0;
    llvm::Value* memory = llvm::GetPointerBaseWithConstantOffset(load->getPointerOperand(), offset,
                                                                 block.getDataLayout());
    return Check{branch, trap, index, load, memory, offset, (-*reach).getZExtValue()};
  }
  return std::nullopt;
}

// Whether what follows the block's start up to its end can be told from not having run.
bool HasEffects(const llvm::BasicBlock& block) {
  return std::any_of(block.begin(), block.end(), [](const llvm::Instruction& instruction) {
    return !instruction.isTerminator() && instruction.mayHaveSideEffects();
  });
}

class CheckMerging {
 public:
  bool Run(const llvm::DominatorTree& dominators) {
    Visit(*dominators.getRootNode());
    return changed_;
  }

 private:
  using Key = std::pair<std::pair<llvm::Value*, llvm::Value*>, std::int64_t>;

  // The largest reach for the check's index among those checks that follow without anything that
  // could be observed in between.
  static std::uint64_t LargestReach(const Check& check) {
    constexpr int kMaximumBlocks = 16;
    std::uint64_t reach = check.reach;
    llvm::BasicBlock* block = check.Next();
    for (int i = 0; i < kMaximumBlocks; ++i) {
      if (block->getSinglePredecessor() == nullptr || HasEffects(*block)) break;
      const std::optional<Check> next = ParseCheck(*block);
      if (!next.has_value() || next->branch->getSuccessor(next->trap_successor) !=
                                   check.branch->getSuccessor(check.trap_successor)) {
        break;
      }
      if (next->Key() == check.Key()) reach = std::max(reach, next->reach);
      block = next->Next();
    }
    return reach;
  }

  void Widen(Check& check, std::uint64_t reach) {
    llvm::IRBuilder<> builder(check.branch);
    llvm::Value* index = builder.CreateZExt(check.index, check.size->getType());
    llvm::Value* limit = builder.CreateAdd(
        check.size,
        llvm::ConstantInt::getSigned(check.size->getType(), -static_cast<std::int64_t>(reach)));
    llvm::Value* outside = builder.CreateICmpUGT(index, limit);
    check.branch->setCondition(check.trap_successor == 0 ? outside : builder.CreateNot(outside));
    check.reach = reach;
  }

  // The depth of the tree can be that of the function: no recursion.
  void Visit(const llvm::DomTreeNode& root) {
    struct Step {
      const llvm::DomTreeNode* node;
      bool leave;
      std::optional<std::pair<Key, std::uint64_t>> before;  // a reach to restore
    };
    std::vector<Step> steps{{&root, false, std::nullopt}};
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      if (step.leave) {
        reaches_[step.before->first] = step.before->second;
        continue;
      }
      Enter(*step.node->getBlock(), [&](const Key& key, std::uint64_t before) {
        steps.push_back({nullptr, true, std::pair(key, before)});
      });
      for (const llvm::DomTreeNode* child : *step.node)
        steps.push_back({child, false, std::nullopt});
    }
  }

  // What holds in `block` because of the way into it.
  template <typename Remember>
  void Enter(llvm::BasicBlock& block, const Remember& remember) {
    if (llvm::BasicBlock* before = block.getSinglePredecessor()) {
      const auto known = passed_.find(before);
      if (known != passed_.end() && known->second.Next() == &block) {
        std::uint64_t& reach = reaches_[known->second.Key()];
        remember(known->second.Key(), reach);
        reach = std::max(reach, known->second.reach);
      }
    }
    std::optional<Check> check = ParseCheck(block);
    if (!check.has_value()) return;
    if (reaches_.lookup(check->Key()) >= check->reach) {
      check->branch->setCondition(
          llvm::ConstantInt::getBool(block.getContext(), check->trap_successor == 1));
      changed_ = true;
      return;
    }
    if (const std::uint64_t reach = LargestReach(*check); reach > check->reach) {
      Widen(*check, reach);
      changed_ = true;
    }
    passed_.insert({&block, *check});
  }

  llvm::DenseMap<Key, std::uint64_t> reaches_;
  llvm::DenseMap<llvm::BasicBlock*, Check> passed_;
  bool changed_ = false;
};

}  // namespace

llvm::PreservedAnalyses MergeChecksPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  const auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  return CheckMerging().Run(dominators) ? llvm::PreservedAnalyses::none()
                                        : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
