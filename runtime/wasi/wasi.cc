// The WASI context and the table of functions: creating, attaching and resolving.
// The functions themselves are in the wasi_*.cc files next to this one.
#include "runtime/wasi/wasi.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

template <std::size_t N>
consteval std::array<ValueType, N> TypesOf(const char (&letters)[N]) {
  std::array<ValueType, N> types{};  // one more than there are letters: never an empty array
  for (std::size_t i = 0; i + 1 < N; ++i) {
    types[i] = letters[i] == 'I' ? ValueType::kI64 : ValueType::kI32;
  }
  return types;
}

struct Function {
  std::string_view name;
  const void* native;
  const ValueType* parameters;
  std::size_t parameter_count;
  const ValueType* results;
  std::size_t result_count;
};

#define TENON_WASI(name, result, parameters)                 \
  constexpr auto kParametersOf_##name = TypesOf(parameters); \
  constexpr auto kResultsOf_##name = TypesOf(result);
#include "runtime/wasi/wasi_functions.def"
#undef TENON_WASI

const Function kFunctions[] = {
#define TENON_WASI(name, result, parameters)    \
  {#name,                                       \
   reinterpret_cast<const void*>(&wasi_##name), \
   kParametersOf_##name.data(),                 \
   kParametersOf_##name.size() - 1,             \
   kResultsOf_##name.data(),                    \
   kResultsOf_##name.size() - 1},
#include "runtime/wasi/wasi_functions.def"
#undef TENON_WASI
};

const Function kUnstableFunctions[] = {
#define TENON_WASI(name, result, parameters)             \
  {#name,                                                \
   reinterpret_cast<const void*>(&wasi_unstable_##name), \
   kParametersOf_##name.data(),                          \
   kParametersOf_##name.size() - 1,                      \
   kResultsOf_##name.data(),                             \
   kResultsOf_##name.size() - 1},
#include "runtime/wasi/wasi_unstable_functions.def"
#undef TENON_WASI
};

const Function* FindIn(std::span<const Function> functions, std::string_view name) {
  for (const Function& function : functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

// Limited so that positions and sizes always fit the guest's 32 bits.
constexpr std::size_t kStringListLimit = std::size_t{1} << 30;

Status Fill(const std::vector<std::string>& strings, const char* what, StringList* list) {
  for (const std::string& string : strings) {
    if (string.find('\0') != std::string::npos) {
      return Error::Format("The WASI %s contains a NUL byte.", what);
    }
    if (list->bytes.size() + string.size() >= kStringListLimit) {
      return Error::Format("The WASI %s is longer than 1 GiB.", what);
    }
    list->positions.push_back(static_cast<std::uint32_t>(list->bytes.size()));
    list->bytes.append(string).push_back('\0');
  }
  return Status::Ok();
}

Status Populate(const WasiOptions& options, WasiContext* context) {
  TENON_TRY(Fill(options.args, "argument list", &context->args));
  TENON_TRY(Fill(options.environment, "environment", &context->environment));
  for (int host = 0; host < 3; ++host) {
    Descriptor inherited;
    inherited.host = host;
    inherited.rights = kFileRights;
    context->descriptors.push_back(std::move(inherited));
  }
  for (const Preopen& preopen : options.preopens) {
    const int host = open(preopen.host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (host < 0) {
      return Error::Format("Cannot open the directory \"%s\": %s.", preopen.host_path.c_str(),
                           std::strerror(errno));
    }
    Descriptor directory;
    directory.host = host;
    directory.owned = true;
    directory.type = FileType::kDirectory;
    directory.is_preopen = true;
    directory.rights = kDirectoryRights;
    directory.inheriting = kAllRights;
    directory.preopen_name = preopen.guest_name;
    context->descriptors.push_back(std::move(directory));
  }
  return Status::Ok();
}

// For instances without a context. It has no descriptors, so no function can change it.
WasiContext& EmptyContext() {
  static WasiContext context;
  return context;
}

}  // namespace

Result<WasiContext*> Create(const WasiOptions& options) {
  auto* context = new WasiContext;
  const Status status = Populate(options, context);
  if (!status.ok()) {
    Destroy(context);
    return status.error();
  }
  return context;
}

void Destroy(WasiContext* context) {
  if (context == nullptr) return;
  for (Descriptor& descriptor : context->descriptors) context->Close(&descriptor);
  delete context;
}

void Attach(Instance* instance, WasiContext* context) { SetHostData(instance, context); }

WasiContext* ContextOf(const Instance* instance) {
  return static_cast<WasiContext*>(HostData(instance));
}

bool ResolveWasiImport(WasiContext* context, std::string_view module, std::string_view name,
                       Extern* extern_value) {
  const bool unstable = module == "wasi_unstable";
  if (!unstable && module != "wasi_snapshot_preview1") return false;
  const Function* function = unstable ? FindIn(kUnstableFunctions, name) : nullptr;
  if (function == nullptr) function = FindIn(kFunctions, name);
  if (function == nullptr) return false;
  *extern_value = Extern{};
  extern_value->kind = ExternKind::kFunction;
  extern_value->native = function->native;
  extern_value->attachment = context;
  extern_value->signature.parameters = {function->parameters, function->parameter_count};
  extern_value->signature.results = {function->results, function->result_count};
  extern_value->signature.key = abi::TypeKey(function->parameters, function->parameter_count,
                                             function->results, function->result_count);
  return true;
}

ErrorCode FromHostError(int host_error) {
  switch (host_error) {
    case 0: return kSuccess;
#define TENON_WASI_ERROR(enumerator, number, host) \
  case host: return enumerator;
#include "runtime/wasi/wasi_errors.def"
#undef TENON_WASI_ERROR
    default: return kInputOutput;
  }
}

ErrorCode LastError() { return FromHostError(errno); }

Caller::Caller(abi::ExecutionEnvironment* environment) : Caller(CallingInstance(environment)) {}

Caller::Caller(Instance* instance)
    : context(ContextOf(instance) != nullptr ? *ContextOf(instance) : EmptyContext()),
      memory(MemoryFrom(MemoryOf(instance))) {}

ErrorCode WasiContext::Require(std::uint32_t number, Rights rights, Descriptor** result) {
  Descriptor* descriptor = Find(number);
  if (descriptor == nullptr) return kBadDescriptor;
  const Rights missing = rights & ~descriptor->rights;
  if (missing != 0) {
    // The codes a POSIX program expects: "not open for that" for contents.
    if ((missing & kContentRights) != 0) return kBadDescriptor;
    if ((missing & kPathRights) != 0 && descriptor->type != FileType::kDirectory) {
      return kNotDirectory;
    }
    return kNotCapable;
  }
  *result = descriptor;
  return kSuccess;
}

std::uint32_t WasiContext::Add(Descriptor descriptor) {
  std::size_t slot = 0;
  while (slot < descriptors.size() && descriptors[slot].host >= 0) ++slot;
  if (slot == descriptors.size()) descriptors.emplace_back();
  descriptors[slot] = std::move(descriptor);
  return static_cast<std::uint32_t>(slot);
}

void WasiContext::Close(Descriptor* descriptor) {
  if (descriptor->host >= 0 && descriptor->owned) close(descriptor->host);
  *descriptor = Descriptor{};
}

}  // namespace tenon::runtime::wasi
