// Invariant used: a function that calls another either has its context or is
// itself given it back, so every caller has one to pass. Functions whose arguments LLVM
// changed are only ever called directly.
#include "compiler/optimize/finish/context_argument.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <utility>
#include <vector>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {
namespace {

bool Calls(const llvm::Function& function) {
  for (const llvm::BasicBlock& block : function) {
    if (llvm::any_of(block, IsCall)) return true;
  }
  return false;
}

// The attributes of something that gets one more parameter in front.
llvm::AttributeList WithContext(llvm::LLVMContext& context, const llvm::AttributeList& attributes,
                                unsigned parameters) {
  llvm::AttrBuilder self(context);
  self.addAttribute(llvm::Attribute::SwiftSelf);
  std::vector<llvm::AttributeSet> all = {llvm::AttributeSet::get(context, self)};
  for (unsigned i = 0; i < parameters; ++i) all.push_back(attributes.getParamAttrs(i));
  return llvm::AttributeList::get(context, attributes.getFnAttrs(), attributes.getRetAttrs(), all);
}

llvm::Function* CloneWithContext(llvm::Function& function) {
  llvm::LLVMContext& context = function.getContext();
  std::vector<llvm::Type*> parameters = {llvm::PointerType::get(context, 0)};
  llvm::append_range(parameters, function.getFunctionType()->params());
  auto* const clone =
      llvm::Function::Create(llvm::FunctionType::get(function.getReturnType(), parameters, false),
                             function.getLinkage(), function.getAddressSpace());
  function.getParent()->getFunctionList().insert(function.getIterator(), clone);
  clone->copyAttributesFrom(&function);
  clone->setAttributes(
      WithContext(context, function.getAttributes(), static_cast<unsigned>(function.arg_size())));
  clone->takeName(&function);
  clone->splice(clone->begin(), &function);
  for (auto [before, now] : llvm::zip(function.args(), llvm::drop_begin(clone->args())))
    before.replaceAllUsesWith(&now);
  return clone;
}

void PassContext(llvm::CallInst* call, llvm::Function* callee) {
  std::vector<llvm::Value*> arguments = {call->getFunction()->getArg(0)};
  llvm::append_range(arguments, call->args());
  llvm::IRBuilder<> builder(call);
  llvm::CallInst* const now = builder.CreateCall(callee->getFunctionType(), callee, arguments);
  now->setCallingConv(call->getCallingConv());
  now->setTailCallKind(call->getTailCallKind());
  now->setAttributes(WithContext(call->getContext(), call->getAttributes(), call->arg_size()));
  now->copyMetadata(*call);
  call->replaceAllUsesWith(now);
  now->takeName(call);
  call->eraseFromParent();
}

}  // namespace

llvm::PreservedAnalyses RestoreContextArgumentsPass::run(
    llvm::Module& module, llvm::ModuleAnalysisManager& /*analyses*/) {
  std::vector<std::pair<llvm::Function*, llvm::Function*>> clones;
  for (llvm::Function& function : llvm::make_early_inc_range(module)) {
    if (!function.isDeclaration() && !HasContext(function) && Calls(function))
      clones.emplace_back(&function, CloneWithContext(function));
  }
  for (auto [before, now] : clones) {
    for (llvm::User* user : llvm::make_early_inc_range(before->users()))
      PassContext(llvm::cast<llvm::CallInst>(user), now);
    before->eraseFromParent();
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
