// What a group of iterations of a loop accesses in linear memory, for checks at run time.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tenon::compiler {

// One expression for an address and all loads and stores that use it. The address is
// base + index + offset, where an index of 32 bits is extended with zeros and one of 64 bits is as
// it is, and index = start + step * iteration of the loop + the sum of inner.step * iteration of
// inner.loop.
struct AddressClass {
  struct InnerStride {
    const llvm::Loop* loop;
    const llvm::SCEV* step;
    const llvm::SCEV* back_edges;
  };
  const llvm::SCEV* index;
  const llvm::SCEV* start;
  std::int64_t offset;
  std::uint64_t size;
  std::int64_t stride;
  llvm::SmallVector<InnerStride, 2> inner;
  std::vector<llvm::Instruction*> accesses;
  bool is_stored = false;
};

// All accesses of `loop`, or nothing if one cannot be described so, two expressions meet always, or
// there are too many to compare.
// `group`: how many iterations will be taken together.
std::optional<std::vector<AddressClass>> FindAddressClasses(const llvm::Loop& loop,
                                                            llvm::ScalarEvolution& evolution,
                                                            std::int64_t group);

// Whether what EmitRangeChecks needs can be computed before the loop.
bool CanEmitRangeChecks(llvm::ArrayRef<AddressClass> classes, const llvm::Loop& loop,
                        const llvm::SCEVExpander& expander);

// Emits the comparison, for the iterations from `done` (64 bits) on, that is true if no index
// wraps, no two classes meet of which one is stored to, and none meets itself in different
// iterations of the loop. What does not depend on `done` is computed before the loop.
llvm::Value* EmitRangeChecks(llvm::ArrayRef<AddressClass> classes, const llvm::Loop& loop,
                             llvm::SCEVExpander& expander, std::int64_t group, llvm::Value* done,
                             llvm::IRBuilder<>& builder);

// Pairs that EmitRangeChecks compares.
bool MustDiffer(const AddressClass& one, const AddressClass& other);

// Tells alias analysis what the checks have found to be apart, for copies of the accesses that run
// only then.
class AccessScopes {
 public:
  AccessScopes(llvm::ArrayRef<AddressClass> classes, llvm::LLVMContext& context);

  // `copy` accesses what `of`, one of the accesses of the classes, does.
  void Tell(const llvm::Instruction& of, llvm::Instruction& copy) const;

 private:
  struct Scopes {
    llvm::MDNode* own;
    llvm::MDNode* others;
  };
  llvm::DenseMap<const llvm::Instruction*, Scopes> scopes_;
};

}  // namespace tenon::compiler
