// WASI preview 1 for one instance: what the host gives a program (arguments,
// environment, directories), and the functions through which it uses them.
//
// Order of use: Create, Instantiate with a resolver that asks ResolveWasiImport,
// Attach, Call, Release of the instance, Destroy. A context belongs to one
// instance at a time, and like it is used by one thread at a time. The program
// reaches only the preopened directories and the descriptors 0, 1 and 2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/result.h"
#include "runtime/instance.h"

namespace tenon::runtime::wasi {

struct WasiContext;

struct Preopen {
  std::string host_path;
  std::string guest_name;
};

struct WasiOptions {
  std::vector<std::string> args;         // the program's name first
  std::vector<std::string> environment;  // NAME=VALUE
  std::vector<Preopen> preopens;         // descriptors 3, 4, …
};

// Opens the preopened directories.
Result<WasiContext*> Create(const WasiOptions& options);
// Closes everything the program left open, except the inherited 0, 1 and 2.
void Destroy(WasiContext* context);

// Gives `instance` this context (as its HostData). Without one, WASI functions
// see no arguments, no environment and no descriptors.
void Attach(Instance* instance, WasiContext* context);
WasiContext* ContextOf(const Instance* instance);

// Fills `extern_value` if `module` is "wasi_snapshot_preview1" or
// "wasi_unstable" and has a function `name`.
bool ResolveWasiImport(WasiContext* context, std::string_view module, std::string_view name,
                       Extern* extern_value);

}  // namespace tenon::runtime::wasi
