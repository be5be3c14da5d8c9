// The address space that guarded linear memories reserve, for the signal handler: an access that
// faults there was out of bounds.
#pragma once

#include <cstdint>

namespace tenon::runtime {

// `size` in bytes. False: no memory for the entry.
bool RegisterReservation(const void* base, std::uint64_t size);
void UnregisterReservation(const void* base);
// Safe in signal handlers.
bool InReservation(const void* address);
// RangeRegistry::FreeChunks.
void FreeReservationRegistry(bool forgets);

}  // namespace tenon::runtime
