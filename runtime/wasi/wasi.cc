// Creates and destroys WASI contexts, and resolves imports. The functions are in functions/.
#include "runtime/wasi/wasi.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <new>
#include <utility>

#include "runtime/memory/linear_memory.h"
#include "runtime/wasi/context.h"
#include "runtime/wasi/functions/function_table.h"

namespace tenon::runtime::wasi {
namespace {

// A limit, so that positions and sizes always fit the guest's 32 bits.
constexpr std::size_t kStringListLimit = std::size_t{1} << 30;

Status Fill(std::span<const char* const> strings, const char* what, StringList* list) {
  std::size_t size = 0;
  for (const char* string : strings) {
    size += std::strlen(string) + 1;
    if (size > kStringListLimit) return Error::Format("The WASI %s is longer than 1 GiB.", what);
  }
  if (!list->bytes.Resize(size)) return Error::Format("out of memory for the WASI %s", what);
  list->count = static_cast<std::uint32_t>(strings.size());
  std::size_t position = 0;
  for (const char* string : strings) {
    const std::size_t length = std::strlen(string) + 1;
    std::memcpy(list->bytes.data() + position, string, length);
    position += length;
  }
  return Status::Ok();
}

Status AddFile(WasiContext* context, FileReference file) {
  std::uint32_t number;
  if (context->descriptors.Add(std::move(file), &number) != kSuccess) {
    return Error::Format("out of memory for the WASI descriptors");
  }
  return Status::Ok();
}

Status AddStream(WasiContext* context, const StreamOption& option, OpenFile* part) {
  const bool callback = option.callback.move != nullptr;
  FileReference file = callback ? NewStream(option.callback) : FileReference(part);
  if (!callback) {
    part->host = option.descriptor;
    part->is_part = true;
  }
  if (file) {
    file->rights = callback ? Rights{kRightRead | kRightWrite | kRightStatus | kRightPoll}
                            : Rights{kFileRights | kSocketRights};
  }
  return AddFile(context, std::move(file));
}

Status AddDirectory(WasiContext* context, const char* host_path, std::string_view guest_name) {
  const int host = open(host_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (host < 0) {
    return Error::Format("Cannot open the directory \"%s\": %s.", host_path, std::strerror(errno));
  }
  FileReference file = NewOpenFile(host, true, guest_name);
  if (!file) {
    close(host);
  } else {
    file->is_preopen = true;
    file->type = FileType::kDirectory;
    file->rights = kDirectoryRights;
    file->inheriting = kAllRights;
  }
  return AddFile(context, std::move(file));
}

Status AddMappedDirectory(WasiContext* context, const char* text) {
  const char* const separator = std::strstr(text, "::");
  if (separator == nullptr || separator[2] == '\0') {
    return Error::Format("The directory mapping \"%s\" is not of the form GUEST::HOST.", text);
  }
  return AddDirectory(context, separator + 2, {text, static_cast<std::size_t>(separator - text)});
}

Status AddListener(WasiContext* context, const char* address) {
  int host;
  TENON_ASSIGN_OR_RETURN(host, ListenOn(address));
  FileReference file = NewOpenFile(host, true);
  if (!file) {
    close(host);
    return AddFile(context, std::move(file));
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  auto* const any = reinterpret_cast<sockaddr*>(&bound);
  if (getsockname(host, any, &size) != 0 || !context->address_pool.Allows(any)) {
    return Error::Format("The address pool does not allow to listen on %s.", address);
  }
  file->type = FileType::kSocketStream;
  file->rights = kListenerRights;
  file->inheriting = kSocketRights;
  return AddFile(context, std::move(file));
}

Status Populate(const WasiOptions& options, WasiContext* context) {
  context->trace = options.trace;
  TENON_TRY(Fill(options.args, "argument list", &context->args));
  TENON_TRY(Fill(options.environment, "environment", &context->environment));
  for (const char* range : options.address_pool) TENON_TRY(context->address_pool.Add(range));
  for (std::size_t i = 0; i < std::size(options.streams); ++i)
    TENON_TRY(AddStream(context, options.streams[i], &context->streams[i]));
  for (const char* path : options.directories) TENON_TRY(AddDirectory(context, path, path));
  for (const char* mapping : options.mapped_directories)
    TENON_TRY(AddMappedDirectory(context, mapping));
  for (const Preopen& preopen : options.preopens)
    TENON_TRY(AddDirectory(context, preopen.host_path, preopen.guest_name));
  for (const char* address : options.listeners) TENON_TRY(AddListener(context, address));
  return Status::Ok();
}

}  // namespace

Result<WasiContext*> Create(const WasiOptions& options) {
  void* const memory = Allocate(Category::kInstance, sizeof(WasiContext));
  if (memory == nullptr) return Error::Format("out of memory for the WASI context");
  auto* const context = new (memory) WasiContext;
  const Status status = Populate(options, context);
  if (!status.ok()) {
    Destroy(context);
    return status.error();
  }
  return context;
}

void Destroy(WasiContext* context) {
  if (context == nullptr) return;
  context->~WasiContext();
  Free(context);
}

Status MakeSharedMemory(WasiContext* context, const loader::MappedModule& module) {
  const container::View& view = module.view();
  const container::LimitsEntry* limits = nullptr;
  for (const auto& import : view.Section<container::ImportEntry>(container::SectionId::kImports)) {
    if (import.kind == ExternKind::kMemory && (import.limits.flags & container::kLimitsShared) != 0)
      limits = &import.limits;
  }
  if (limits == nullptr) return Status::Ok();
  const bool guard = module.variant().bounds_checks == container::BoundsChecks::kGuard;
  auto* const memory =
      static_cast<abi::MemoryInstance*>(Allocate(Category::kInstance, sizeof(abi::MemoryInstance)));
  if (memory == nullptr) return OutOfMemory("a shared memory");
  Status made = CreateLinearMemory(memory, *limits, guard, {}, LedgerOf(Category::kInstance));
  if (made.ok()) {
    context->shared_memory = memory;
  } else {
    Free(memory);
  }
  return made;
}

bool ResolveSharedMemory(WasiContext* context, const container::ImportEntry& import,
                         Extern* extern_value) {
  if (import.kind != ExternKind::kMemory || context->shared_memory == nullptr ||
      (import.limits.flags & container::kLimitsShared) == 0) {
    return false;
  }
  *extern_value = Extern{};
  extern_value->kind = ExternKind::kMemory;
  extern_value->memory = context->shared_memory;
  return true;
}

bool IsWasiModule(std::string_view module) { return !FunctionsOf(module).empty(); }

bool ResolveWasiImport(WasiContext* context, std::string_view module, std::string_view name,
                       Extern* extern_value) {
  const Function* const function = FindFunction(module, name);
  if (function == nullptr) return false;
  *extern_value = Extern{};
  extern_value->kind = ExternKind::kFunction;
  const bool traced = context != nullptr && context->trace.write != nullptr;
  extern_value->native = traced ? function->traced : function->native;
  extern_value->attachment = context;
  const std::span<const ValueType> parameters(function->parameter_types,
                                              function->signature->letters.count);
  const std::span<const ValueType> results(function->result_types, function->result_count);
  extern_value->signature.parameters = parameters;
  extern_value->signature.results = results;
  extern_value->signature.key =
      abi::TypeKey(parameters.data(), parameters.size(), results.data(), results.size());
  return true;
}

}  // namespace tenon::runtime::wasi
