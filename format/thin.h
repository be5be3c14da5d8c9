// Extracts variants of a container: reads a file back into Parts, and writes a smaller file from
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "format/result.h"
#include "format/view.h"
#include "format/writer.h"

namespace tenon::container {

// The Parts from which Write makes this very file, if Write has made it. Everything that can be
// verified of the file is verified first.
Result<Parts> ReadParts(const View& view);

// The container with those variants only that `keep` wants; the same bytes as if it had been
// compiled with them alone. An error if none is left.
Result<std::vector<std::uint8_t>> Thin(const View& view,
                                       const std::function<bool(const VariantEntry&)>& keep);

}  // namespace tenon::container
