#include "compiler/wasm/type_relations.h"

#include <algorithm>
#include <map>
#include <vector>

#include "format/abi.h"

namespace tenon::wasm {
namespace {

// A word for each part of a group; positions within the group are marked.
class GroupText {
 public:
  GroupText(const Module& module, std::uint32_t first, std::uint32_t size)
      : module_(module), first_(first), size_(size) {
    for (std::uint32_t i = first; i < first + size; ++i) Append(i);
  }
  std::vector<std::uint64_t> Take() { return std::move(words_); }

 private:
  static constexpr std::uint64_t kWithin = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kNothing = std::uint64_t{1} << 62;

  std::uint64_t Index(std::uint32_t index) const {
    if (index >= first_ && index < first_ + size_) return kWithin | (index - first_);
    return module_.type_declarations[index].canonical;
  }
  void Append(ValueType type) {
    if (!IsConcreteReference(type)) return words_.push_back(static_cast<std::uint64_t>(type));
    words_.push_back(IsNullable(type) ? kRefNullCode : kRefCode);
    words_.push_back(Index(HeapTypeOf(type)));
  }
  void Append(std::uint32_t index) {
    const TypeDeclaration& declaration = module_.type_declarations[index];
    words_.push_back(declaration.is_final ? 1 : 0);
    words_.push_back(declaration.supertype ? Index(*declaration.supertype) : kNothing);
    const FunctionType& type = module_.types[index];
    for (const auto* values : {&type.parameters, &type.results}) {
      words_.push_back(kNothing | values->size());
      for (const ValueType value : *values) Append(value);
    }
  }

  const Module& module_;
  std::uint32_t first_;
  std::uint32_t size_;
  std::vector<std::uint64_t> words_;
};

}  // namespace

void CanonicalizeTypes(Module& module, std::uint32_t first) {
  std::map<std::vector<std::uint64_t>, std::uint32_t> groups;
  const auto count = static_cast<std::uint32_t>(module.types.size());
  for (std::uint32_t i = first; i < count; i += module.type_declarations[i].group_size) {
    const std::uint32_t size = module.type_declarations[i].group_size;
    const std::uint32_t representative =
        groups.try_emplace(GroupText(module, i, size).Take(), i).first->second;
    for (std::uint32_t k = 0; k < size; ++k)
      module.type_declarations[i + k].canonical = representative + k;
  }
}

bool IsDeclaredSubtype(const Module& module, std::uint32_t sub, std::uint32_t super) {
  const std::uint32_t wanted = module.type_declarations[super].canonical;
  while (true) {
    const TypeDeclaration& declaration = module.type_declarations[sub];
    if (declaration.canonical == wanted) return true;
    if (!declaration.supertype) return false;
    sub = *declaration.supertype;
  }
}

bool IsHeapSubtype(const Module& module, HeapType sub, HeapType super) {
  if (sub == super) return true;
  if (IsAbstract(sub)) {
    switch (sub) {
      case kNoFuncHeap: return super == kFuncHeap || !IsAbstract(super);
      case kNoExternHeap: return super == kExternHeap;
      case kNoExnHeap: return super == kExnHeap;
      default: return false;
    }
  }
  if (IsAbstract(super)) return super == kFuncHeap;
  return IsDeclaredSubtype(module, sub, super);
}

bool IsSubtype(const Module& module, ValueType sub, ValueType super) {
  if (sub == super) return true;
  if (!IsReference(sub) || !IsReference(super)) return false;
  if (IsNullable(sub) && !IsNullable(super)) return false;
  return IsHeapSubtype(module, HeapTypeOf(sub), HeapTypeOf(super));
}

bool IsFunctionSubtype(const Module& module, const FunctionType& sub, const FunctionType& super) {
  const auto all = [&](const std::vector<ValueType>& a, const std::vector<ValueType>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](ValueType x, ValueType y) { return IsSubtype(module, x, y); });
  };
  return all(super.parameters, sub.parameters) && all(sub.results, super.results);
}

std::uint64_t TypeKeyOf(const Module& module, std::uint32_t index) {
  const TypeDeclaration& declaration = module.type_declarations[index];
  if (declaration.group_size != 1 || !declaration.is_final || declaration.supertype) {
    return abi::kInternedBit;
  }
  const FunctionType& type = module.types[index];
  return abi::TypeKey(type.parameters.data(), type.parameters.size(), type.results.data(),
                      type.results.size());
}

std::string ValueTypeText(ValueType type) {
  if (!IsConcreteReference(type)) return ValueTypeName(type);
  return std::string(IsNullable(type) ? "(ref null " : "(ref ") + std::to_string(HeapTypeOf(type)) +
         ")";
}

}  // namespace tenon::wasm
