// One list of rows, written as a table with bars or as JSON.
#include "runtime/memory/memory_report.h"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>

namespace tenon::runtime {
namespace {

struct Row {
  const char* name;
  const char* json_name;
  const Ledger* ledger;
};

constexpr int kBarWidth = 30;

std::uint64_t LargestPeak(const Row* rows, std::size_t count) {
  std::uint64_t largest = 1;
  for (std::size_t i = 0; i < count; ++i)
    largest = std::max(largest, rows[i].ledger->usage().peak_bytes);
  return largest;
}

void WriteBar(std::uint64_t value, std::uint64_t largest, std::FILE* stream) {
  const auto length =
      static_cast<int>(static_cast<double>(value) / static_cast<double>(largest) * kBarWidth + 0.5);
  std::fputs("  ", stream);
  for (int i = 0; i < length; ++i) std::fputs("\u2588", stream);
  if (length == 0 && value != 0) std::fputs("\u258f", stream);
}

void WriteText(const Row* rows, std::size_t count, std::FILE* stream) {
  const bool bars = ::isatty(::fileno(stream)) != 0;
  const std::uint64_t largest = LargestPeak(rows, count);
  std::fprintf(stream, "%-22s %13s %13s %7s %13s%s\n", "memory (bytes)", "live", "peak", "blocks",
               "files", bars ? "  peak" : "");
  for (std::size_t i = 0; i < count; ++i) {
    const Usage usage = rows[i].ledger->usage();
    std::fprintf(stream, "%-22s %13" PRIu64 " %13" PRIu64 " %7" PRIu64 " %13" PRIu64, rows[i].name,
                 usage.live_bytes, usage.peak_bytes, usage.live_blocks, usage.mapped_file_bytes);
    if (bars) WriteBar(usage.peak_bytes, largest, stream);
    std::fputc('\n', stream);
  }
}

void WriteJson(const Row* rows, std::size_t count, std::FILE* stream) {
  std::fputc('{', stream);
  for (std::size_t i = 0; i < count; ++i) {
    const Usage usage = rows[i].ledger->usage();
    std::fprintf(stream,
                 "%s\"%s\":{\"live_bytes\":%" PRIu64 ",\"peak_bytes\":%" PRIu64
                 ",\"live_blocks\":%" PRIu64 ",\"allocations\":%" PRIu64
                 ",\"mapped_file_bytes\":%" PRIu64 "}",
                 i == 0 ? "" : ",", rows[i].json_name, usage.live_bytes, usage.peak_bytes,
                 usage.live_blocks, usage.allocations, usage.mapped_file_bytes);
  }
  std::fputs("}\n", stream);
}

}  // namespace

void WriteMemoryReport(ReportForm form, const ReportSubjects& subjects, std::FILE* stream) {
  const Row all[] = {
      {"runtime", "runtime", &LedgerOf(Category::kRuntime)},
      {"module", "module", &LedgerOf(Category::kModule)},
      {"instance", "instance", &LedgerOf(Category::kInstance)},
      {"execution environment", "execution_environment",
       &LedgerOf(Category::kExecutionEnvironment)},
      {"  the module", "the_module", subjects.module},
      {"  its instance", "the_instance", subjects.instance},
      {"  its environment", "the_environment", subjects.environment},
  };
  Row rows[std::size(all)];
  std::size_t count = 0;
  for (const Row& row : all) {
    if (row.ledger != nullptr) rows[count++] = row;
  }
  if (form == ReportForm::kText) WriteText(rows, count, stream);
  if (form == ReportForm::kJson) WriteJson(rows, count, stream);
}

}  // namespace tenon::runtime
