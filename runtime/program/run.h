// Runs the file that the command line names.
#pragma once

#include "runtime/program/command_line.h"

namespace tenon::runtime {

// Loads, links, initialises and calls, and prints the memory report that was asked for. The exit
// status of tenon.
int Run(CommandLine& line);

}  // namespace tenon::runtime
