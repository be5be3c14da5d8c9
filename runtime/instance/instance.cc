// Linking, which makes an instance of a mapped module and a resolver, and the lifetime of
// instances.
//
// Invariants: an instance keeps the owners of what it imports alive. Instances that can come to
// hold each other's functions form one Group and are freed together.
#include "runtime/instance/instance.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "format/locking.h"
#include "format/ranges.h"
#include "loader/type_registry.h"
#include "runtime/arch/architecture.h"
#include "runtime/arch/native_call.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/linear_memory.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

using container::ImportEntry;
using container::SectionId;

// The native function of imports that nothing supplied.
void UnlinkedNative(abi::ExecutionEnvironment* environment) {
  environment->pending = static_cast<std::uint32_t>(abi::TrapKind::kUnlinkedImport);
}

// Whether values of the type belong to an instance, with which they go.
bool IsOwned(ValueType type) { return IsFunctionReference(type) || IsExceptionReference(type); }

bool HoldsReferences(const FunctionSignature& signature) {
  return std::ranges::any_of(signature.parameters, IsOwned) ||
         std::ranges::any_of(signature.results, IsOwned);
}

// A value type and the module whose types it may refer to.
struct TypeOfModule {
  ValueType type;
  const loader::MappedModule* module;
  bool IsConcrete() const { return IsConcreteReference(type) && module != nullptr; }
  std::uint64_t key() const { return module->type_keys()[HeapTypeOf(type)]; }
};

// Subtyping (core specification, section 3.3) between types of different modules.
bool IsSubtype(const TypeOfModule& sub, const TypeOfModule& super) {
  if (!IsReference(sub.type) || !IsReference(super.type)) return sub.type == super.type;
  if (IsNullable(sub.type) && !IsNullable(super.type)) return false;
  if (sub.IsConcrete() && super.IsConcrete()) return loader::IsSubtype(sub.key(), super.key());
  const HeapType heap = HeapTypeOf(sub.type);
  const HeapType wanted = HeapTypeOf(super.type);
  if (sub.IsConcrete()) return wanted == kFuncHeap;
  if (super.IsConcrete()) return heap == kNoFuncHeap;
  return heap == wanted || (heap == kNoFuncHeap && wanted == kFuncHeap) ||
         (heap == kNoExternHeap && wanted == kExternHeap) ||
         (heap == kNoExnHeap && wanted == kExnHeap);
}

bool IsSameType(const TypeOfModule& a, const TypeOfModule& b) {
  return IsSubtype(a, b) && IsSubtype(b, a);
}

FunctionSignature SignatureOf(const loader::MappedModule& module, std::uint32_t type_index) {
  const container::View& view = module.view();
  const auto& type = view.Section<container::TypeEntry>(SectionId::kTypes)[type_index];
  return {view.Parameters(type), view.Results(type), module.type_keys()[type_index]};
}

bool LimitsMatch(std::uint64_t size, std::uint64_t maximum, std::uint64_t flags,
                 const container::LimitsEntry& required) {
  constexpr std::uint64_t kFlags = container::kLimits64 | container::kLimitsShared;
  if (size < required.minimum || (flags & kFlags) != required.flags) return false;
  return required.maximum == ~std::uint64_t{0} || maximum <= required.maximum;
}

Error ImportError(const char* what, const container::View& view, const ImportEntry& import) {
  const std::string_view module = view.String(import.module), name = view.String(import.name);
  return Error::Format("%s: %s \"%.*s\" \"%.*s\"", what, ExternKindName(import.kind),
                       static_cast<int>(std::min<std::size_t>(module.size(), 100)), module.data(),
                       static_cast<int>(std::min<std::size_t>(name.size(), 100)), name.data());
}

void FreeInstance(Instance* instance) TENON_REQUIRES(g_groups_mutex) {
  const container::ModuleInfo& info = instance->info();
  const auto memories =
      instance->view().Section<container::MemoryEntry>(SectionId::kMemories).size();
  const auto tables = instance->view().Section<container::TableEntry>(SectionId::kTables).size();
  for (std::size_t i = info.imported_memories; i < memories; ++i)
    DestroyLinearMemory(instance->memories()[i]);
  for (std::size_t i = info.imported_tables; i < tables; ++i) Free(instance->tables()[i]->elements);
  Free(instance->owners);
  FreeExceptions(instance);
  g_function_generation.fetch_add(1, std::memory_order_relaxed);
  LeaveLinkage(instance);
  if (instance->code_registered) UnregisterCode(*instance->module);
  Free(instance);
}

std::span<Instance*> OwnersOf(Instance* instance) TENON_REQUIRES(g_groups_mutex) {
  if (instance->owners == nullptr) return {};
  return {instance->owners, instance->view().Section<ImportEntry>(SectionId::kImports).size()};
}

// Drops one reference; a group without references frees its members and what they kept.
void ReleaseGroup(Group* group) TENON_REQUIRES(g_groups_mutex) {
  if (--group->references != 0) return;
  Instance* instance = group->members;
  while (instance != nullptr) {
    Instance* const next = instance->next_in_group;
    for (Instance* owner : OwnersOf(instance)) {
      if (owner != nullptr) ReleaseGroup(owner->group);
    }
    FreeInstance(instance);
    instance = next;
  }
}

void ReturnContextsOf(const Group& group, const abi::ExecutionEnvironment* inner,
                      abi::ExecutionEnvironment* outer) TENON_REQUIRES(g_groups_mutex) {
  for (Instance* member = group.members; member != nullptr; member = member->next_in_group) {
    if (member->context->exec_env == inner) {
      member->context->exec_env = outer;
      member->context->stack_limit = outer->stack_limit;
    }
    for (const Instance* owner : OwnersOf(member)) {
      if (owner != nullptr) ReturnContextsOf(*owner->group, inner, outer);
    }
  }
}

// `instance`'s group takes in all of `other`'s.
void MergeGroups(Instance* instance, Instance* other) TENON_REQUIRES(g_groups_mutex) {
  Group* const into = instance->group;
  Group* const from = other->group;
  if (into == from) return;
  into->references += from->references;
  for (Instance* member = from->members; member != nullptr;) {
    Instance* const next = member->next_in_group;
    member->group = into;
    member->next_in_group = into->members;
    into->members = member;
    member = next;
  }
  // References between members would keep the group alive forever.
  for (Instance* member = into->members; member != nullptr; member = member->next_in_group) {
    for (Instance*& owner : OwnersOf(member)) {
      if (owner == nullptr || owner->group != into) continue;
      owner = nullptr;
      --into->references;
    }
  }
}

Status Keep(Instance* instance, std::size_t import, Instance* owner, bool shares_references) {
  if (owner == nullptr || owner == instance) return Status::Ok();
  const MutexLock lock(g_groups_mutex);
  if (!shares_references && instance->owners == nullptr) {
    // Most instances import from the host alone.
    const std::size_t imports = instance->view().Section<ImportEntry>(SectionId::kImports).size();
    instance->owners =
        static_cast<Instance**>(Allocate(instance->ledger, imports * sizeof(Instance*)));
    if (instance->owners == nullptr) return OutOfMemory("an instance's imports");
  }
  TENON_TRY(LinkInstances(instance, owner));
  if (shares_references) {
    MergeGroups(instance, owner);
  } else if (owner->group != instance->group) {
    instance->owners[import] = owner;
    ++owner->group->references;
  }
  return Status::Ok();
}

// One block for everything whose size is known now; null if there is no memory.
Instance* AllocateInstance(loader::MappedModule& module, Ledger& parent) {
  const container::View& view = module.view();
  const container::ModuleInfo& info = view.info();
  const std::uint64_t data =
      view.Section<container::DataSegmentEntry>(SectionId::kDataSegments).size();
  const std::uint64_t elements =
      view.Section<container::ElementSegmentEntry>(SectionId::kElementSegments).size();
  const std::uint64_t context_at = AlignUp(std::uint64_t{sizeof(Instance)}, 16);
  const std::uint64_t host_functions_at = AlignUp(context_at + info.context_size, 16);
  const std::uint64_t records_at =
      host_functions_at + std::uint64_t{info.imported_functions} * sizeof(abi::HostFunction);
  const std::uint64_t dropped_at =
      records_at + std::uint64_t{info.imported_functions} * sizeof(abi::FuncRef);
  const std::uint64_t size = dropped_at + data + elements;
  auto* const block = static_cast<std::uint8_t*>(AllocateRaw(parent, size, 16));
  if (block == nullptr) return nullptr;
  // The records of functions, which are most of the block in large modules, need no zeroing:
  // FillFuncRefs writes them.
  const std::uint64_t records_begin = context_at + info.funcrefs_offset;
  const std::uint64_t records_end =
      records_begin +
      view.Section<container::ReferencedFunctionEntry>(SectionId::kReferencedFunctions).size() *
          view.funcref_size();
  std::memset(block, 0, records_begin);
  std::memset(block + records_end, 0, size - records_end);
  auto* const instance = new (block) Instance{};
  instance->ledger.JoinParent(&parent);
  instance->ledger.Adopt(block);
  instance->module = &module;
  instance->context = new (block + context_at) abi::VmContext{};
  instance->host_functions = reinterpret_cast<abi::HostFunction*>(block + host_functions_at);
  instance->host_records = reinterpret_cast<abi::FuncRef*>(block + records_at);
  instance->dropped_data = block + dropped_at;
  instance->dropped_elements = block + dropped_at + data;
  instance->funcrefs = instance->Part<std::uint8_t>(info.funcrefs_offset);
  instance->funcref_size = static_cast<std::uint32_t>(view.funcref_size());
  instance->funcrefs_bytes =
      static_cast<std::uint32_t>(view.RawSection(SectionId::kReferencedFunctions).size() /
                                 sizeof(container::ReferencedFunctionEntry)) *
      instance->funcref_size;
  instance->maximum_frame = module.variant().maximum_frame_size;

  abi::VmContext& context = *instance->context;
  context.builtins = RuntimeBuiltins(false);
  context.instance = instance;
  context.type_keys = module.type_keys();
  context.traits = module.variant().function_traits;
  const auto memories = view.Section<container::MemoryEntry>(SectionId::kMemories).size();
  const auto tables = view.Section<container::TableEntry>(SectionId::kTables).size();
  for (std::size_t i = info.imported_memories; i < memories; ++i) {
    instance->memories()[i] =
        instance->Part<abi::MemoryInstance>(info.memories_offset) + (i - info.imported_memories);
  }
  for (std::size_t i = info.imported_tables; i < tables; ++i) {
    instance->tables()[i] =
        instance->Part<abi::TableInstance>(info.tables_offset) + (i - info.imported_tables);
  }
  const auto tags = view.Section<container::TagEntry>(SectionId::kTags);
  for (std::size_t i = info.imported_tags; i < tags.size(); ++i) {
    abi::TagInstance* const tag =
        instance->Part<abi::TagInstance>(info.tags_offset) + (i - info.imported_tags);
    *tag = {module.type_keys()[tags[i].type_index], instance};
    instance->tags()[i] = tag;
  }
  return instance;
}

// Fills in one function import; the record of a host function lives in this instance.
Status LinkFunction(Instance* instance, const ImportEntry& import, std::uint32_t index,
                    const Extern& supplied) {
  const FunctionSignature required = SignatureOf(*instance->module, import.type);
  if (supplied.function != nullptr) {
    if (!loader::IsSubtype(supplied.function->type_key, required.key))
      return ImportError("incompatible import type", instance->view(), import);
    instance->function_imports()[index] = supplied.function;
    return Status::Ok();
  }
  if (supplied.native != reinterpret_cast<const void*>(&UnlinkedNative)) {
    const bool same =
        std::equal(required.parameters.begin(), required.parameters.end(),
                   supplied.signature.parameters.begin(), supplied.signature.parameters.end()) &&
        std::equal(required.results.begin(), required.results.end(),
                   supplied.signature.results.begin(), supplied.signature.results.end());
    if (!same) return ImportError("incompatible import type", instance->view(), import);
  }
  abi::HostFunction& host = instance->host_functions[index];
  host.builtins = RuntimeBuiltins((instance->context->traits & abi::kTraitThrows) != 0);
  host.native = supplied.native;
  host.stack_argument_bytes = static_cast<std::uint32_t>(StackArgumentBytes(required));
  host.traits = abi::kTraitHost;
  host.attachment = supplied.attachment;
  host.binding = supplied.binding;
  if (supplied.binding != nullptr) host.native = reinterpret_cast<const void*>(&tenon_convert_call);
  host.instance = instance;
  abi::FuncRef& record = instance->host_records[index];
  record.code = instance->module->HostThunks()[import.type];
  record.context = reinterpret_cast<abi::VmContext*>(&host);
  record.type_key = required.key;
  if (record.code == nullptr)
    return ImportError("the file has no thunk for the import", instance->view(), import);
  instance->function_imports()[index] = &record;
  return Status::Ok();
}

Status LinkImports(Instance* instance, const ImportResolver& resolver,
                   const InstantiateOptions& options) {
  const container::View& view = instance->view();
  const bool guard = instance->module->variant().bounds_checks == container::BoundsChecks::kGuard;
  const auto imports = view.Section<ImportEntry>(SectionId::kImports);
  std::uint32_t functions = 0, tables = 0, memories = 0, globals = 0, tags = 0;
  for (std::size_t i = 0; i < imports.size(); ++i) {
    const ImportEntry& import = imports[i];
    Extern supplied;
    const bool found = resolver.resolve != nullptr &&
                       resolver.resolve(resolver.state, import, view.String(import.module),
                                        view.String(import.name), &supplied);
    if (!found) {
      if (import.kind != ExternKind::kFunction || !options.unknown_function_imports_trap) {
        return ImportError("unknown import", view, import);
      }
      supplied.native = reinterpret_cast<const void*>(&UnlinkedNative);
    }
    const auto incompatible = [&] { return ImportError("incompatible import type", view, import); };
    if (found && supplied.kind != import.kind) return incompatible();
    const TypeOfModule wanted{static_cast<ValueType>(import.type), instance->module};
    bool shares_references = false;
    switch (import.kind) {
      case ExternKind::kFunction:
        TENON_TRY(LinkFunction(instance, import, functions++, supplied));
        shares_references = HoldsReferences(SignatureOf(*instance->module, import.type));
        break;
      case ExternKind::kTable:
        if (!IsSameType({supplied.type, supplied.type_module}, wanted) ||
            !LimitsMatch(supplied.table->size, supplied.table->maximum, supplied.table->flags,
                         import.limits)) {
          return incompatible();
        }
        instance->tables()[tables++] = supplied.table;
        shares_references = true;
        break;
      case ExternKind::kMemory:
        if (supplied.memory->page_size_log2 != import.limits.page_size_log2 ||
            !LimitsMatch(SizeOf(*supplied.memory) >> import.limits.page_size_log2,
                         supplied.memory->maximum_pages, supplied.memory->flags, import.limits)) {
          return incompatible();
        }
        if (guard && NeedsGuard(import.limits) && !HasGuard(*supplied.memory)) {
          return ImportError(
              "a module with bounds checks \"guard\" cannot use a memory made for \"explicit\"",
              view, import);
        }
        instance->memories()[memories++] = supplied.memory;
        break;
      case ExternKind::kGlobal:
        if (supplied.is_mutable != (import.is_mutable != 0) ||
            !IsSubtype({supplied.type, supplied.type_module}, wanted) ||
            (supplied.is_mutable && !IsSubtype(wanted, {supplied.type, supplied.type_module}))) {
          return incompatible();
        }
        instance->Part<abi::PointerCell<void>>(view.info().global_pointers_offset)[globals++] =
            supplied.global;
        shares_references = IsOwned(supplied.type);
        break;
      case ExternKind::kTag:
        if (supplied.tag == nullptr ||
            supplied.tag->type_key != instance->module->type_keys()[import.type]) {
          return incompatible();
        }
        instance->tags()[tags++] = supplied.tag;
        // Exceptions of the tag live with the instance that defines it.
        shares_references = true;
        break;
    }
    TENON_TRY(Keep(instance, i, supplied.owner, shares_references));
  }
  return Status::Ok();
}

bool HasWrappers(const abi::VmContext& context) {
  return (context.traits & (abi::kTraitTailConvention | abi::kTraitThrows)) != 0;
}

// Fills the records of functions that the instance defines, from `first` on. There can be tens of
// thousands, so everything that does not change is in local variables.
template <typename Record, typename Fill>
void FillOwnFuncRefs(Instance* instance,
                     std::span<const container::ReferencedFunctionEntry> functions,
                     std::size_t first, Fill fill) {
  auto* const records = reinterpret_cast<Record*>(instance->funcrefs);
  abi::VmContext* const context = instance->context;
  const std::uint64_t* const keys = instance->module->type_keys();
  const loader::CodeAddresses code = instance->module->FunctionCode();
  for (std::size_t i = first; i < functions.size(); ++i)
    fill(records[i], i, abi::FuncRef{code[i], context, keys[functions[i].type_index]});
}

void FillFuncRefs(Instance* instance) {
  const auto functions =
      instance->view().Section<container::ReferencedFunctionEntry>(SectionId::kReferencedFunctions);
  // Imported ones come first.
  std::uint32_t i = 0;
  for (; i < functions.size() && functions[i].function_index < instance->info().imported_functions;
       ++i) {
    auto& record = reinterpret_cast<abi::WideFuncRef&>(*instance->FuncRefAt(i));
    const std::uint32_t index = functions[i].function_index;
    const abi::FuncRef& imported = *instance->function_imports()[index];
    // Others may call it then, who may hold references.
    if (&imported == instance->host_records + index)
      instance->host_functions[index].builtins = RuntimeBuiltins(true);
    record.common = imported;
    record.direct = HasWrappers(*imported.context)
                        ? reinterpret_cast<const abi::WideFuncRef&>(imported).direct
                        : imported.code;
  }
  if (instance->funcref_size == sizeof(abi::WideFuncRef)) {
    const loader::CodeAddresses direct = instance->module->DirectCode();
    FillOwnFuncRefs<abi::WideFuncRef>(
        instance, functions, i,
        [direct](abi::WideFuncRef& record, std::size_t index, const abi::FuncRef& common) {
          record = {common, direct[index]};
        });
  } else {
    FillOwnFuncRefs<abi::FuncRef>(
        instance, functions, i,
        [](abi::FuncRef& record, std::size_t, const abi::FuncRef& own) { record = own; });
  }
}

}  // namespace

constinit Mutex g_groups_mutex;

Result<Instance*> Instantiate(loader::MappedModule& module, const ImportResolver& resolver,
                              const InstantiateOptions& options, abi::TrapKind* trap) {
  *trap = abi::TrapKind::kNone;
  TENON_TRY(module.CheckBeforeUse());
  InstallTrapHandlers();
  Ledger& parent = options.ledger != nullptr ? *options.ledger : LedgerOf(Category::kInstance);
  Instance* const instance = AllocateInstance(module, parent);
  if (instance == nullptr) return OutOfMemory("an instance");
  Status status = LinkImports(instance, resolver, options);
  if (status.ok()) {
    FillFuncRefs(instance);
    status = CreateDefinedParts(instance, options);
  }
  if (status.ok()) {
    instance->code_registered = RegisterCode(module);
    if (!instance->code_registered) status = OutOfMemory("an instance");
  }
  if (!status.ok()) {
    // Tables and memories that have not been made are all zero, which freeing accepts. In a merged
    // group the instance stays, unused, until the group is freed.
    Release(instance);
    return status.error();
  }
  *trap = RunSegments(instance);
  return instance;
}

constinit std::atomic<std::uint64_t> g_function_generation{1};

const void* FindEntry(const abi::FuncRef* function) {
  const Instance& instance = *InstanceOfContext(function->context);
  const loader::MappedModule& module = *instance.module;
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(function) -
                            reinterpret_cast<std::uintptr_t>(instance.funcrefs);
  if (at < instance.funcrefs_bytes)
    return module.EntryOf(static_cast<std::uint32_t>(at / instance.funcref_size));
  // A host function's record, or one of a function that another instance passes on: any trampoline
  // of the type will do.
  const auto types = module.view().Section<container::TypeEntry>(SectionId::kTypes);
  for (std::uint32_t i = 0; i < types.size(); ++i) {
    if (module.type_keys()[i] != function->type_key) continue;
    if (const void* const entry = module.EntryTrampolines()[i]) return entry;
  }
  return nullptr;
}

void ReturnContexts(Instance* instance, const abi::ExecutionEnvironment* inner,
                    abi::ExecutionEnvironment* outer) {
  const MutexLock lock(g_groups_mutex);
  ReturnContextsOf(*instance->group, inner, outer);
}

void Release(Instance* instance) {
  const MutexLock lock(g_groups_mutex);
  ReleaseGroup(instance->group);
}

void Retain(Instance* instance) {
  const MutexLock lock(g_groups_mutex);
  ++instance->group->references;
}

Ledger* LedgerOf(Instance* instance) { return &instance->ledger; }

const loader::MappedModule& ModuleOf(const Instance* instance) { return *instance->module; }

bool FindExport(Instance* instance, std::string_view name, Extern* result) {
  const container::View& view = instance->view();
  const container::ExportEntry* entry = view.FindExport(name);
  if (entry == nullptr) return false;
  *result = {};
  result->kind = entry->kind;
  result->owner = instance;
  result->type_module = instance->module;
  switch (entry->kind) {
    case ExternKind::kFunction: {
      const auto& function = view.Section<container::ReferencedFunctionEntry>(
          SectionId::kReferencedFunctions)[entry->index];
      result->function = instance->FuncRefAt(entry->index);
      result->signature = SignatureOf(*instance->module, function.type_index);
      break;
    }
    case ExternKind::kTable:
      result->table = instance->tables()[entry->index];
      result->type =
          view.Section<container::TableEntry>(SectionId::kTables)[entry->index].element_type;
      break;
    case ExternKind::kMemory: result->memory = instance->memories()[entry->index]; break;
    case ExternKind::kGlobal: {
      const auto& global = view.Section<container::GlobalEntry>(SectionId::kGlobals)[entry->index];
      result->global = instance->GlobalCell(entry->index);
      result->type = global.type;
      result->is_mutable = global.is_mutable != 0;
      break;
    }
    case ExternKind::kTag: result->tag = instance->tags()[entry->index]; break;
  }
  return true;
}

const abi::FuncRef* StartFunction(Instance* instance) {
  const std::uint32_t start = instance->info().start_function;
  return start == container::kNone ? nullptr : instance->FuncRefAt(start);
}

abi::MemoryInstance* MemoryOf(Instance* instance) {
  return instance->view().Section<container::MemoryEntry>(SectionId::kMemories).empty()
             ? nullptr
             : instance->memories()[0].value;
}

}  // namespace tenon::runtime
