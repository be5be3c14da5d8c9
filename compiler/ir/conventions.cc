// See conventions.h. The strings by which LLVM carries our conventions stand here alone.
#include "compiler/ir/conventions.h"

#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <charconv>

#include "format/abi.h"

namespace tenon::compiler {

namespace {

constexpr const char* kTrapFunction = "tenon.trap";
constexpr const char* kAliasRoot = "tenon";
constexpr const char* kGlobalPrefix = "global ";
constexpr const char* kNumericAttribute = "tenon-numeric";

// By AliasClass.
constexpr const char* kAliasNames[] = {"context",        "memory descriptor", "table descriptor",
                                       "table elements", "linear memory",     "imported globals",
                                       "exception"};
static_assert(std::size(kAliasNames) == static_cast<std::size_t>(AliasClass::kGlobal));

constexpr std::uint32_t kUnlikely = 1;
constexpr std::uint32_t kLikely = 1 << 20;

void SetWeights(llvm::BranchInst& branch, std::uint32_t first, std::uint32_t second) {
  branch.setMetadata(llvm::LLVMContext::MD_prof,
                     llvm::MDBuilder(branch.getContext()).createBranchWeights(first, second));
}

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

}  // namespace

std::string SymbolName(SymbolKind kind, std::size_t index) {
  return static_cast<char>(kind) + std::to_string(index);
}

std::optional<std::uint32_t> FunctionIndexOf(std::string_view symbol) {
  if (symbol.empty() || symbol[0] != static_cast<char>(SymbolKind::kFunction)) return std::nullopt;
  std::uint32_t index = 0;
  const char* end = symbol.data() + symbol.size();
  const auto [rest, error] = std::from_chars(symbol.data() + 1, end, index);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return index;
}

bool IsWasmFunction(const llvm::Function& function) {
  const llvm::StringRef name = function.getName();
  return !function.isDeclaration() && name.size() > 1 &&
         name[0] == static_cast<char>(SymbolKind::kFunction) && IsDigit(name[1]);
}

void MarkContext(llvm::Function& function) {
  function.addParamAttr(kContextArgument, llvm::Attribute::SwiftSelf);
}

void MarkContext(llvm::CallBase& call) {
  call.addParamAttr(kContextArgument, llvm::Attribute::SwiftSelf);
}

bool HasContext(const llvm::Function& function) {
  return function.arg_size() != 0 &&
         function.hasParamAttribute(kContextArgument, llvm::Attribute::SwiftSelf);
}

AliasTags::AliasTags(llvm::LLVMContext& context)
    : context_(context), root_(llvm::MDBuilder(context).createTBAARoot(kAliasRoot)) {
  llvm::MDBuilder metadata(context);
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    llvm::MDNode* type = metadata.createTBAAScalarTypeNode(kAliasNames[i], root_);
    tags_[i] = metadata.createTBAAStructTagNode(type, type, 0);
  }
}

llvm::MDNode* AliasTags::Of(AliasClass alias_class) const {
  return tags_[static_cast<std::size_t>(alias_class)];
}

llvm::MDNode* AliasTags::OfGlobal(std::uint32_t global_index) {
  llvm::MDNode*& tag = globals_[global_index];
  if (tag == nullptr) {
    llvm::MDBuilder metadata(context_);
    llvm::MDNode* type =
        metadata.createTBAAScalarTypeNode(kGlobalPrefix + std::to_string(global_index), root_);
    tag = metadata.createTBAAStructTagNode(type, type, 0);
  }
  return tag;
}

void SetAliasTag(llvm::Instruction& access, llvm::MDNode* tag) {
  access.setMetadata(llvm::LLVMContext::MD_tbaa, tag);
}

void CopyAliasClass(const llvm::Instruction& of, llvm::Instruction& copy) {
  copy.setMetadata(llvm::LLVMContext::MD_tbaa, of.getMetadata(llvm::LLVMContext::MD_tbaa));
}

std::optional<AliasClass> AliasClassOf(const llvm::Instruction& access) {
  const llvm::MDNode* tag = access.getMetadata(llvm::LLVMContext::MD_tbaa);
  if (tag == nullptr) return std::nullopt;
  const auto* type = llvm::cast<llvm::MDNode>(tag->getOperand(1));
  const llvm::StringRef name = llvm::cast<llvm::MDString>(type->getOperand(0))->getString();
  for (std::size_t i = 0; i < std::size(kAliasNames); ++i) {
    if (name == kAliasNames[i]) return static_cast<AliasClass>(i);
  }
  if (name.starts_with(kGlobalPrefix)) return AliasClass::kGlobal;
  return std::nullopt;  // the root: LLVM has merged accesses of different classes
}

bool IsMemoryDescriptorLoad(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::LoadInst>(instruction) &&
         AliasClassOf(instruction) == AliasClass::kMemoryDescriptor;
}

bool IsLinearMemoryAccess(const llvm::Instruction& instruction) {
  return AliasClassOf(instruction) == AliasClass::kLinearMemory;
}

bool IsTrapBlock(const llvm::BasicBlock& block) {
  return llvm::isa<llvm::UnreachableInst>(block.getTerminator());
}

void MarkFirstSuccessorUnlikely(llvm::BranchInst& branch) {
  SetWeights(branch, kUnlikely, kLikely);
}
void MarkSecondSuccessorUnlikely(llvm::BranchInst& branch) {
  SetWeights(branch, kLikely, kUnlikely);
}

llvm::Function* TrapFunction(llvm::Module& module) {
  if (llvm::Function* known = module.getFunction(kTrapFunction)) return known;
  llvm::LLVMContext& context = module.getContext();
  llvm::FunctionType* type = llvm::FunctionType::get(
      llvm::Type::getVoidTy(context),
      {llvm::PointerType::get(context, 0), llvm::Type::getInt32Ty(context)}, false);
  llvm::Function* function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, kTrapFunction, module);
  function->setDoesNotReturn();
  function->setDoesNotThrow();
  function->setOnlyReadsMemory();
  function->addFnAttr(llvm::Attribute::Cold);
  return function;
}

bool IsTrapCall(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  const llvm::Function* callee = call == nullptr ? nullptr : call->getCalledFunction();
  return callee != nullptr && callee->getName() == kTrapFunction;
}

bool IsOutOfBoundsTrap(const llvm::BasicBlock& block) {
  if (!IsTrapBlock(block) || !IsTrapCall(block.front())) return false;
  const auto* kind =
      llvm::dyn_cast<llvm::ConstantInt>(llvm::cast<llvm::CallInst>(block.front()).getArgOperand(1));
  return kind != nullptr &&
         kind->equalsInt(static_cast<std::uint64_t>(abi::TrapKind::kOutOfBoundsMemoryAccess));
}

bool IsCall(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::CallBase>(instruction) && !llvm::isa<llvm::IntrinsicInst>(instruction);
}

bool MayChangeMemories(const llvm::Instruction& instruction) {
  return instruction.isAtomic() || IsCall(instruction);
}

void MarkNumeric(llvm::Function& function) { function.addFnAttr(kNumericAttribute); }
bool IsNumeric(const llvm::Function& function) {
  return function.hasFnAttribute(kNumericAttribute);
}

}  // namespace tenon::compiler
