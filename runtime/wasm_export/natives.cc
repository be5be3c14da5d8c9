// Native functions of the host: registration, look-up, and conversion of arguments for those that
// need it.
//
// Generated code calls a function directly if its signature has none of `*`, `~`, `$` and it is not
// raw. Others are called through tenon_convert_call (assembly), which passes their registers to
// tenon_convert_arguments below. HostFunction::binding is then the NativeSymbol, with kRaw in its
// lowest bit.
#include <cstdio>
#include <cstring>

#include "format/locking.h"
#include "runtime/arch/native_call.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

struct Registration {
  Registration* next;
  NativeSymbol* symbols;
  std::uint32_t count;
  bool raw;
  char* module_name;
};

constinit Mutex g_mutex;
Registration* g_registrations TENON_GUARDED_BY(g_mutex) = nullptr;

constexpr std::uintptr_t kRaw = 1;

char LetterOf(ValueType type) {
  switch (type) {
    case ValueType::kI32: return 'i';
    case ValueType::kI64: return 'I';
    case ValueType::kF32: return 'f';
    case ValueType::kF64: return 'F';
    case ValueType::kV128: return 'V';
    default: return 'r';
  }
}

// Whether the letters describe the type.
bool SignatureMatches(const char* letters, std::span<const ValueType> parameters,
                      std::span<const ValueType> results) {
  if (*letters++ != '(') return false;
  char previous = '(';
  for (const ValueType type : parameters) {
    const char letter = *letters++;
    const bool address = type == ValueType::kI32 && (letter == '*' || letter == '$');
    const bool length = type == ValueType::kI32 && letter == '~' && previous == '*';
    if (letter != LetterOf(type) && !address && !length) return false;
    previous = letter;
  }
  if (*letters++ != ')') return false;
  for (const ValueType type : results) {
    if (*letters++ != LetterOf(type)) return false;
  }
  return *letters == '\0';
}

bool Converts(const char* letters) {
  return letters != nullptr && std::strpbrk(letters, "*$") != nullptr;
}

bool Named(const NativeSymbol& symbol, std::string_view name) {
  return symbol.symbol != nullptr && name == symbol.symbol;
}

const NativeSymbol* Find(const Registration& registration, std::string_view name) {
  for (std::uint32_t i = 0; i < registration.count; ++i) {
    if (Named(registration.symbols[i], name)) return &registration.symbols[i];
  }
  // Some compilers put an underscore before every name.
  if (name.empty() || name.front() != '_') return nullptr;
  for (std::uint32_t i = 0; i < registration.count; ++i) {
    if (Named(registration.symbols[i], name.substr(1))) return &registration.symbols[i];
  }
  return nullptr;
}

bool Register(const char* module_name, NativeSymbol* symbols, std::uint32_t count, bool raw) {
  if (module_name == nullptr) return false;
  auto* const registration =
      static_cast<Registration*>(Allocate(Category::kRuntime, sizeof(Registration)));
  if (registration == nullptr) return false;
  char* const name = CopyText(LedgerOf(Category::kRuntime), module_name);
  if (name == nullptr) {
    Free(registration);
    return false;
  }
  const MutexLock lock(g_mutex);
  *registration = {g_registrations, symbols, count, raw, name};
  g_registrations = registration;
  return true;
}

// The native address of a guest's address; null, with the exception set, if it is not inside the
// memory. For `*`, `length` bytes must be inside; for `$`, a string with its NUL.
void* NativeAddress(InstanceHandle* handle, const abi::MemoryInstance* memory, char letter,
                    std::uint32_t address, std::uint32_t length) {
  if (memory != nullptr && address <= memory->size_bytes) {
    const std::uint64_t left = memory->size_bytes - address;
    std::uint8_t* const native = memory->base + address;
    if (letter == '*' ? length <= left : std::memchr(native, 0, left) != nullptr) return native;
  }
  SetOutOfBounds(handle);
  return nullptr;
}

// Converts the addresses among the arguments; false: the exception is set.
bool ConvertAddresses(const abi::HostFunction& host, const char* letters, ArgumentCursor cursor) {
  auto* const instance = static_cast<Instance*>(host.instance);
  const abi::MemoryInstance* const memory = MemoryOf(instance);
  InstanceHandle* const handle = HandleOf(host.exec_env);
  for (const char* letter = letters + 1; *letter != ')' && *letter != '\0'; ++letter) {
    const ArgumentCell cell = cursor.Next(*letter);
    if (*letter != '*' && *letter != '$') continue;
    ArgumentCursor ahead = cursor;
    const std::uint32_t length =
        letter[1] == '~' ? static_cast<std::uint32_t>(ahead.Next('i').Get()) : 1;
    void* const native =
        NativeAddress(handle, memory, *letter, static_cast<std::uint32_t>(cell.Get()), length);
    if (native == nullptr) return false;
    cell.Set(native);
  }
  return true;
}

// The letters of a raw function that was registered without them.
void WriteLetters(std::uint64_t key, char (&letters)[40]) {
  const Signature signature(key);
  char* end = letters;
  *end++ = '(';
  for (std::uint32_t i = 0; i < signature.parameter_count() && i < 34; ++i)
    *end++ = LetterOf(signature.parameter(i));
  *end++ = ')';
  if (signature.result_count() != 0) *end++ = LetterOf(signature.result(0));
  *end = '\0';
}

void CallRaw(const abi::HostFunction& host, const NativeSymbol& symbol, const char* letters,
             NativeRegisters* registers) {
  std::uint64_t cells[64] = {};
  std::size_t count = 0;
  ArgumentCursor cursor(registers);
  const char* letter = letters + 1;
  for (; *letter != ')' && *letter != '\0'; ++letter) {
    const std::uint64_t cell = cursor.Next(*letter).Get();
    const bool narrow = *letter == 'i' || *letter == 'f' || *letter == '~';
    cells[count++] = narrow ? static_cast<std::uint32_t>(cell) : cell;
  }
  using Raw = void (*)(wasm_exec_env_t, std::uint64_t*);
  reinterpret_cast<Raw>(symbol.func_ptr)(reinterpret_cast<wasm_exec_env_t>(host.exec_env), cells);
  const char result = *letter == ')' ? letter[1] : '\0';
  registers->SetResult(result, cells[0]);
}

}  // namespace

bool ResolveNative(std::string_view module, std::string_view name,
                   std::span<const ValueType> parameters, std::span<const ValueType> results,
                   Extern* result, bool* mismatch) {
  const MutexLock lock(g_mutex);
  for (const Registration* registration = g_registrations; registration != nullptr;
       registration = registration->next) {
    if (module != registration->module_name) continue;
    const NativeSymbol* const symbol = Find(*registration, name);
    if (symbol == nullptr) continue;
    const bool has_letters = symbol->signature != nullptr && symbol->signature[0] != '\0';
    const bool raw_fits = !registration->raw || (parameters.size() <= 32 && results.size() <= 1);
    if ((has_letters && !SignatureMatches(symbol->signature, parameters, results)) || !raw_fits) {
      *mismatch = true;
      return false;
    }
    *result = {};
    result->kind = ExternKind::kFunction;
    result->native = symbol->func_ptr;
    result->attachment = symbol->attachment;
    result->signature = {parameters, results, 0};
    if (registration->raw || Converts(symbol->signature)) {
      result->binding = reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(symbol) |
                                                      (registration->raw ? kRaw : 0));
    }
    return true;
  }
  return false;
}

void FreeRegistrations() {
  const MutexLock lock(g_mutex);
  while (g_registrations != nullptr) {
    Registration* const registration = g_registrations;
    g_registrations = registration->next;
    Free(registration->module_name);
    Free(registration);
  }
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

const void* tenon_convert_arguments(abi::HostFunction* host, NativeRegisters* registers) {
  const auto tagged = reinterpret_cast<std::uintptr_t>(host->binding);
  const auto& symbol = *reinterpret_cast<const NativeSymbol*>(tagged & ~kRaw);
  const char* letters = symbol.signature;
  char written[40];
  if (letters == nullptr || letters[0] == '\0') {
    const auto* const instance = static_cast<const Instance*>(host->instance);
    WriteLetters(instance->host_records[host - instance->host_functions].type_key, written);
    letters = written;
  }
  if (!ConvertAddresses(*host, letters, ArgumentCursor(registers))) return nullptr;
  if ((tagged & kRaw) == 0) return symbol.func_ptr;
  CallRaw(*host, symbol, letters, registers);
  return nullptr;
}

bool wasm_runtime_register_natives(const char* module_name, NativeSymbol* native_symbols,
                                   uint32_t n_native_symbols) {
  return Register(module_name, native_symbols, n_native_symbols, false);
}

bool wasm_runtime_register_natives_raw(const char* module_name, NativeSymbol* native_symbols,
                                       uint32_t n_native_symbols) {
  return Register(module_name, native_symbols, n_native_symbols, true);
}

bool wasm_runtime_unregister_natives(const char* module_name, NativeSymbol* native_symbols) {
  const MutexLock lock(g_mutex);
  for (Registration** link = &g_registrations; *link != nullptr; link = &(*link)->next) {
    Registration* const registration = *link;
    if (registration->symbols != native_symbols ||
        std::strcmp(registration->module_name, module_name) != 0) {
      continue;
    }
    *link = registration->next;
    Free(registration->module_name);
    Free(registration);
    return true;
  }
  return false;
}

bool wasm_runtime_is_import_func_linked(const char* module_name, const char* func_name) {
  Extern ignored;
  if (wasi::ResolveWasiImport(nullptr, module_name, func_name, &ignored)) return true;
  const MutexLock lock(g_mutex);
  for (const Registration* registration = g_registrations; registration != nullptr;
       registration = registration->next) {
    if (std::strcmp(registration->module_name, module_name) == 0 &&
        Find(*registration, func_name) != nullptr) {
      return true;
    }
  }
  return false;
}

// The interface has no host globals.
bool wasm_runtime_is_import_global_linked(const char*, const char*) { return false; }

void* wasm_runtime_get_function_attachment(wasm_exec_env_t exec_env) {
  const abi::HostFunction* const host = Of(exec_env)->current_host;
  return host == nullptr ? nullptr : host->attachment;
}

}  // extern "C"
