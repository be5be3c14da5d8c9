// See reservations.h.
#include "runtime/memory/reservations.h"

#include "runtime/memory/range_registry.h"

namespace tenon::runtime {
namespace {

constinit RangeRegistry g_reservations;

}  // namespace

bool RegisterReservation(const void* base, std::uint64_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(base);
  return g_reservations.Add(begin, begin + size, nullptr);
}

void UnregisterReservation(const void* base) {
  g_reservations.Remove(reinterpret_cast<std::uintptr_t>(base));
}

bool InReservation(const void* address) {
  return g_reservations.Find(reinterpret_cast<std::uintptr_t>(address)) != nullptr;
}

void FreeReservationRegistry(bool forgets) { g_reservations.FreeChunks(forgets); }

}  // namespace tenon::runtime
