// LLVM describes each instruction of prologues and epilogues in .eh_frame; of that, a backtrace
// needs the caller's stack pointer and, since some frames are measured from it, the frame pointer.
#include "compiler/target/unwind_table.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDebugFrame.h>
#include <llvm/DebugInfo/DWARF/LowLevel/DWARFUnwindTable.h>
#include <llvm/Object/ObjectFile.h>

namespace tenon::compiler {
namespace {

using container::UnwindRow;

// System V ABI for AMD64, figure 3.36.
constexpr std::uint32_t kFramePointer = 6;
constexpr std::uint32_t kStackPointer = 7;
constexpr std::int32_t kWordBytes = 8;

Result<UnwindRow> Translate(const llvm::dwarf::UnwindRow& row, std::uint64_t function) {
  using Location = llvm::dwarf::UnwindLocation;
  const Location& frame = row.getCFAValue();
  if (frame.getLocation() != Location::RegPlusOffset ||
      (frame.getRegister() != kFramePointer && frame.getRegister() != kStackPointer)) {
    return Error::Format("internal error: a stack frame that is measured from no known register");
  }
  UnwindRow result;
  result.code_offset = row.getAddress() - function;
  result.from_frame_pointer = frame.getRegister() == kFramePointer;
  result.frame_words = static_cast<std::uint64_t>(frame.getOffset() / kWordBytes);
  const auto saved = row.getRegisterLocations().getRegisterLocation(kFramePointer);
  if (saved.has_value() && saved->getLocation() == Location::CFAPlusOffset)
    result.saved_words = static_cast<std::uint64_t>(-saved->getOffset() / kWordBytes);
  return result;
}

}  // namespace

Result<std::map<std::uint64_t, std::vector<UnwindRow>>> ReadUnwindRows(llvm::StringRef elf) {
  const auto failed = [](llvm::Error error) {
    return Error::Format("internal error: unwind information of the linked code: %s",
                         llvm::toString(std::move(error)).c_str());
  };
  auto object = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(elf, "image"));
  if (!object) return failed(object.takeError());
  const std::unique_ptr<llvm::DWARFContext> context = llvm::DWARFContext::create(**object);
  auto frames = context->getEHFrame();
  if (!frames) return failed(frames.takeError());

  std::map<std::uint64_t, std::vector<UnwindRow>> functions;
  for (const llvm::dwarf::FrameEntry& entry : (*frames)->entries()) {
    const auto* const function = llvm::dyn_cast<llvm::dwarf::FDE>(&entry);
    if (function == nullptr) continue;
    auto table = llvm::dwarf::createUnwindTable(function);
    if (!table) return failed(table.takeError());
    std::vector<UnwindRow>& rows = functions[function->getInitialLocation()];
    for (const llvm::dwarf::UnwindRow& row : *table) {
      TENON_ASSIGN_OR_RETURN(const UnwindRow translated,
                             Translate(row, function->getInitialLocation()));
      rows.push_back(translated);
    }
  }
  return functions;
}

}  // namespace tenon::compiler
