// See verify.h: LLVM's verifier, then what it cannot know.
#include "compiler/ir/verify.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

std::string Complain(const llvm::Function& function, const char* fault,
                     const llvm::Instruction& at) {
  std::string text = "function " + function.getName().str() + ": " + fault + ":";
  llvm::raw_string_ostream stream(text);
  at.print(stream);
  return text;
}

std::string FindBrokenConvention(const llvm::Function& function) {
  for (const llvm::BasicBlock& block : function) {
    for (const llvm::Instruction& instruction : block) {
      if (llvm::isa<llvm::InvokeInst, llvm::LandingPadInst, llvm::ResumeInst>(instruction))
        return Complain(function, "exceptions are ordinary control flow", instruction);
      const llvm::MDNode* tag = instruction.getMetadata(llvm::LLVMContext::MD_tbaa);
      if (tag != nullptr && tag->getNumOperands() < 3)
        return Complain(function, "an alias tag that is not ours", instruction);
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call != nullptr && call->getCalledFunction() != nullptr && !IsCall(instruction)) continue;
      if (call != nullptr && call->getCalledFunction() != nullptr &&
          IsWasmFunction(*call->getCalledFunction()) && HasContext(*call->getCalledFunction()) &&
          !call->paramHasAttr(kContextArgument, llvm::Attribute::SwiftSelf)) {
        return Complain(function, "a call without the context's attribute", instruction);
      }
    }
  }
  return {};
}

}  // namespace

std::string FindFault(const llvm::Function& function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (llvm::verifyFunction(function, &stream)) return text;
  return FindBrokenConvention(function);
}

std::string FindFault(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (llvm::verifyModule(module, &stream)) return text;
  for (const llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (std::string fault = FindBrokenConvention(function); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace tenon::compiler
