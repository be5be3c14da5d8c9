// tenon-opt: runs passes over LLVM IR and prints what comes of it, for tests of one pass each.
//
//   tenon-opt -passes=LIST [-cpu=NAME] FILE.ll
//
// LIST is as LLVM's `opt` takes it, with the names of compiler/optimize/passes.def for ours. The
// target is the file's `target triple`, or x86-64.
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdio>
#include <cstring>
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

int Run(const std::string& passes, const std::string& cpu, const std::string& file) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  const auto module = llvm::parseIRFile(file, problem, context);
  if (module == nullptr) {
    problem.print("tenon-opt", llvm::errs());
    return 1;
  }
  const std::string triple = module->getTargetTriple().str();
  const auto target = ResolveTarget(triple.empty() ? "x86_64" : triple, cpu, "");
  if (!target.ok()) return Fail(target.error().text());
  const auto machine = MakeTargetMachine(*target, 2);
  SetTarget(*module, *machine);
  SetTargetOfFunctions(*module, *machine);
  if (std::string fault = FindFault(*module); !fault.empty()) return Fail(file + ": " + fault);
  if (const auto status = RunPasses(*module, *machine, passes); !status.ok())
    return Fail(status.error().text());
  if (std::string fault = FindFault(*module); !fault.empty())
    return Fail("after " + passes + ": " + fault);
  module->print(llvm::outs(), nullptr);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string passes;
  std::string cpu;
  std::string file;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "-passes=", 8) == 0) {
      passes = argv[i] + 8;
    } else if (std::strncmp(argv[i], "-cpu=", 5) == 0) {
      cpu = argv[i] + 5;
    } else {
      file = argv[i];
    }
  }
  if (passes.empty() || file.empty())
    return Fail("usage: tenon-opt -passes=LIST [-cpu=NAME] FILE.ll");
  return Run(passes, cpu, file);
}
