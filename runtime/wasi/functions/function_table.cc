// See function_table.h.
#include "runtime/wasi/functions/function_table.h"

#include <algorithm>

#include "runtime/wasi/trace.h"

namespace tenon::runtime::wasi {
namespace {

// Constants for each row. They are objects because the tracing wrappers need their addresses.
#define TENON_WASI_OBJECTS(name, result, parameters)                               \
  constexpr Signature kSignature_##name = ParseSignature(parameters);              \
  constexpr auto kParameterTypes_##name = ValueTypesOf(kSignature_##name.letters); \
  constexpr auto kResultTypes_##name = ValueTypesOf(ResultLetters(result));        \
  constexpr TracedFunction kTraced_##name{#name, &kSignature_##name, result};

#define TENON_WASI(name, result, parameters) TENON_WASI_OBJECTS(name, result, parameters)
#include "runtime/wasi/functions/wasi_functions.def"
#undef TENON_WASI

namespace unstable {
#define TENON_WASI(name, result, parameters) TENON_WASI_OBJECTS(name, result, parameters)
#include "runtime/wasi/functions/wasi_unstable_functions.def"
#undef TENON_WASI
}  // namespace unstable

namespace threads {
#define TENON_WASI(name, result, parameters) TENON_WASI_OBJECTS(name, result, parameters)
#include "runtime/wasi/functions/wasi_threads_functions.def"
#undef TENON_WASI
}  // namespace threads

#define TENON_WASI_ROW(name, result, prefix)     \
  {#name,                                        \
   &kSignature_##name,                           \
   kParameterTypes_##name.data(),                \
   kResultTypes_##name.data(),                   \
   ResultLetters(result).count,                  \
   reinterpret_cast<const void*>(&prefix##name), \
   reinterpret_cast<const void*>(&Traced<&prefix##name, &kTraced_##name>::Call)},

const Function kFunctions[] = {
#define TENON_WASI(name, result, parameters) TENON_WASI_ROW(name, result, wasi_)
#include "runtime/wasi/functions/wasi_functions.def"
#undef TENON_WASI
};

namespace unstable {
const Function kFunctions[] = {
#define TENON_WASI(name, result, parameters) TENON_WASI_ROW(name, result, wasi_unstable_)
#include "runtime/wasi/functions/wasi_unstable_functions.def"
#undef TENON_WASI
};
}  // namespace unstable

namespace threads {
const Function kFunctions[] = {
#define TENON_WASI(name, result, parameters) TENON_WASI_ROW(name, result, wasi_)
#include "runtime/wasi/functions/wasi_threads_functions.def"
#undef TENON_WASI
};
}  // namespace threads

const Function* FindIn(std::span<const Function> functions, std::string_view name) {
  const auto found = std::lower_bound(
      functions.begin(), functions.end(), name,
      [](const Function& function, std::string_view wanted) { return function.name < wanted; });
  return found != functions.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::span<const Function> FunctionsOf(std::string_view module) {
  if (module == "wasi_snapshot_preview1" || module == "wasi_unstable") return kFunctions;
  if (module == "wasi") return threads::kFunctions;
  return {};
}

const Function* FindFunction(std::string_view module, std::string_view name) {
  if (module == "wasi_unstable") {
    if (const Function* own = FindIn(unstable::kFunctions, name)) return own;
  }
  if (module == "wasi") {
    char spelled[32];
    if (name.size() > sizeof spelled) return nullptr;
    std::replace_copy(name.begin(), name.end(), spelled, '-', '_');
    return FindIn(threads::kFunctions, {spelled, name.size()});
  }
  return FindIn(FunctionsOf(module), name);
}

}  // namespace tenon::runtime::wasi
