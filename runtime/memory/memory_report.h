// The counts of memory.h as text or JSON: `tenon --memory-report`.
#pragma once

#include <cstdio>

#include "runtime/memory/memory.h"

namespace tenon::runtime {

enum class ReportForm { kNone, kText, kJson };

// What the report names besides the categories; null: left out.
struct ReportSubjects {
  const Ledger* module = nullptr;
  const Ledger* instance = nullptr;
  const Ledger* environment = nullptr;
};

// Text gets a bar chart of the peaks if `stream` is a terminal. All figures are bytes.
void WriteMemoryReport(ReportForm form, const ReportSubjects& subjects, std::FILE* stream);

}  // namespace tenon::runtime
