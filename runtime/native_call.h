// Native functions that want their arguments converted: what the assembly of
// tenon_convert_call and the C++ behind it share, for each architecture.
//
// tenon_convert_call is entered as the native function itself would be, with the HostFunction in
// the register of host_call's convention. It fills NativeRegisters, calls
// tenon_convert_arguments(host, registers), and then either loads all registers again and jumps
// to the address that returned, or, for null, returns with the results in NativeRegisters.
#pragma once

#include "format/abi.h"

// In native_registers_*.h: the struct NativeRegisters, which the assembly fills, with
// SetResult(letter, cell); and ArgumentCursor, whose Next(letter) is the ArgumentCell of the next
// argument, in the order of the signature's letters. The execution environment, which comes first
// in all of them, is behind it from the start.
#if defined(__x86_64__)
#include "runtime/native_registers_x86_64.h"
#elif defined(__aarch64__)
#include "runtime/native_registers_aarch64.h"
#elif defined(__riscv)
#include "runtime/native_registers_riscv64.h"
#elif defined(__arm__)
#include "runtime/native_registers_arm.h"
#endif

extern "C" {
void tenon_convert_call();
__attribute__((visibility("hidden"))) const void* tenon_convert_arguments(
    tenon::abi::HostFunction* host, tenon::runtime::NativeRegisters* registers);
}
