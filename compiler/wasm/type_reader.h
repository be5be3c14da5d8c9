// Types (core specification, section 5.3) and constant expressions (5.4.9), as
// they stand in the module's sections.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/wasm/byte_cursor.h"
#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

Result<HeapType> ReadHeapType(ByteCursor& cursor);
// From the signed 33-bit integer that stands for one, at `offset`.
Result<HeapType> HeapTypeOfCode(std::int64_t code, std::uint32_t offset);
Result<ValueType> ReadValueType(ByteCursor& cursor);
Result<ValueType> ReadReferenceType(ByteCursor& cursor);

// A vector of value types; `what` is their plural for messages, `maximum` how
// many this implementation supports.
Result<std::vector<ValueType>> ReadResultType(ByteCursor& cursor, const char* what,
                                              std::uint32_t maximum);

// The limits of a memory or of a table, which differ in what is refused.
Result<Limits> ReadLimits(ByteCursor& cursor, bool of_memory);

// Without the initializer.
Result<Table> ReadTableType(ByteCursor& cursor);
Result<Global> ReadGlobalType(ByteCursor& cursor);

// Decodes up to and with the expression's `end`. An instruction that no constant
// expression may contain has no place in a ConstantExpression, so that rule of
// section 3.3.13 is checked here; indices and types are the validator's.
Result<ConstantExpression> ReadConstantExpression(ByteCursor& cursor);

}  // namespace tenon::wasm
