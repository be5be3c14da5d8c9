// Native functions whose arguments are converted: the interface between the assembly of
// tenon_convert_call and tenon_convert_arguments, on each architecture.
//
// tenon_convert_call is entered as the native function itself would be, with the HostFunction in
// the register of host_call's convention. It fills NativeRegisters and calls
// tenon_convert_arguments(host, registers). Then it reloads all registers and jumps to the address
// that tenon_convert_arguments returned. If that is null, it returns the results in
// NativeRegisters.
#pragma once

#include "format/abi.h"

// native_registers.h is found in the folder of the CPU that is built for (CMakeLists.txt). It has
// the struct NativeRegisters, which the assembly fills, with SetResult(letter, cell); and
// ArgumentCursor, whose Next(letter) is the ArgumentCell of the next argument, in the order of the
// signature's letters. The cursor begins after the first argument, the execution environment.
#include "native_registers.h"

extern "C" {
void tenon_convert_call();
__attribute__((visibility("hidden"))) const void* tenon_convert_arguments(
    tenon::abi::HostFunction* host, tenon::runtime::NativeRegisters* registers);
}
