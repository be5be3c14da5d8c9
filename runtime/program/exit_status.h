// How tenon ends when it is not the program that decides.
#pragma once

namespace tenon::runtime {

inline constexpr int kExitUsage = 2;      // wrong command line
inline constexpr int kExitBadFile = 125;  // a file that cannot be run
inline constexpr int kExitTrap = 134;     // as a shell reports abort()

// Print the sentence to standard error and return the status.
int UsageError(const char* sentence);
int FileError(const char* file, const char* sentence);

}  // namespace tenon::runtime
