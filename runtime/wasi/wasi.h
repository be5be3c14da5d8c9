// WASI preview 1 for a program: what the host gives it (arguments, environment, directories,
// streams, listening sockets), and the functions that use these.
//
// Order of use: Create, Instantiate with a resolver that asks ResolveWasiImport, Call, Release of
// the instance, Destroy. A context belongs to one program: an instance, and the instances of the
// threads that it spawns. The program reaches only what the options name.
//
// Writing to a pipe that nobody reads raises SIGPIPE in the host's process, as in any program. A
// host that wants its programs to get EPIPE instead ignores the signal.
//
// In a build without WASI (-DTENON_WASI=OFF), runtime/without_wasi/ implements this interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "format/result.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime::wasi {

struct WasiContext;

struct Preopen {
  const char* host_path;
  const char* guest_name;
};

// Reads into or writes from [bytes, +size). Returns how many bytes it moved (0 when reading: the
// end), or a negative errno value. Called on the thread of the program that reads or writes.
struct StreamCallback {
  std::int64_t (*move)(void* user_data, void* bytes, std::uint64_t size) = nullptr;
  void* user_data = nullptr;
};

// Where a standard stream leads: a descriptor of the host's, which stays the host's, or a callback.
struct StreamOption {
  int descriptor = -1;
  StreamCallback callback;  // if set, `descriptor` does not count
};

// Gets each line of a trace, with its line feed. Several threads may call it at once.
struct TraceSink {
  void (*write)(void* user_data, const char* text, std::size_t length) = nullptr;
  void* user_data = nullptr;
};

// Nothing here is owned; all of it need only live until Create returns.
struct WasiOptions {
  std::span<const char* const> args;         // the program's name first
  std::span<const char* const> environment;  // NAME=VALUE
  // Descriptors from 3 on, in this order: directories under the host's name for them, those
  // written GUEST::HOST, those as pairs, listening sockets by address ("127.0.0.1:8080").
  std::span<const char* const> directories;
  std::span<const char* const> mapped_directories;
  std::span<const Preopen> preopens;
  std::span<const char* const> listeners;
  // If there are any ("10.0.0.0/8"), listeners must have one of these addresses, and accepted peers
  // must come from one.
  std::span<const char* const> address_pool;
  StreamOption streams[3] = {{0, {}}, {1, {}}, {2, {}}};
  TraceSink trace;  // set: every call is traced
};

// Opens what the options name.
Result<WasiContext*> Create(const WasiOptions& options);
// Closes everything that the program has left open, except the streams it was given.
void Destroy(WasiContext* context);

// Makes the memory of modules that import a shared one (under any name), as those built for
// wasi-threads do. It belongs to the context and is the same for all of the program's instances.
// For other modules nothing is made. To be called once, before ResolveSharedMemory.
Status MakeSharedMemory(WasiContext* context, const loader::MappedModule& module);
// Fills `extern_value` if the import is that memory.
bool ResolveSharedMemory(WasiContext* context, const container::ImportEntry& import,
                         Extern* extern_value);

// For programs with threads (wasi-threads). A trap or proc_exit in any thread ends all. The call
// that runs the program then fails, and AdoptThreadOutcome replaces its outcome by the thread's.
void AdoptThreadOutcome(WasiContext* context, abi::ExecutionEnvironment* environment,
                        CallOutcome* outcome);
// Ends and joins the program's threads. Must not be called from one of them. Destroy does the same,
// but threads must not outlive the environment and the instance of the call that spawned them.
void EndThreads(WasiContext* context);
// Before an environment is destroyed on which the program has been called.
void ForgetEnvironment(WasiContext* context, const abi::ExecutionEnvironment* environment);

// Whether `module` is the name of a WASI module ("wasi_snapshot_preview1", "wasi_unstable", …).
bool IsWasiModule(std::string_view module);
// Fills `extern_value` if `module` is one and has a function `name`. With a null context it only
// tells whether there is such a function, which must not be called then.
bool ResolveWasiImport(WasiContext* context, std::string_view module, std::string_view name,
                       Extern* extern_value);

}  // namespace tenon::runtime::wasi
