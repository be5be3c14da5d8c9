// Lays out an instance's block: the fixed head of abi.h, then each part in the order listed there.
#include "compiler/plan/instance_layout.h"

#include <algorithm>

#include "format/abi.h"

namespace tenon::compiler {

namespace {

std::size_t MostBufferCells(const wasm::Module& module) {
  std::size_t most = 0;
  for (const wasm::FunctionType& type : module.types) {
    abi::RegisterArguments registers(
        abi::ResultsInMemory(type.results.data(), type.results.size()));
    std::size_t cells = 0;
    for (const ValueType parameter : type.parameters) {
      if (!registers.Next(parameter)) cells += abi::CellsOf(parameter);
    }
    most = std::max(most, cells);
  }
  return most;
}

}  // namespace

InstanceLayout ComputeInstanceLayout(const wasm::Module& module) {
  InstanceLayout layout;
  layout.data = ComputeDataLayout(module);
  layout.referenced_index.assign(module.functions.size(), container::kNone);
  for (std::uint32_t i = 0; i < module.functions.size(); ++i) {
    const bool is_start = module.start_function == i;
    if (!module.functions[i].referenced && !is_start) continue;
    layout.referenced_index[i] = static_cast<std::uint32_t>(layout.referenced_functions.size());
    layout.referenced_functions.push_back(i);
  }

  std::size_t at = sizeof(abi::VmContext);
  const auto place = [&at](std::size_t count, std::size_t element_size) {
    const std::size_t start = at;
    at += count * element_size;
    return static_cast<std::uint32_t>(start);
  };
  layout.memories =
      place(module.memories.size() - module.imported_memories, sizeof(abi::MemoryInstance));
  layout.tables = place(module.tables.size() - module.imported_tables, sizeof(abi::TableInstance));
  layout.memory_pointers = place(module.memories.size(), 8);
  layout.table_pointers = place(module.tables.size(), 8);
  layout.function_imports = place(module.imported_functions, 8);
  layout.global_pointers = place(module.imported_globals, 8);
  at = (at + 15) & ~std::size_t{15};
  layout.globals = place(module.globals.size() - module.imported_globals, 16);
  const bool hands_on_imports = !layout.referenced_functions.empty() &&
                                layout.referenced_functions[0] < module.imported_functions;
  layout.funcref_size =
      abi::FuncRefSize(module.uses_tail_calls || module.uses_exceptions, hands_on_imports);
  layout.funcrefs = place(layout.referenced_functions.size(), layout.funcref_size);
  layout.tag_pointers = place(module.tags.size(), 8);
  layout.tags = place(module.tags.size() - module.imported_tags, sizeof(abi::TagInstance));
  layout.tail_arguments = place(module.uses_tail_calls ? MostBufferCells(module) : 0, 8);
  layout.size = static_cast<std::uint32_t>(at);
  return layout;
}

}  // namespace tenon::compiler
