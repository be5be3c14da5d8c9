// The compiler from top to bottom:
//   wasm bytes → Module → llvm::Module → object bytes → LinkedImage → container
// Each stage takes the finished product of the one before.
#include "compiler/pipeline.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "compiler/container_parts.h"
#include "compiler/ir/conventions.h"
#include "compiler/lower/module_lowering.h"
#include "compiler/optimize/optimize.h"
#include "compiler/plan/instance_layout.h"
#include "compiler/plan/may_throw.h"
#include "compiler/target/emit_object.h"
#include "compiler/target/link.h"
#include "compiler/target/target.h"
#include "compiler/wasm/reader/reader.h"
#include "compiler/wasm/validator/validator.h"
#include "format/abi.h"
#include "format/fault_places.h"
#include "format/locking.h"
#include "format/unwind_rows.h"
#include "format/writer.h"

namespace tenon::compiler {

namespace {

// Bytes of function bodies that go into one LLVM module. How the work is cut does not depend on
// the machine, or the output would. Small modules keep busy as many cores as they have parts; parts
// of large ones know more of what they call.
std::size_t ChunkBytes(const wasm::Module& module, const Options& options) {
  constexpr std::size_t kLargest = 256 * 1024;
  constexpr std::size_t kSmallest = 64 * 1024;
  constexpr std::size_t kParts = 16;
  if (options.opt_level == 3) return kLargest;
  std::size_t total = 0;
  for (const wasm::Function& function : module.functions) total += function.body.size();
  return std::clamp(total / kParts, kSmallest, kLargest);
}

std::vector<Chunk> CutIntoChunks(const wasm::Module& module, const Options& options) {
  const std::size_t chunk_bytes = ChunkBytes(module, options);
  std::vector<Chunk> chunks;
  Chunk current{module.imported_functions, module.imported_functions, true};
  std::size_t bytes = 0;
  for (std::uint32_t i = module.imported_functions; i < module.functions.size(); ++i) {
    bytes += module.functions[i].body.size();
    current.last = i + 1;
    if (bytes < chunk_bytes) continue;
    chunks.push_back(current);
    current = {i + 1, i + 1, false};
    bytes = 0;
  }
  if (current.last > current.first || chunks.empty()) chunks.push_back(current);
  return chunks;
}

struct Variant {
  TargetDescription target;
  container::BoundsChecks bounds_checks;
};

// A CPU with its bounds-check modes, whose code is optimised once and finished for each.
struct CpuTarget {
  TargetDescription target;
  std::vector<container::BoundsChecks> modes;
};

// One chunk for one CPU.
struct Task {
  const Chunk* chunk;
  const CpuTarget* cpu;
};

using Object = std::vector<std::uint8_t>;

struct Job {
  const wasm::Module& module;
  const InstanceLayout& layout;
  const std::vector<bool>& may_throw;  // by function, in modules with exceptions
  const Options& options;
  bool single_chunk;
};

std::vector<std::uint8_t> Print(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return {text.begin(), text.end()};
}

void Lower(const Job& job, const Task& task, const llvm::TargetMachine& machine,
           llvm::Module& module) {
  const StageTimer timer(job.options.time_report, TimeReport::Stage::kLower);
  ModuleLowering(job.module, job.layout, job.may_throw, job.single_chunk, machine, module)
      .Lower(*task.chunk);
}

// Pages guard memories that no 32-bit index can leave, and whose sizes are whole pages of the
// system.
bool CanBeGuarded(const wasm::Limits& limits) {
  return !limits.is_64 && limits.page_size_log2 == 16;
}

MemoryPlaces PlacesOf(const wasm::Module& module, const InstanceLayout& layout) {
  MemoryPlaces places;
  for (std::uint32_t i = 0; i < module.memories.size(); ++i) {
    MemoryPlaces::Memory memory;
    memory.is_guarded = CanBeGuarded(module.memories[i].limits);
    memory.is_imported = i < module.imported_memories;
    memory.offset = memory.is_imported
                        ? layout.memory_pointers + std::uint64_t{sizeof(abi::PointerCell<void>)} * i
                        : layout.memories + std::uint64_t{sizeof(abi::MemoryInstance)} *
                                                (i - module.imported_memories);
    places.memories.push_back(memory);
  }
  return places;
}

// The object of one mode, or its IR, from an optimised module that may be changed.
Result<Object> GenerateMode(const Job& job, llvm::TargetMachine& machine,
                            container::BoundsChecks mode, llvm::Module& module) {
  FinishMode(module, machine, mode, job.options.passes, job.options.time_report);
  if (job.options.format == OutputFormat::kLlvmIr) return Print(module);
  const MemoryPlaces places = PlacesOf(job.module, job.layout);
  return EmitObject(module, machine, mode == container::BoundsChecks::kGuard ? &places : nullptr,
                    job.options.time_report);
}

// One object for each mode of the CPU.
Result<std::vector<Object>> Generate(const Job& job, const Task& task) {
  llvm::LLVMContext context;
  context.setDiscardValueNames(job.options.format == OutputFormat::kContainer);
  llvm::Module module("wasm", context);
  const std::unique_ptr<llvm::TargetMachine> machine =
      MakeTargetMachine(task.cpu->target, job.options.opt_level);
  SetTarget(module, *machine);
  Lower(job, task, *machine, module);
  SetTargetOfFunctions(module, *machine);
  if (job.options.format == OutputFormat::kUnoptimizedLlvmIr)
    return std::vector<Object>{Print(module)};
  Optimize(module, *machine, job.options.opt_level, job.options.passes, job.options.time_report);
  std::vector<Object> objects;
  for (const container::BoundsChecks mode : task.cpu->modes) {
    const bool is_last = mode == task.cpu->modes.back();
    const std::unique_ptr<llvm::Module> copy = is_last ? nullptr : llvm::CloneModule(module);
    TENON_ASSIGN_OR_RETURN(Object object,
                           GenerateMode(job, *machine, mode, is_last ? module : *copy));
    objects.push_back(std::move(object));
  }
  return objects;
}

// Counts the tasks that are done, and tells whoever asked for it; one call at a time.
class Progress {
 public:
  Progress(const std::function<void(std::size_t, std::size_t)>& report, std::size_t total)
      : report_(report), total_(total) {}
  void Add() {
    const MutexLock lock(mutex_);
    ++done_;
    if (report_) report_(done_, total_);
  }

 private:
  const std::function<void(std::size_t, std::size_t)>& report_;
  const std::size_t total_;
  Mutex mutex_;
  std::size_t done_ TENON_GUARDED_BY(mutex_) = 0;
};

// Runs the tasks on `options.jobs` threads. Results are in the order of tasks; the first task
// that fails decides the error, whatever the threads did.
Result<std::vector<std::vector<Object>>> GenerateAll(const Job& job,
                                                     const std::vector<Task>& tasks) {
  std::vector<std::optional<Result<std::vector<Object>>>> results(tasks.size());
  std::atomic<std::size_t> next{0};
  Progress progress(job.options.progress, tasks.size());
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      results[i] = Generate(job, tasks[i]);
      progress.Add();
    }
  };
  const std::size_t wanted =
      job.options.jobs != 0 ? job.options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = std::min(wanted, tasks.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  std::vector<std::vector<Object>> objects;
  for (auto& result : results) {
    if (!result->ok()) return result->error();
    objects.push_back(std::move(**result));
  }
  return objects;
}

// Gives each code range its own of the ascending places.
void AppendFaultPlaces(const std::vector<std::uint32_t>& places, container::VariantParts& parts) {
  auto at = places.begin();
  for (std::size_t i = 0; i < parts.code_ranges.size(); ++i) {
    container::CodeRangeEntry& range = parts.code_ranges[i];
    const bool is_last = i + 1 == parts.code_ranges.size();
    std::vector<std::uint64_t> own;
    for (; at != places.end() && (is_last || *at < parts.code_ranges[i + 1].image_offset); ++at)
      own.push_back(*at - range.image_offset);
    if (own.empty()) continue;
    range.fault_places = static_cast<std::uint32_t>(parts.fault_places.size());
    container::AppendFaultPlaces(own, parts.fault_places);
  }
}

container::VariantParts DescribeVariant(const Job& job, LinkedImage image, const Variant& variant) {
  container::VariantParts parts;
  parts.entry.architecture = variant.target.architecture;
  parts.entry.bounds_checks = variant.bounds_checks;
  std::copy(variant.target.required_features.begin(), variant.target.required_features.end(),
            parts.entry.cpu_features);
  parts.entry.text_offset = image.text_offset;
  parts.entry.text_size = image.text_size;
  parts.entry.maximum_frame_size = static_cast<std::uint32_t>(image.maximum_frame_size);
  parts.entry.function_traits = static_cast<std::uint32_t>(ModuleLowering::TraitsOf(job.module));
  parts.cpu = variant.target.cpu;

  const auto symbol = [&](SymbolKind kind, std::size_t index) {
    const auto found = image.symbols.find(SymbolName(kind, index));
    return found == image.symbols.end() ? container::kNone : found->second;
  };
  // Where there are wrappers, those are what others call (abi.h).
  const auto append_functions = [&](SymbolKind kind) {
    for (const std::uint32_t index : job.layout.referenced_functions) {
      parts.code_offsets.push_back(symbol(kind, index));
    }
  };
  append_functions(ModuleLowering::HasWrappers(job.module) ? SymbolKind::kWrapper
                                                           : SymbolKind::kFunction);
  for (std::size_t i = 0; i < job.module.types.size(); ++i)
    parts.code_offsets.push_back(symbol(SymbolKind::kHostThunk, i));
  for (std::size_t i = 0; i < job.module.types.size(); ++i)
    parts.code_offsets.push_back(symbol(SymbolKind::kEntryTrampoline, i));
  append_functions(SymbolKind::kFunction);

  for (const auto& [name, offset] : image.symbols) {
    const std::uint32_t function = FunctionIndexOf(name).value_or(container::kNone);
    parts.code_ranges.push_back({offset, function, container::kNone, container::kNone});
  }
  std::sort(parts.code_ranges.begin(), parts.code_ranges.end(), [](const auto& a, const auto& b) {
    return std::pair(a.image_offset, a.function_index) <
           std::pair(b.image_offset, b.function_index);
  });
  for (container::CodeRangeEntry& range : parts.code_ranges) {
    const auto rows = image.unwind_rows.find(range.image_offset);
    if (rows == image.unwind_rows.end()) continue;
    range.unwind_rows = static_cast<std::uint32_t>(parts.unwind_rows.size());
    container::AppendUnwindRows(rows->second, parts.unwind_rows);
  }
  AppendFaultPlaces(image.fault_places, parts);
  parts.image = std::move(image.bytes);
  return parts;
}

// The CPUs with the bounds-check modes that each can have.
Result<std::vector<CpuTarget>> ListTargets(const Options& options) {
  std::vector<CpuTarget> cpus;
  for (const TargetOption& option : options.targets) {
    TENON_ASSIGN_OR_RETURN(const TargetDescription target,
                           ResolveTarget(option.target, option.cpu, option.cpu_features));
    for (const CpuTarget& earlier : cpus) {
      if (earlier.target.architecture == target.architecture && earlier.target.cpu == target.cpu &&
          earlier.target.features == target.features) {
        return Error::Format("%s for CPU \"%s\" is asked for twice",
                             container::ArchitectureName(target.architecture), target.cpu.c_str());
      }
    }
    if (options.bounds_checks == BoundsChecksOption::kGuard && !target.has_guard_pages) {
      return Error::Format(
          "%s has no address space for guard pages: leave out --bounds-checks=guard",
          container::ArchitectureName(target.architecture));
    }
    CpuTarget cpu{target, {}};
    if (options.bounds_checks != BoundsChecksOption::kExplicit && target.has_guard_pages)
      cpu.modes.push_back(container::BoundsChecks::kGuard);
    if (options.bounds_checks != BoundsChecksOption::kGuard)
      cpu.modes.push_back(container::BoundsChecks::kExplicit);
    cpus.push_back(std::move(cpu));
  }
  if (options.format != OutputFormat::kContainer) {
    cpus.resize(1);
    cpus[0].modes.resize(1);
  }
  return cpus;
}

Result<wasm::Module> ReadAndValidate(std::span<const std::uint8_t> wasm, const Options& options) {
  const auto read = [&] {
    const StageTimer timer(options.time_report, TimeReport::Stage::kRead);
    return wasm::ReadModule(wasm);
  };
  TENON_ASSIGN_OR_RETURN(wasm::Module module, read());
  const StageTimer timer(options.time_report, TimeReport::Stage::kValidate);
  TENON_TRY(wasm::ValidateModule(module));
  TENON_TRY(module.features.Refuse(options.disabled_features));
  return module;
}

Result<LinkedImage> LinkVariant(const std::vector<std::vector<std::uint8_t>>& objects,
                                const TargetDescription& target, const Options& options) {
  const StageTimer timer(options.time_report, TimeReport::Stage::kLink);
  TENON_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> support, EmitSupport(target));
  return Link(objects, support);
}

}  // namespace

std::string VersionText() { return "tenonc " TENON_VERSION " (LLVM " LLVM_VERSION_STRING ")"; }

Result<std::vector<std::uint8_t>> CompileToContainer(std::span<const std::uint8_t> wasm,
                                                     const Options& options) {
  TENON_ASSIGN_OR_RETURN(const std::vector<CpuTarget> cpus, ListTargets(options));
  const auto first_machine = MakeTargetMachine(cpus[0].target, options.opt_level);
  TENON_TRY(CheckPassOptions(*first_machine, options.passes));
  TENON_ASSIGN_OR_RETURN(const wasm::Module module, ReadAndValidate(wasm, options));

  const InstanceLayout layout = ComputeInstanceLayout(module);
  const std::vector<Chunk> chunks = CutIntoChunks(module, options);
  std::vector<Task> tasks;
  for (const CpuTarget& cpu : cpus) {
    for (const Chunk& chunk : chunks) tasks.push_back({&chunk, &cpu});
  }
  // Reads all code, so once and not for each chunk.
  const std::vector<bool> may_throw =
      module.uses_exceptions ? FunctionsThatMayThrow(module) : std::vector<bool>{};
  const Job job{module, layout, may_throw, options, chunks.size() == 1};
  TENON_ASSIGN_OR_RETURN(std::vector<std::vector<Object>> objects, GenerateAll(job, tasks));
  if (options.format != OutputFormat::kContainer) {
    if (objects.size() == 1) return std::move(objects[0][0]);
    return Error::Format(
        "the module is too large for one object or one IR file (it is compiled in %zu parts)",
        objects.size());
  }

  container::Parts parts = DescribeModule(module, layout, VersionText());
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    for (std::size_t mode = 0; mode < cpus[i].modes.size(); ++mode) {
      std::vector<Object> of_mode;
      for (std::size_t chunk = 0; chunk < chunks.size(); ++chunk)
        of_mode.push_back(std::move(objects[i * chunks.size() + chunk][mode]));
      TENON_ASSIGN_OR_RETURN(LinkedImage image, LinkVariant(of_mode, cpus[i].target, options));
      parts.variants.push_back(
          DescribeVariant(job, std::move(image), {cpus[i].target, cpus[i].modes[mode]}));
    }
  }
  const StageTimer timer(options.time_report, TimeReport::Stage::kWrite);
  return container::Write(parts);
}

Result<std::string> DescribePasses(const Options& options) {
  TENON_ASSIGN_OR_RETURN(const std::vector<CpuTarget> cpus, ListTargets(options));
  std::string text;
  for (const CpuTarget& cpu : cpus) {
    const auto machine = MakeTargetMachine(cpu.target, options.opt_level);
    text +=
        Error::Format("# %s, %s, level %d\n", container::ArchitectureName(cpu.target.architecture),
                      cpu.target.cpu.c_str(), options.opt_level)
            .text();
    text += DescribePasses(*machine, options.opt_level);
  }
  return text;
}

}  // namespace tenon::compiler
