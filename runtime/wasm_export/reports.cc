// Reports: memory by category and by object, and call stacks.
//
// Text is written to standard output unbuffered, because the C library would have to allocate the
// buffer.
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "runtime/execute/backtrace.h"
#include "runtime/execute/traps.h"
#include "runtime/include/tenon.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

[[gnu::format(printf, 1, 2)]] void Print(const char* format, ...) {
  char line[320];
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  std::size_t left = std::min(sizeof line - 1, static_cast<std::size_t>(std::max(length, 0)));
  for (const char* at = line; left != 0;) {
    const ssize_t written = ::write(STDOUT_FILENO, at, left);
    if (written <= 0) return;
    at += written;
    left -= static_cast<std::size_t>(written);
  }
}

tenon_usage_t Translate(const Usage& usage) {
  return {usage.live_bytes,  usage.peak_bytes,        usage.live_blocks,
          usage.allocations, usage.mapped_file_bytes, usage.limit_bytes};
}

void PrintUsage(const char* what, const Usage& usage) {
  const auto wide = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  Print("  %-24s %12llu %12llu %8llu %12llu\n", what, wide(usage.live_bytes),
        wide(usage.peak_bytes), wide(usage.live_blocks), wide(usage.mapped_file_bytes));
}

// In a native function, records the frames of its callers.
void RefreshFrames(abi::ExecutionEnvironment* environment) {
  if (environment->depth == 0 || environment->current_host == nullptr) return;
  const auto* const wasm_sp = static_cast<const void* const*>(environment->wasm_sp);
  RecordBacktrace(environment, CallerOf(static_cast<const void* const*>(*wasm_sp)));
}

// Writes line `i` of a call stack and returns its length.
std::size_t FormatFrame(std::size_t i, const Frame& frame, char (&line)[200]) {
  const int length =
      frame.name.empty()
          ? std::snprintf(line, sizeof line, "#%02zu: $f%u\n", i, frame.function_index)
          : std::snprintf(line, sizeof line, "#%02zu: %.*s\n", i,
                          static_cast<int>(std::min<std::size_t>(frame.name.size(), 160)),
                          frame.name.data());
  return static_cast<std::size_t>(length);
}

constexpr std::size_t kFrames = abi::ExecutionEnvironment::kMaximumFrames;

template <typename Output>
void WriteCallStack(abi::ExecutionEnvironment* environment, const Output& output) {
  RefreshFrames(environment);
  Frame frames[kFrames];
  const std::size_t count = Backtrace(environment, frames);
  char line[200];
  if (count != 0) output("\n", 1);
  for (std::size_t i = 0; i < count; ++i) output(line, FormatFrame(i, frames[i], line));
  if (count != 0) output("\n", 1);
}

}  // namespace
}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

void tenon_get_memory_report(tenon_memory_report_t* report) {
  for (std::size_t i = 0; i < kCategories; ++i)
    report->categories[i] = Translate(LedgerOf(static_cast<Category>(i)).usage());
  const Capacity capacity = CurrentAllocator().capacity();
  report->pool_size = capacity.total;
  report->pool_free = capacity.free;
  report->pool_largest_free_block = capacity.largest_free_block;
}
void tenon_get_module_usage(wasm_module_t module, tenon_usage_t* usage) {
  *usage = Translate(module->ledger.usage());
}
void tenon_get_instance_usage(wasm_module_inst_t module_inst, tenon_usage_t* usage) {
  *usage = Translate(module_inst->ledger.usage());
}
void tenon_get_exec_env_usage(wasm_exec_env_t exec_env, tenon_usage_t* usage) {
  *usage = Translate(Of(exec_env)->ledger.usage());
}
void tenon_set_category_limit(tenon_category_t category, uint64_t bytes) {
  LedgerOf(static_cast<Category>(category)).SetLimit(bytes);
}

void wasm_runtime_dump_mem_consumption(wasm_exec_env_t exec_env) {
  std::fflush(stdout);
  Print("Memory consumption (bytes)      live         peak   blocks        files\n");
  for (std::size_t i = 0; i < kCategories; ++i) {
    const auto category = static_cast<Category>(i);
    PrintUsage(CategoryName(category), LedgerOf(category).usage());
  }
  const InstanceHandle* const handle = HandleOf(Of(exec_env));
  Print("Of these\n");
  PrintUsage("this module", handle->module->ledger.usage());
  PrintUsage("this instance", handle->ledger.usage());
  PrintUsage("this environment", Of(exec_env)->ledger.usage());
}

void wasm_runtime_dump_call_stack(wasm_exec_env_t exec_env) {
  std::fflush(stdout);
  WriteCallStack(Of(exec_env), [](const char* text, std::size_t length) {
    Print("%.*s", static_cast<int>(length), text);
  });
}

uint32_t wasm_runtime_get_call_stack_buf_size(wasm_exec_env_t exec_env) {
  std::size_t size = 0;
  WriteCallStack(Of(exec_env), [&](const char*, std::size_t length) { size += length; });
  return size == 0 ? 0 : static_cast<std::uint32_t>(size + 1);
}

uint32_t wasm_runtime_dump_call_stack_to_buf(wasm_exec_env_t exec_env, char* buf, uint32_t len) {
  std::size_t used = 0;
  if (len == 0) return 0;
  WriteCallStack(Of(exec_env), [&](const char* text, std::size_t length) {
    const std::size_t part = std::min<std::size_t>(length, len - 1 - used);
    std::memcpy(buf + used, text, part);
    used += part;
  });
  buf[used] = '\0';
  return static_cast<std::uint32_t>(used + 1);
}

uint32_t wasm_copy_callstack(const wasm_exec_env_t exec_env, WASMCApiFrame* buffer,
                             const uint32_t length, const uint32_t skip_n, char* error_buf,
                             uint32_t error_buf_size) {
  if (buffer == nullptr) {
    Report(error_buf, error_buf_size, "there is no buffer for the frames");
    return 0;
  }
  RefreshFrames(Of(exec_env));
  Frame frames[kFrames];
  const std::size_t count = Backtrace(Of(exec_env), frames);
  std::uint32_t copied = 0;
  for (std::size_t i = skip_n; i < count && copied < length; ++i, ++copied) {
    buffer[copied] = {};
    buffer[copied].instance = wasm_runtime_get_module_inst(exec_env);
    buffer[copied].func_index = frames[i].function_index;
    buffer[copied].func_name_wp = frames[i].name.empty() ? nullptr : frames[i].name.data();
  }
  return copied;
}

}  // extern "C"
