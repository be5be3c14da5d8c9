// The table of WASI functions, made from the .def files, for resolving imports and for tracing.
// Internal to runtime/wasi/.
#pragma once

#include <span>
#include <string_view>

#include "runtime/wasi/functions/signature.h"

namespace tenon::runtime::wasi {

struct Function {
  std::string_view name;
  const Signature* signature;
  const ValueType* parameter_types;  // signature->letters.count of them
  const ValueType* result_types;
  std::size_t result_count;
  const void* native;
  const void* traced;  // the same function, which reports each call to the context's TraceSink
};

// The rows of the WASI module with that name, sorted; empty if there is none.
std::span<const Function> FunctionsOf(std::string_view module);
// Null: the module has no such function.
const Function* FindFunction(std::string_view module, std::string_view name);

}  // namespace tenon::runtime::wasi
