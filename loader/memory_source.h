// Where the loader takes its memory from. The runtime passes its own source, which counts what is
// used. Without a runtime the loader uses the system's.
#pragma once

#include <cstdint>

namespace tenon::loader {

struct MemorySource {
  enum class Use {
    kModule,  // goes with the module
    kShared,  // between modules: outlives the one that first needed it
  };
  // Zeroed and 16-byte aligned; null if there is no memory left.
  void* (*allocate)(void* state, std::uint64_t size, Use use);
  void (*release)(void* block);
  // Pages for a copy of the code: readable, writable, aligned to the system's page. They are
  // protected as the code needs it, and writable again when they are given back.
  void* (*allocate_pages)(void* state, std::uint64_t size);
  void (*release_pages)(void* state, void* pages, std::uint64_t size);
  // Bytes of files mapped (or, negative, no longer mapped) for the module.
  void (*count_mapped_file)(void* state, std::int64_t bytes);
  void* state;  // must outlive the module
};

// malloc and anonymous mappings; counts nothing.
const MemorySource& SystemMemorySource();

}  // namespace tenon::loader
