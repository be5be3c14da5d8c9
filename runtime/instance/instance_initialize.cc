// Fills a linked instance: its own memories, tables and globals, then the active segments in the
// order of the specification (elements, then data).
//
// Invariant: the container's view has checked all indices. What depends on values is checked here,
// and traps.
#include <algorithm>
#include <cstring>

#include "format/ranges.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/linear_memory.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

using container::ConstantOperationEntry;
using container::ConstantOperationKind;
using container::SectionId;

// A value; only a v128 uses `high`.
struct Cell {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

Cell LoadCell(const void* cell) {
  Cell value;
  std::memcpy(&value, cell, sizeof value);
  return value;
}

std::uint64_t Reference(const abi::FuncRef* function) {
  return reinterpret_cast<std::uintptr_t>(function);
}

// The view has checked depth (at most 64) and form.
Cell EvaluateCell(const Instance* instance, container::ConstantRange range) {
  const auto operations = instance->view()
                              .Section<ConstantOperationEntry>(SectionId::kConstantOperations)
                              .subspan(range.first, range.count);
  Cell stack[64];
  std::uint32_t depth = 0;
  const auto push = [&](std::uint64_t value) { stack[depth++] = {value, 0}; };
  const auto binary = [&](auto operation) {
    --depth;
    stack[depth - 1].low = operation(stack[depth - 1].low, stack[depth].low);
  };
  const auto narrow = [](std::uint64_t value) {
    return std::uint64_t{static_cast<std::uint32_t>(value)};
  };
  for (const ConstantOperationEntry& operation : operations) {
    switch (static_cast<ConstantOperationKind>(operation.kind)) {
      case ConstantOperationKind::kConst: push(operation.value); break;
      case ConstantOperationKind::kGlobalGet:
        stack[depth++] =
            LoadCell(instance->GlobalCell(static_cast<std::uint32_t>(operation.value)));
        break;
      case ConstantOperationKind::kRefNull: push(0); break;
      case ConstantOperationKind::kRefFunc:
        push(Reference(instance->FuncRefAt(operation.value)));
        break;
      case ConstantOperationKind::kI32Add:
        binary([&](auto a, auto b) { return narrow(a + b); });
        break;
      case ConstantOperationKind::kI32Sub:
        binary([&](auto a, auto b) { return narrow(a - b); });
        break;
      case ConstantOperationKind::kI32Mul:
        binary([&](auto a, auto b) { return narrow(a * b); });
        break;
      case ConstantOperationKind::kI64Add: binary([](auto a, auto b) { return a + b; }); break;
      case ConstantOperationKind::kI64Sub: binary([](auto a, auto b) { return a - b; }); break;
      case ConstantOperationKind::kI64Mul: binary([](auto a, auto b) { return a * b; }); break;
      case ConstantOperationKind::kV128High: stack[depth - 1].high = operation.value; break;
    }
  }
  return depth == 0 ? Cell{} : stack[0];
}

std::uint64_t Evaluate(const Instance* instance, container::ConstantRange range) {
  return EvaluateCell(instance, range).low;
}

// Of a table or memory with these flags.
std::uint64_t EvaluateAddress(const Instance* instance, container::ConstantRange range,
                              std::uint64_t flags) {
  const std::uint64_t address = Evaluate(instance, range);
  return (flags & container::kLimits64) != 0 ? address : address & 0xFFFFFFFF;
}

container::LimitsEntry Lowered(container::LimitsEntry limits, std::uint64_t maximum) {
  limits.maximum = std::min(limits.maximum, maximum);
  return limits;
}

}  // namespace

Status CreateTable(abi::TableInstance* table, const container::LimitsEntry& limits,
                   Ledger& ledger) {
  *table = {};
  if (limits.minimum > kMaximumTableElements) {
    return Error::Format("out of memory: a table of %llu elements; at most %llu are supported",
                         static_cast<unsigned long long>(limits.minimum),
                         static_cast<unsigned long long>(kMaximumTableElements));
  }
  if (limits.minimum > limits.maximum) {
    return Error::Format("a table of %llu elements; the limit is %llu",
                         static_cast<unsigned long long>(limits.minimum),
                         static_cast<unsigned long long>(limits.maximum));
  }
  table->maximum = limits.maximum;
  table->flags = limits.flags;
  // There is always a block, because it knows the ledger on which the table grows.
  table->capacity = std::max<std::uint64_t>(limits.minimum, 1);
  table->elements = static_cast<void**>(Allocate(ledger, table->capacity * sizeof(void*)));
  if (table->elements == nullptr) return OutOfMemory("a table");
  table->size = limits.minimum;
  return Status::Ok();
}

std::uint64_t GrowTable(abi::TableInstance* table, void* value, std::uint64_t count) {
  constexpr std::uint64_t kFailed = ~std::uint64_t{0};
  const std::uint64_t old_size = table->size;
  if (count > kMaximumTableElements) return kFailed;
  const std::uint64_t size = old_size + count;
  if (size > table->maximum || size > kMaximumTableElements) return kFailed;
  if (size > table->capacity) {
    std::uint64_t capacity = size + size / 2;  // growing one by one stays linear
    if (capacity > table->maximum) capacity = size;
    auto* elements = static_cast<void**>(Resize(table->elements, capacity * sizeof(void*)));
    if (elements == nullptr) {
      capacity = size;
      elements = static_cast<void**>(Resize(table->elements, capacity * sizeof(void*)));
    }
    if (elements == nullptr) return kFailed;
    table->elements = elements;
    table->capacity = capacity;
  }
  for (std::uint64_t i = old_size; i < size; ++i) table->elements[i] = value;
  table->size = size;
  return old_size;
}

Status CreateDefinedParts(Instance* instance, const InstantiateOptions& options) {
  const container::View& view = instance->view();
  const container::ModuleInfo& info = view.info();
  const bool guard = instance->module->variant().bounds_checks == container::BoundsChecks::kGuard;

  const auto globals = view.Section<container::GlobalEntry>(SectionId::kGlobals);
  for (std::uint32_t i = info.imported_globals; i < globals.size(); ++i) {
    const Cell value = EvaluateCell(instance, globals[i].initializer);
    std::memcpy(instance->GlobalCell(i), &value, sizeof value);
  }

  const auto tables = view.Section<container::TableEntry>(SectionId::kTables);
  for (std::uint32_t i = info.imported_tables; i < tables.size(); ++i) {
    abi::TableInstance* const table = instance->tables()[i];
    TENON_TRY(CreateTable(table, Lowered(tables[i].limits, options.maximum_table_elements),
                          instance->ledger));
    if (tables[i].initializer.count == 0) continue;
    auto* const value = reinterpret_cast<void*>(Evaluate(instance, tables[i].initializer));
    for (std::uint64_t element = 0; element < table->size; ++element)
      table->elements[element] = value;
  }

  const auto memories = view.Section<container::MemoryEntry>(SectionId::kMemories);
  for (std::uint32_t i = info.imported_memories; i < memories.size(); ++i) {
    const container::MemoryEntry& entry = memories[i];
    if (options.shares_memories_of != nullptr &&
        (entry.limits.flags & container::kLimitsShared) != 0) {
      TENON_TRY(ShareLinearMemory(instance->memories()[i],
                                  options.shares_memories_of->memories()[i], instance->ledger));
      continue;
    }
    MemoryImage image;
    if (guard && NeedsGuard(entry.limits))
      image.file = instance->module->file();  // otherwise copied: see GrowMapped
    image.bytes = view.bytes().data();
    image.pieces = view.Section<container::MemoryPieceEntry>(SectionId::kMemoryPieces)
                       .subspan(entry.first_piece, entry.piece_count);
    const container::LimitsEntry limits = Lowered(entry.limits, options.maximum_memory_pages);
    if (limits.minimum > limits.maximum) {
      return Error::Format("a linear memory of %llu pages; the limit is %llu",
                           static_cast<unsigned long long>(limits.minimum),
                           static_cast<unsigned long long>(limits.maximum));
    }
    TENON_TRY(CreateLinearMemory(instance->memories()[i], limits, guard, image, instance->ledger));
  }
  return Status::Ok();
}

abi::TrapKind InitTable(Instance* instance, std::uint32_t table_index, std::uint32_t segment_index,
                        std::uint64_t destination, std::uint64_t source, std::uint64_t length) {
  const container::View& view = instance->view();
  const auto& segment =
      view.Section<container::ElementSegmentEntry>(SectionId::kElementSegments)[segment_index];
  const std::uint64_t available =
      instance->dropped_elements[segment_index] != 0 ? 0 : segment.item_count;
  abi::TableInstance* const table = instance->tables()[table_index];
  if (IsOutside(source, length, available) || IsOutside(destination, length, table->size))
    return abi::TrapKind::kOutOfBoundsTableAccess;
  if (length == 0) return abi::TrapKind::kNone;
  const auto items = view.Section<container::ElementItem>(SectionId::kElementItems)
                         .subspan(segment.first_item + source, length);
  // Local variables, because the compiler must assume that writes to the table change the members.
  std::uint8_t* const funcrefs = instance->funcrefs;
  const std::size_t funcref_size = instance->funcref_size;
  void** element = table->elements + destination;
  for (const container::ElementItem& item : items) {
    void* value = nullptr;
    if (item.kind == static_cast<std::uint32_t>(ConstantOperationKind::kRefFunc)) {
      value = funcrefs + item.index * funcref_size;
    } else if (item.kind == static_cast<std::uint32_t>(ConstantOperationKind::kGlobalGet)) {
      value = reinterpret_cast<void*>(LoadCell(instance->GlobalCell(item.index)).low);
    }
    *element++ = value;
  }
  return abi::TrapKind::kNone;
}

abi::TrapKind InitMemory(Instance* instance, std::uint32_t memory_index,
                         std::uint32_t segment_index, std::uint64_t destination,
                         std::uint64_t source, std::uint64_t length) {
  const container::View& view = instance->view();
  const auto& segment =
      view.Section<container::DataSegmentEntry>(SectionId::kDataSegments)[segment_index];
  const std::uint64_t available =
      instance->dropped_data[segment_index] != 0 ? 0 : segment.bytes_size;
  abi::MemoryInstance* const memory = instance->memories()[memory_index];
  if (IsOutside(source, length, available) || IsOutside(destination, length, SizeOf(*memory))) {
    return abi::TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (length != 0) {
    std::memcpy(memory->base + destination,
                view.RawSection(SectionId::kDataBytes).data() + segment.bytes_offset + source,
                length);
  }
  return abi::TrapKind::kNone;
}

abi::TrapKind RunSegments(Instance* instance) {
  const container::View& view = instance->view();
  const auto elements = view.Section<container::ElementSegmentEntry>(SectionId::kElementSegments);
  for (std::uint32_t i = 0; i < elements.size(); ++i) {
    if (elements[i].mode == 0) {
      const std::uint32_t table = elements[i].table_index;
      const std::uint64_t offset =
          EvaluateAddress(instance, elements[i].offset, instance->tables()[table]->flags);
      const abi::TrapKind trap = InitTable(instance, table, i, offset, 0, elements[i].item_count);
      if (trap != abi::TrapKind::kNone) return trap;
    }
    if (elements[i].mode != 1) instance->dropped_elements[i] = 1;
  }
  const auto data = view.Section<container::DataSegmentEntry>(SectionId::kDataSegments);
  for (std::uint32_t i = 0; i < data.size(); ++i) {
    if (data[i].mode != 0) continue;
    const std::uint32_t memory = data[i].memory_index;
    const bool is_filled =
        IsBorrowed(*instance->memories()[memory]);  // by the instance that it is shared with
    if (!is_filled) {
      const std::uint64_t offset =
          EvaluateAddress(instance, data[i].offset, instance->memories()[memory]->flags);
      const abi::TrapKind trap = InitMemory(instance, memory, i, offset, 0, data[i].bytes_size);
      if (trap != abi::TrapKind::kNone) return trap;
    }
    instance->dropped_data[i] = 1;
  }
  return abi::TrapKind::kNone;
}

}  // namespace tenon::runtime
