// Native functions that want their arguments converted: what the assembly of
// tenon_convert_call and the C++ behind it share, for each architecture.
//
// tenon_convert_call is entered as the native function itself would be, with the HostFunction in
// the register of host_call's convention. It fills NativeRegisters, calls
// tenon_convert_arguments(host, registers), and then either loads all registers again and jumps
// to the address that returned, or, for null, returns with the results in NativeRegisters.
#pragma once

#include "format/abi.h"

// native_registers.h is that of the CPU that is built for (CMake names its folder). It has the
// struct NativeRegisters, which the assembly fills, with SetResult(letter, cell); and
// ArgumentCursor, whose Next(letter) is the ArgumentCell of the next argument, in the order of the
// signature's letters. The execution environment, which comes first in all of them, is behind it
// from the start.
#include "native_registers.h"

extern "C" {
void tenon_convert_call();
__attribute__((visibility("hidden"))) const void* tenon_convert_arguments(
    tenon::abi::HostFunction* host, tenon::runtime::NativeRegisters* registers);
}
