// Makes, at compile time and from the parameter lists of wasi_functions.def: the C++ types of the
// native functions, the wasm types of the imports, and the descriptions that tracing uses. Internal
// to runtime/wasi/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "format/abi.h"
#include "format/value_type.h"

namespace tenon::runtime::wasi {

enum class ParameterKind : std::uint8_t {
#define TENON_WASI_KIND(enumerator, word, letters) enumerator,
#include "runtime/wasi/functions/wasi_kinds.def"
#undef TENON_WASI_KIND
};

struct KindEntry {
  std::string_view word;
  std::string_view letters;
};
inline constexpr KindEntry kKinds[] = {
#define TENON_WASI_KIND(enumerator, word, letters) {word, letters},
#include "runtime/wasi/functions/wasi_kinds.def"
#undef TENON_WASI_KIND
};

struct Parameter {
  ParameterKind kind{};
  std::string_view name;
};

inline constexpr std::size_t kMaximumParameters = 10;

// The wasm parameters as letters; a structural type, to be a template argument.
struct Letters {
  char letter[kMaximumParameters + 1] = {};
  std::size_t count = 0;
};

struct Signature {
  std::array<Parameter, kMaximumParameters> parameters{};
  std::size_t parameter_count = 0;
  Letters letters;
};

// A malformed list is a compile error, because the call is then no constant expression.
consteval Signature ParseSignature(std::string_view list) {
  Signature signature;
  while (!list.empty()) {
    const std::size_t space = list.find(' ');
    const std::string_view item = list.substr(0, space);
    list = space == std::string_view::npos ? std::string_view() : list.substr(space + 1);
    const std::size_t colon = item.find(':');
    std::size_t kind = 0;
    while (kKinds[kind].word != item.substr(0, colon)) ++kind;
    signature.parameters[signature.parameter_count++] = {static_cast<ParameterKind>(kind),
                                                         item.substr(colon + 1)};
    for (const char letter : kKinds[kind].letters)
      signature.letters.letter[signature.letters.count++] = letter;
  }
  return signature;
}
consteval Letters ParameterLetters(std::string_view list) { return ParseSignature(list).letters; }
// "errno" and "number" are an i32, "" is no result.
consteval Letters ResultLetters(std::string_view result) {
  return result.empty() ? Letters{} : Letters{{'i'}, 1};
}

consteval std::array<ValueType, kMaximumParameters + 1> ValueTypesOf(const Letters& letters) {
  std::array<ValueType, kMaximumParameters + 1> types{};
  for (std::size_t i = 0; i < letters.count; ++i)
    types[i] = letters.letter[i] == 'I' ? ValueType::kI64 : ValueType::kI32;
  return types;
}

template <char kLetter>
using TypeOfLetter = std::conditional_t<kLetter == 'i', std::uint32_t,
                                        std::conditional_t<kLetter == 'I', std::uint64_t, void>>;
template <Letters kResult, Letters kParameters, typename Indices>
struct NativeTypeOf;
template <Letters kResult, Letters kParameters, std::size_t... kIndex>
struct NativeTypeOf<kResult, kParameters, std::index_sequence<kIndex...>> {
  using Type = TypeOfLetter<kResult.letter[0]>(abi::ExecutionEnvironment*,
                                               TypeOfLetter<kParameters.letter[kIndex]>...);
};
template <Letters kResult, Letters kParameters>
using NativeType =
    typename NativeTypeOf<kResult, kParameters, std::make_index_sequence<kParameters.count>>::Type;

extern "C" {
#define TENON_WASI(name, result, parameters) \
  NativeType<ResultLetters(result), ParameterLetters(parameters)> wasi_##name;
#include "runtime/wasi/functions/wasi_functions.def"
#undef TENON_WASI
#define TENON_WASI(name, result, parameters) \
  NativeType<ResultLetters(result), ParameterLetters(parameters)> wasi_unstable_##name;
#include "runtime/wasi/functions/wasi_unstable_functions.def"
#undef TENON_WASI
#define TENON_WASI(name, result, parameters) \
  NativeType<ResultLetters(result), ParameterLetters(parameters)> wasi_##name;
#include "runtime/wasi/functions/wasi_threads_functions.def"
#undef TENON_WASI
}

}  // namespace tenon::runtime::wasi
