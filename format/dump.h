// What `tenon inspect` prints: a container's header, variants, sections, imports
// and exports, as text for people or JSON for programs.
//
// Output goes to a function piece by piece; nothing is allocated.
#pragma once

#include <cstddef>

#include "format/result.h"
#include "format/view.h"

namespace tenon::container {

struct DumpOutput {
  void (*write)(void* state, const char* bytes, std::size_t size);
  void* state;
  // What there is to say about a variant on this machine; may be null.
  Error (*note)(const void* state, const VariantEntry& variant) = nullptr;
  const void* note_state = nullptr;
};

void DumpText(const View& view, DumpOutput output);
void DumpJson(const View& view, DumpOutput output);

}  // namespace tenon::container
