// malloc and its kin, counted where a sanitizer has taken the C library's place: its hook is called
// for each allocation.
#include <cstddef>

#include "tests/memory/interposed.h"

// Of sanitizer/allocator_interface.h, which GCC leaves out.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*,
                                                                             std::size_t),
                                                         void (*free_hook)(const volatile void*));

void tenon::tests::WatchMalloc() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t) { NoteAllocation(); }, [](const volatile void*) {});
  static_cast<void>(installed);
}

bool tenon::tests::KeepsFreedBlocks() { return true; }
