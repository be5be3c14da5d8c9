// The host's clocks by WASI's numbers. Internal to runtime/wasi/.
#pragma once

#include <cstdint>
#include <ctime>

namespace tenon::runtime::wasi {

inline constexpr std::uint64_t kNanoseconds = 1'000'000'000;  // of a second

// False: WASI has no clock of that number.
bool HostClock(std::uint32_t clock, clockid_t* host);
std::uint64_t ToNanoseconds(const timespec& time);
// Nanoseconds.
std::uint64_t Now(clockid_t clock);

}  // namespace tenon::runtime::wasi
