// How the values of a loop differ from one of its iterations to the next.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Instructions.h>

#include <cstdint>

namespace tenon::compiler {

// A uniform value is the same in neighbouring iterations, a strided one grows by a constant (modulo
// its width; pointers and indices in bytes), a varying one may be anything.
struct Shape {
  enum class Kind { kUnknown, kUniform, kStrided, kVarying };
  Kind kind = Kind::kUnknown;
  std::int64_t stride = 0;

  bool operator==(const Shape&) const = default;
  bool is_uniform() const { return kind == Kind::kUniform; }
  bool is_strided() const { return kind == Kind::kStrided; }
  bool is_varying() const { return kind == Kind::kVarying; }
};

// The shapes of all values in `loop`, inner loops included, for iterations that take the same way:
// whoever uses them checks that all branches but the loop's own have uniform conditions. The shape
// of a 32-bit index that is extended for an address holds where the index does not wrap within the
// iterations looked at.
//
// `varying`: values that are to be taken as varying, whatever they look like.
class IterationShapes {
 public:
  IterationShapes(const llvm::Loop& loop, llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution,
                  const llvm::SmallPtrSetImpl<const llvm::Instruction*>& varying);

  Shape Of(const llvm::Value* value) const;

 private:
  Shape Of(const llvm::Instruction& instruction, llvm::ScalarEvolution& evolution) const;
  Shape OfOperator(const llvm::Instruction& instruction) const;
  Shape OfPhi(const llvm::PHINode& phi, llvm::ScalarEvolution& evolution) const;
  Shape OfElement(const llvm::GetElementPtrInst& element) const;
  bool IsAddressOnly(const llvm::Instruction& instruction) const;

  const llvm::Loop& loop_;
  llvm::DenseMap<const llvm::Value*, Shape> shapes_;
};

}  // namespace tenon::compiler
