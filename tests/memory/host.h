// A host as an embedder writes it, for the memory tests: native functions, files, and one
// life of a module from loading to unloading.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenon.h"

namespace tenon::tests {

// A module's file in memory, 16-byte aligned.
struct ModuleFile {
  std::string path;
  std::vector<std::uint8_t> storage;
  std::uint8_t* bytes = nullptr;
  std::uint32_t size = 0;
  bool is_program = false;  // WASI: has _start; else modules.c
  bool is_mapped = false;   // lives from its path instead of its bytes
};
ModuleFile ReadModuleFile(const char* path);

// The natives that modules.c imports.
extern NativeSymbol kNatives[3];
extern NativeSymbol kRawNatives[1];
RuntimeInitArgs InitArgs();

// Loads, instantiates, calls everything (growth, traps, re-entrance, running a program to its end)
// and destroys. `error` gets the first failure's sentence; what is allowed to fail for want of
// memory does so with one. True: everything ran.
bool LiveOnce(const ModuleFile& file, char* error, std::uint32_t error_size);

}  // namespace tenon::tests
