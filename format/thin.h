// Takes single variants out of a container: the parts of a file back as Parts, and a smaller file
// from them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "format/result.h"
#include "format/view.h"
#include "format/writer.h"

namespace tenon::container {

// What Write would turn into this very file, if the file is Write's. All that can be
// verified of the file is, first.
Result<Parts> ReadParts(const View& view);

// The container with those variants only that `keep` wants; the same bytes as if it had been
// compiled with them alone. An error if none is left.
Result<std::vector<std::uint8_t>> Thin(const View& view,
                                       const std::function<bool(const VariantEntry&)>& keep);

}  // namespace tenon::container
