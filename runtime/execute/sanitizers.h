// Tells AddressSanitizer about stacks that it does not know; empty in other builds.
//
// Functions on a wasm stack are instrumented like all others: their frames have poisoned zones,
// which are unpoisoned when they return. A frame that a trap leaves keeps its poisoned zones, so a
// later use of the same addresses would be reported as an overflow. Moreover, before a call of a
// function that is declared not to return, instrumented code unpoisons from its stack pointer to
// the end of the thread's own stack, which is no valid range on another stack.
#pragma once

#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TENON_ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define TENON_ADDRESS_SANITIZER
#endif

#ifdef TENON_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>

// For functions that leave a wasm stack and never return.
#define TENON_LEAVES_WASM_STACK
// For functions that read whole stacks, whatever frames the words belong to.
#define TENON_READS_ANY_FRAME __attribute__((no_sanitize_address))
#else
#define TENON_LEAVES_WASM_STACK [[noreturn]]
#define TENON_READS_ANY_FRAME
#endif

namespace tenon::runtime {

// The frames in [from, to) of a wasm stack are left without returning from them.
inline void GiveUpFrames([[maybe_unused]] const void* from, [[maybe_unused]] const void* to) {
#ifdef TENON_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(
      from, reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from));
#endif
}

}  // namespace tenon::runtime
