// Errors as values, for every layer of Tenon.
//
// An `Error` is one complete sentence in a fixed buffer: making, copying and
// returning one never allocates, so the loader and the runtime can report
// errors while the pool is exhausted, and the checked view can report errors
// without touching a heap at all. `Result<T>` is either a T or an Error.
#pragma once

#include <cassert>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

namespace tenon {

// One sentence that says what is wrong, where, and, if that helps, what to do.
class Error {
 public:
  static constexpr std::size_t kCapacity = 320;

  // printf-style; text beyond kCapacity - 1 bytes is cut.
  [[gnu::format(printf, 1, 2)]] static Error Format(const char* format, ...) {
    Error error;
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(error.text_, sizeof error.text_, format, arguments);
    va_end(arguments);
    return error;
  }

  // The sentence, NUL-terminated; lives as long as this Error.
  const char* text() const { return text_; }

 private:
  Error() { text_[0] = '\0'; }
  char text_[kCapacity];
};

// Either a value or an Error. Movable when T is.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit on purpose
  Result(const Error& error) : error_(error) {}  // NOLINT: implicit on purpose

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *value_;
  }
  const T& value() const& {
    assert(ok());
    return *value_;
  }
  T&& value() && {
    assert(ok());
    return std::move(*value_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

// A Result without a value: success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(const Error& error) : error_(error) {}  // NOLINT: implicit on purpose
  static Status Ok() { return {}; }

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace tenon

// Returns the error of `expression` (a Result or a Status) from the enclosing
// function if there is one.
#define TENON_TRY(expression)                                   \
  do {                                                          \
    if (auto tenon_status = (expression); !tenon_status.ok()) { \
      return tenon_status.error();                              \
    }                                                           \
  } while (false)

// Declares `variable` from the value of `expression`, or returns its error.
#define TENON_ASSIGN_OR_RETURN(variable, expression) \
  TENON_ASSIGN_IMPL(TENON_CONCAT(tenon_result_, __LINE__), variable, expression)
#define TENON_ASSIGN_IMPL(result, variable, expression) \
  auto result = (expression);                           \
  if (!result.ok()) return result.error();              \
  variable = std::move(result).value()
#define TENON_CONCAT(a, b) TENON_CONCAT_IMPL(a, b)
#define TENON_CONCAT_IMPL(a, b) a##b
