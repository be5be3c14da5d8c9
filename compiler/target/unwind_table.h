// From the linked code's .eh_frame to the rows that the container has.
#pragma once

#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <map>
#include <vector>

#include "format/code_tables/unwind_rows.h"
#include "format/result.h"

namespace tenon::compiler {

// Rows of each function by its address. `elf`: the linker's output. x86-64.
Result<std::map<std::uint64_t, std::vector<container::UnwindRow>>> ReadUnwindRows(
    llvm::StringRef elf);

}  // namespace tenon::compiler
