// runtime/wasi/wasi.h in a build without WASI (-DTENON_WASI=OFF): there is no context and no
// function, and an attempt to give a program something is an error.
#include "runtime/wasi/wasi.h"

namespace tenon::runtime::wasi {

Result<WasiContext*> Create(const WasiOptions& options) {
  const bool wants_it = !options.environment.empty() || !options.directories.empty() ||
                        !options.mapped_directories.empty() || !options.preopens.empty() ||
                        !options.listeners.empty() || !options.address_pool.empty() ||
                        options.trace.write != nullptr;
  if (wants_it) {
    return Error::Format(
        "This build has no WASI, so programs can be given no directories, variables or sockets.");
  }
  return nullptr;
}

void Destroy(WasiContext*) {}

Status MakeSharedMemory(WasiContext*, const loader::MappedModule&) { return Status::Ok(); }

bool ResolveSharedMemory(WasiContext*, const container::ImportEntry&, Extern*) { return false; }

void AdoptThreadOutcome(WasiContext*, abi::ExecutionEnvironment*, CallOutcome*) {}

void EndThreads(WasiContext*) {}

void ForgetEnvironment(WasiContext*, const abi::ExecutionEnvironment*) {}

bool IsWasiModule(std::string_view) { return false; }

bool ResolveWasiImport(WasiContext*, std::string_view, std::string_view, Extern*) { return false; }

}  // namespace tenon::runtime::wasi
