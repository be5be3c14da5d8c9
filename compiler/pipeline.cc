// The compiler from top to bottom:
//   wasm bytes → Module → llvm::Module → object bytes → LinkedImage → container
// Each stage takes the finished product of the one before.
#include "compiler/pipeline.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <atomic>
#include <mutex>
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

// One chunk of one variant.
struct Task {
  const Chunk* chunk;
  const Variant* variant;
};

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
  ModuleLowering(job.module, job.layout, job.may_throw, task.variant->bounds_checks,
                 job.single_chunk, machine, module)
      .Lower(*task.chunk);
}

AccessRules AccessRulesOf(const wasm::Module& module, container::BoundsChecks bounds_checks,
                          const Options& options) {
  AccessRules accesses;
  for (const auto& memory : module.memories) {
    const bool guarded = ModuleLowering::IsGuarded(bounds_checks, memory.limits);
    (guarded ? accesses.has_guards : accesses.has_bounds_checks) = true;
  }
  accesses.exact_order = options.exact_order && accesses.has_guards;
  return accesses;
}

Result<std::vector<std::uint8_t>> Generate(const Job& job, const Task& task) {
  const TargetDescription& target = task.variant->target;
  llvm::LLVMContext context;
  context.setDiscardValueNames(job.options.format == OutputFormat::kContainer);
  llvm::Module module("wasm", context);
  const std::unique_ptr<llvm::TargetMachine> machine =
      MakeTargetMachine(target, job.options.opt_level);
  SetTarget(module, *machine);
  Lower(job, task, *machine, module);
  SetTargetOfFunctions(module, *machine);
  if (job.options.format == OutputFormat::kUnoptimizedLlvmIr) return Print(module);
  const AccessRules accesses = AccessRulesOf(job.module, task.variant->bounds_checks, job.options);
  Optimize(module, *machine, job.options.opt_level, accesses, job.options.passes,
           job.options.time_report);
  if (job.options.format == OutputFormat::kLlvmIr) return Print(module);
  return EmitObject(module, *machine, job.options.time_report);
}

// Runs the tasks on `options.jobs` threads. Results are in the order of tasks; the first task
// that fails decides the error, whatever the threads did.
Result<std::vector<std::vector<std::uint8_t>>> GenerateAll(const Job& job,
                                                           const std::vector<Task>& tasks) {
  std::vector<std::optional<Result<std::vector<std::uint8_t>>>> results(tasks.size());
  std::atomic<std::size_t> next{0};
  std::size_t done = 0;
  std::mutex progress_mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      results[i] = Generate(job, tasks[i]);
      const std::lock_guard lock(progress_mutex);
      ++done;
      if (job.options.progress) job.options.progress(done, tasks.size());
    }
  };
  const std::size_t wanted =
      job.options.jobs != 0 ? job.options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = std::min(wanted, tasks.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  std::vector<std::vector<std::uint8_t>> objects;
  for (auto& result : results) {
    if (!result->ok()) return result->error();
    objects.push_back(std::move(**result));
  }
  return objects;
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
    parts.code_ranges.push_back({offset, function, container::kNone});
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
  parts.image = std::make_shared<const std::vector<std::uint8_t>>(std::move(image.bytes));
  return parts;
}

// The targets times the bounds-check modes that each can have.
Result<std::vector<Variant>> ListVariants(const Options& options) {
  std::vector<Variant> variants;
  for (const TargetOption& option : options.targets) {
    TENON_ASSIGN_OR_RETURN(const TargetDescription target,
                           ResolveTarget(option.target, option.cpu, option.cpu_features));
    for (const Variant& earlier : variants) {
      if (earlier.target.architecture == target.architecture && earlier.target.cpu == target.cpu &&
          earlier.target.features == target.features) {
        return Error::Format("%s for CPU \"%s\" is asked for twice",
                             container::ArchitectureName(target.architecture), target.cpu.c_str());
      }
    }
    if (options.bounds_checks != BoundsChecksOption::kExplicit && target.has_guard_pages)
      variants.push_back({target, container::BoundsChecks::kGuard});
    if (options.bounds_checks != BoundsChecksOption::kGuard)
      variants.push_back({target, container::BoundsChecks::kExplicit});
    if (options.bounds_checks == BoundsChecksOption::kGuard && !target.has_guard_pages) {
      return Error::Format(
          "%s has no address space for guard pages: leave out --bounds-checks=guard",
          container::ArchitectureName(target.architecture));
    }
  }
  if (options.format != OutputFormat::kContainer) variants.resize(1);
  return variants;
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
  TENON_ASSIGN_OR_RETURN(const std::vector<Variant> variants, ListVariants(options));
  TENON_ASSIGN_OR_RETURN(const wasm::Module module, ReadAndValidate(wasm, options));
  const auto first_machine = MakeTargetMachine(variants[0].target, options.opt_level);
  TENON_TRY(CheckPassOptions(*first_machine, options.passes));

  const InstanceLayout layout = ComputeInstanceLayout(module);
  const std::vector<Chunk> chunks = CutIntoChunks(module, options);
  std::vector<Task> tasks;
  for (const Variant& variant : variants) {
    for (const Chunk& chunk : chunks) tasks.push_back({&chunk, &variant});
  }
  // Reads all code, so once and not for each chunk.
  const std::vector<bool> may_throw =
      module.uses_exceptions ? FunctionsThatMayThrow(module) : std::vector<bool>{};
  const Job job{module, layout, may_throw, options, chunks.size() == 1};
  TENON_ASSIGN_OR_RETURN(std::vector<std::vector<std::uint8_t>> objects, GenerateAll(job, tasks));
  if (options.format != OutputFormat::kContainer) {
    if (objects.size() == 1) return std::move(objects[0]);
    return Error::Format(
        "the module is too large for one object or one IR file (it is compiled in %zu parts)",
        objects.size());
  }

  container::Parts parts = DescribeModule(module, layout, VersionText());
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto first = objects.begin() + static_cast<std::ptrdiff_t>(i * chunks.size());
    TENON_ASSIGN_OR_RETURN(LinkedImage image,
                           LinkVariant({first, first + static_cast<std::ptrdiff_t>(chunks.size())},
                                       variants[i].target, options));
    parts.variants.push_back(DescribeVariant(job, std::move(image), variants[i]));
  }
  const StageTimer timer(options.time_report, TimeReport::Stage::kWrite);
  return container::Write(parts);
}

Result<std::string> DescribePasses(const Options& options) {
  TENON_ASSIGN_OR_RETURN(const std::vector<Variant> variants, ListVariants(options));
  std::string text;
  for (const Variant& variant : variants) {
    // As for a module with one memory of the usual kind.
    AccessRules accesses;
    accesses.has_guards = variant.bounds_checks == container::BoundsChecks::kGuard;
    accesses.has_bounds_checks = !accesses.has_guards;
    accesses.exact_order = options.exact_order && accesses.has_guards;
    const auto machine = MakeTargetMachine(variant.target, options.opt_level);
    text += Error::Format("# %s, %s, level %d, bounds checks: %s\n",
                          container::ArchitectureName(variant.target.architecture),
                          variant.target.cpu.c_str(), options.opt_level,
                          accesses.has_guards ? "guard" : "explicit")
                .text();
    text += DescribePasses(*machine, options.opt_level, accesses);
  }
  return text;
}

}  // namespace tenon::compiler
