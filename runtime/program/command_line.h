// The command line of tenon (options.def).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "loader/mapped_module.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance.h"
#include "runtime/memory/memory_report.h"
#include "runtime/wasi/wasi.h"

namespace tenon::runtime {

// What an option that can be repeated was given: at most one for each word of the command line.
template <typename T>
class Repeated {
 public:
  void Reserve(int words) { values_ = std::make_unique<T[]>(static_cast<std::size_t>(words)); }
  void Add(T value) { values_[size_++] = value; }
  std::span<const T> values() const { return {values_.get(), size_}; }

 private:
  std::unique_ptr<T[]> values_;
  std::size_t size_ = 0;
};

struct CommandLine {
  ReportForm report = ReportForm::kNone;
  Repeated<const char*> program_environment, listeners, address_pool;
  Repeated<wasi::Preopen> preopens;
  wasi::WasiOptions wasi;
  loader::OpenOptions open;
  InstantiateOptions instantiate;
  ExecutionEnvironmentOptions environment;
  const char* invoke = nullptr;
  const char* file = nullptr;
  std::span<const char* const> words;  // FILE.aot and what follows it
  void (*information)() = nullptr;     // --help or --version: what to print instead of running
};

// `count` arguments without the program's name, which the CommandLine points into and which may be
// written to. Values follow '=' or are the next argument. An error is a sentence.
Status Parse(int count, char** arguments, CommandLine* line);

}  // namespace tenon::runtime
