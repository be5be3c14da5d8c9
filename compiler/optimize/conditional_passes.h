// Lists of passes that run under a condition, which LLVM's pass managers have no words for.
#pragma once

#include <llvm/IR/PassManager.h>
#include <llvm/Support/raw_ostream.h>

#include <utility>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

using MapClassName = llvm::function_ref<llvm::StringRef(llvm::StringRef)>;

// Runs `first`, and `then` on the functions in which it has changed something.
class IfChangedPass : public llvm::PassInfoMixin<IfChangedPass> {
 public:
  IfChangedPass(llvm::FunctionPassManager first, llvm::FunctionPassManager then)
      : first_(std::move(first)), then_(std::move(then)) {}

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
    llvm::PreservedAnalyses preserved = first_.run(function, analyses);
    if (!preserved.areAllPreserved()) preserved.intersect(then_.run(function, analyses));
    return preserved;
  }
  void printPipeline(llvm::raw_ostream& stream, MapClassName name) {
    first_.printPipeline(stream, name);
    stream << ",if-changed(";
    then_.printPipeline(stream, name);
    stream << ')';
  }
  static bool isRequired() { return true; }

 private:
  llvm::FunctionPassManager first_;
  llvm::FunctionPassManager then_;
};

// Runs one list on functions that are numeric (MarkNumeric), and another on all others.
class ByKindPass : public llvm::PassInfoMixin<ByKindPass> {
 public:
  ByKindPass(llvm::FunctionPassManager numeric, llvm::FunctionPassManager others)
      : numeric_(std::move(numeric)), others_(std::move(others)) {}

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
    return (IsNumeric(function) ? numeric_ : others_).run(function, analyses);
  }
  void printPipeline(llvm::raw_ostream& stream, MapClassName name) {
    stream << "if-numeric(";
    numeric_.printPipeline(stream, name);
    stream << "),else(";
    others_.printPipeline(stream, name);
    stream << ')';
  }
  static bool isRequired() { return true; }

 private:
  llvm::FunctionPassManager numeric_;
  llvm::FunctionPassManager others_;
};

}  // namespace tenon::compiler
