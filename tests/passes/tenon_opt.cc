// tenon-opt: runs passes over LLVM IR and prints what comes of it, for tests of one pass each.
//
//   tenon-opt -passes=LIST [-cpu=NAME] FILE.ll
//   tenon-opt -guarded-memory=OFFSET -object=OUT.o [-cpu=NAME] FILE.ll
//
// The second form generates code in guard mode for an instance whose one memory's MemoryInstance
// lies OFFSET bytes after its VmContext. LIST is as LLVM's `opt` takes it, with the names of
// compiler/optimize/passes.def for ours. The target is the file's `target triple`, or x86-64.
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdio>
#include <string>

#include "compiler/ir/verify.h"
#include "compiler/optimize/optimize.h"
#include "compiler/target/emit_object.h"
#include "compiler/target/target.h"

namespace {

using namespace tenon::compiler;  // NOLINT: a program of one file

int Fail(const std::string& what) {
  std::fprintf(stderr, "tenon-opt: %s\n", what.c_str());
  return 1;
}

struct Arguments {
  std::string passes;
  std::string cpu;
  std::string file;
  std::string object;
  std::uint64_t memory_offset = 0;
};

int WriteObject(llvm::Module& module, llvm::TargetMachine& machine, const Arguments& arguments) {
  const MemoryPlaces places{{{.is_guarded = true, .offset = arguments.memory_offset}}};
  FinishMode(module, machine, tenon::container::BoundsChecks::kGuard, {}, nullptr);
  const auto object = EmitObject(module, machine, &places, nullptr);
  if (!object.ok()) return Fail(object.error().text());
  std::FILE* file = std::fopen(arguments.object.c_str(), "wb");
  if (file == nullptr) return Fail("cannot write " + arguments.object);
  std::fwrite(object->data(), 1, object->size(), file);
  return std::fclose(file) == 0 ? 0 : Fail("cannot write " + arguments.object);
}

int Run(const Arguments& arguments) {
  const std::string& passes = arguments.passes;
  const std::string& file = arguments.file;
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  const auto module = llvm::parseIRFile(file, problem, context);
  if (module == nullptr) {
    problem.print("tenon-opt", llvm::errs());
    return 1;
  }
  const std::string triple = module->getTargetTriple().str();
  const auto target = ResolveTarget(triple.empty() ? "x86_64" : triple, arguments.cpu, "");
  if (!target.ok()) return Fail(target.error().text());
  const auto machine = MakeTargetMachine(*target, 2);
  SetTarget(*module, *machine);
  SetTargetOfFunctions(*module, *machine);
  if (std::string fault = FindFault(*module); !fault.empty()) return Fail(file + ": " + fault);
  if (!passes.empty()) {
    if (const auto status = RunPasses(*module, *machine, passes); !status.ok())
      return Fail(status.error().text());
  }
  if (std::string fault = FindFault(*module); !fault.empty())
    return Fail("after " + passes + ": " + fault);
  if (!arguments.object.empty()) return WriteObject(*module, *machine, arguments);
  module->print(llvm::outs(), nullptr);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument.consume_front("-passes=")) {
      arguments.passes = argument;
    } else if (argument.consume_front("-cpu=")) {
      arguments.cpu = argument;
    } else if (argument.consume_front("-object=")) {
      arguments.object = argument;
    } else if (argument.consume_front("-guarded-memory=")) {
      argument.getAsInteger(10, arguments.memory_offset);
    } else {
      arguments.file = argument;
    }
  }
  if ((arguments.passes.empty() && arguments.object.empty()) || arguments.file.empty())
    return Fail("usage: tenon-opt -passes=LIST [-cpu=NAME] FILE.ll (see tenon_opt.cc)");
  return Run(arguments);
}
