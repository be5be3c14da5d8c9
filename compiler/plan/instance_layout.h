// Where the parts of an instance's block lie (abi.h), as offsets from its VmContext.
//
// Computed once per module; lowering puts the offsets into the code and the container's ModuleInfo
// tells them to the runtime, so the two cannot disagree.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/data_layout.h"
#include "compiler/wasm/module.h"
#include "format/container.h"

namespace tenon::compiler {

struct InstanceLayout {
  std::uint32_t memories = 0;
  std::uint32_t tables = 0;
  std::uint32_t memory_pointers = 0;
  std::uint32_t table_pointers = 0;
  std::uint32_t function_imports = 0;
  std::uint32_t global_pointers = 0;
  std::uint32_t globals = 0;
  std::uint32_t funcrefs = 0;
  std::size_t funcref_size = 0;  // of each
  std::uint32_t tag_pointers = 0;
  std::uint32_t tags = 0;
  std::uint32_t tail_arguments = 0;  // of modules with tail calls: the buffer (abi.h)
  std::uint32_t size = 0;
  // Function index → index into the referenced functions, or container::kNone.
  std::vector<std::uint32_t> referenced_index;
  std::vector<std::uint32_t> referenced_functions;
  DataLayout data;
};

InstanceLayout ComputeInstanceLayout(const wasm::Module& module);

}  // namespace tenon::compiler
