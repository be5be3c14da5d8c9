// See thread_instance.h.
#include "runtime/instance/thread_instance.h"

#include "runtime/instance/instance_state.h"

namespace tenon::runtime {
namespace {

using container::ImportEntry;
using container::SectionId;

// Counts the imports, which the resolver is asked for in order.
struct ImportsOf {
  Instance* instance;
  std::uint32_t functions = 0;
  std::uint32_t memories = 0;
};

bool IsOfHost(const Instance& instance, std::uint32_t function) {
  return instance.function_imports()[function] == instance.host_records + function;
}

bool ResolveAgain(void* state, const ImportEntry& import, std::string_view, std::string_view,
                  Extern* result) {
  auto& imports = *static_cast<ImportsOf*>(state);
  Instance* const instance = imports.instance;
  result->kind = import.kind;
  if (import.kind == ExternKind::kMemory) {
    result->memory = instance->memories()[imports.memories++];
    return true;
  }
  const container::View& view = instance->view();
  const auto& type = view.Section<container::TypeEntry>(SectionId::kTypes)[import.type];
  const abi::HostFunction& host = instance->host_functions[imports.functions++];
  result->native = host.native;
  result->attachment = host.attachment;
  result->binding = host.binding;
  result->signature = {view.Parameters(type), view.Results(type),
                       instance->module->type_keys()[import.type]};
  return true;
}

Status CheckImports(const Instance& instance) {
  std::uint32_t functions = 0;
  for (const ImportEntry& import : instance.view().Section<ImportEntry>(SectionId::kImports)) {
    if (import.kind == ExternKind::kMemory) {
      if ((import.limits.flags & container::kLimitsShared) != 0) continue;
      return Error::Format("a module that imports a memory of one thread cannot have several");
    }
    if (import.kind != ExternKind::kFunction)
      return Error::Format("a module that imports tables or globals cannot have several threads");
    if (!IsOfHost(instance, functions++)) {
      return Error::Format(
          "a module that imports another instance's functions cannot have several threads");
    }
  }
  return Status::Ok();
}

}  // namespace

Result<Instance*> InstantiateForThread(Instance* original, Ledger* ledger, abi::TrapKind* trap) {
  TENON_TRY(CheckImports(*original));
  ImportsOf imports{original};
  InstantiateOptions options;
  options.ledger = ledger;
  options.shares_memories_of = original;
  return Instantiate(*original->module, {ResolveAgain, &imports}, options, trap);
}

}  // namespace tenon::runtime
