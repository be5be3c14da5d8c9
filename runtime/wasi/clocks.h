// The host's clocks by their numbers in WASI. Internal to runtime/wasi/.
#pragma once

#include <cstdint>
#include <ctime>

namespace tenon::runtime::wasi {

inline constexpr std::uint64_t kNanoseconds = 1'000'000'000;  // in a second

// False: WASI has no clock of that number.
bool HostClock(std::uint32_t clock, clockid_t* host);
std::uint64_t ToNanoseconds(const timespec& time);
// In nanoseconds.
std::uint64_t Now(clockid_t clock);

}  // namespace tenon::runtime::wasi
