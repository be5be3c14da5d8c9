// LLD links the objects as a shared image under a linker script that leaves two parts: rodata and
// text, at a fixed distance. Everything in them is PC-relative; a dynamic relocation is an
// internal error. LLD has global state, so links take turns.
#include "compiler/target/link.h"

#include <lld/Common/Driver.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Endian.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/LEB128.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>

#include "compiler/target/unwind_table.h"
#include "format/container.h"
#include "format/locking.h"

LLD_HAS_DRIVER(elf)

namespace tenon::compiler {

namespace {

constexpr std::uint64_t kImageBase = 0x100000;

constexpr const char* kLinkerScript = R"(SECTIONS {
  . = 0x100000;
  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) }
  .text : ALIGN(0x1000) { *(.text .text.*) }
  .eh_frame : ALIGN(0x1000) { *(.eh_frame) }
  .tenon_faults : { *(tenon_faults) }
  .dynsym : ALIGN(0x1000) { *(.dynsym) }
  .gnu.hash : { *(.gnu.hash) }
  .dynstr : { *(.dynstr) }
  .dynamic : { *(.dynamic) }
  .stack_sizes 0 : { *(.stack_sizes) }
  /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame_hdr) *(.llvm*) *(.riscv.attributes)
              *(.ARM.attributes) *(.ARM.exidx*) *(.ARM.extab*) }
})";

// A directory that goes when this object does.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    failed_ = static_cast<bool>(llvm::sys::fs::createUniqueDirectory("tenonc", path_));
  }
  ~TemporaryDirectory() {
    if (!failed_) llvm::sys::fs::remove_directories(path_);
  }
  bool failed() const { return failed_; }
  std::string File(const std::string& name) const { return (path_ + "/" + name).str(); }

 private:
  llvm::SmallString<128> path_;
  bool failed_;
};

bool WriteFile(const std::string& path, llvm::StringRef bytes) {
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error) return false;
  stream << bytes;
  stream.close();
  return !stream.has_error();
}

template <typename Elf>
struct Sections {
  using ElfSection = typename Elf::Shdr;
  const ElfSection* rodata = nullptr;
  const ElfSection* text = nullptr;
  const ElfSection* stack_sizes = nullptr;
  const ElfSection* faults = nullptr;
  const ElfSection* symbols = nullptr;
  bool has_unwind_information = false;
};

template <typename Elf>
Result<Sections<Elf>> FindSections(const llvm::object::ELFFile<Elf>& elf) {
  Sections<Elf> found;
  for (const auto& section : llvm::cantFail(elf.sections())) {
    const llvm::StringRef name = llvm::cantFail(elf.getSectionName(section));
    if (name == ".rodata") found.rodata = &section;
    if (name == ".text") found.text = &section;
    if (name == ".stack_sizes") found.stack_sizes = &section;
    if (name == ".tenon_faults") found.faults = &section;
    if (name == ".eh_frame") found.has_unwind_information = section.sh_size != 0;
    if (section.sh_type == llvm::ELF::SHT_SYMTAB) found.symbols = &section;
    if ((section.sh_type == llvm::ELF::SHT_RELA || section.sh_type == llvm::ELF::SHT_REL) &&
        section.sh_size != 0) {
      return Error::Format("internal error: the linked code has relocations in %s",
                           name.str().c_str());
    }
  }
  return found;
}

std::uint64_t MaximumFrameSize(llvm::ArrayRef<std::uint8_t> bytes, std::size_t address_bytes) {
  // Entries of an address and a LEB128 size.
  std::uint64_t maximum = 0;
  const std::uint8_t* at = bytes.begin();
  while (at + address_bytes < bytes.end()) {
    at += address_bytes;
    unsigned length = 0;
    maximum = std::max(maximum, llvm::decodeULEB128(at, &length, bytes.end()));
    at += length;
  }
  return maximum;
}

// Offsets into the image of what the section lists: each entry is the distance from itself, in 32
// bits.
std::vector<std::uint32_t> FaultPlaces(llvm::ArrayRef<std::uint8_t> bytes, std::uint64_t address) {
  std::vector<std::uint32_t> places;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    const auto distance = static_cast<std::int32_t>(llvm::support::endian::read32le(&bytes[at]));
    places.push_back(static_cast<std::uint32_t>(address + at - kImageBase) +
                     static_cast<std::uint32_t>(distance));
  }
  std::sort(places.begin(), places.end());
  return places;
}

template <typename Elf>
void Place(LinkedImage& image, const llvm::object::ELFFile<Elf>& elf,
           const typename Elf::Shdr& section) {
  const llvm::ArrayRef<std::uint8_t> bytes = llvm::cantFail(elf.getSectionContents(section));
  const std::uint64_t offset = section.sh_addr - kImageBase;
  if (image.bytes.size() < offset + bytes.size()) image.bytes.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), image.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

template <typename Elf>
Result<LinkedImage> Extract(llvm::StringRef file) {
  auto parsed = llvm::object::ELFFile<Elf>::create(file);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return Error::Format("internal error: the linker's output is not ELF");
  }
  const llvm::object::ELFFile<Elf>& elf = *parsed;
  TENON_ASSIGN_OR_RETURN(const Sections<Elf> sections, FindSections(elf));
  LinkedImage image;
  if (sections.rodata != nullptr) Place(image, elf, *sections.rodata);
  image.bytes.resize((image.bytes.size() + container::kSegmentAlignment - 1) &
                     ~(container::kSegmentAlignment - 1));
  image.text_offset = image.bytes.size();
  if (sections.text != nullptr && sections.text->sh_size != 0) {
    image.text_offset = sections.text->sh_addr - kImageBase;
    image.text_size = sections.text->sh_size;
    Place(image, elf, *sections.text);
  }
  if (sections.stack_sizes != nullptr) {
    image.maximum_frame_size = MaximumFrameSize(
        llvm::cantFail(elf.getSectionContents(*sections.stack_sizes)), sizeof(typename Elf::Addr));
  }
  if (sections.faults != nullptr) {
    image.fault_places = FaultPlaces(llvm::cantFail(elf.getSectionContents(*sections.faults)),
                                     sections.faults->sh_addr);
  }
  if (sections.has_unwind_information) {
    TENON_ASSIGN_OR_RETURN(auto rows, ReadUnwindRows(file));
    for (auto& [address, own] : rows)
      image.unwind_rows[static_cast<std::uint32_t>(address - kImageBase)] = std::move(own);
  }
  if (sections.symbols != nullptr) {
    const llvm::StringRef names = llvm::cantFail(elf.getStringTableForSymtab(*sections.symbols));
    for (const auto& symbol : llvm::cantFail(elf.symbols(sections.symbols))) {
      if (symbol.getType() != llvm::ELF::STT_FUNC || symbol.st_shndx == 0) continue;
      image.symbols[llvm::cantFail(symbol.getName(names)).str()] =
          static_cast<std::uint32_t>(symbol.st_value - kImageBase);
    }
  }
  return image;
}

}  // namespace

Result<LinkedImage> Link(const std::vector<std::vector<std::uint8_t>>& objects,
                         const std::vector<std::uint8_t>& support) {
  const TemporaryDirectory directory;
  if (directory.failed()) return Error::Format("cannot make a temporary directory for linking");
  const std::string script = directory.File("script");
  const std::string output = directory.File("image");
  std::vector<std::string> arguments = {"ld.lld",
                                        "-shared",
                                        "-Bsymbolic",
                                        "-z",
                                        "defs",
                                        "--hash-style=gnu",
                                        "--build-id=none",
                                        "--threads=1",
                                        "-z",
                                        "norelro",
                                        "-z",
                                        "nognustack",
                                        "-T",
                                        script,
                                        "-o",
                                        output};
  bool written = WriteFile(script, kLinkerScript);
  const auto add = [&](const std::string& name, const std::vector<std::uint8_t>& bytes) {
    const std::string path = directory.File(name);
    written =
        written &&
        WriteFile(path, llvm::StringRef(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    arguments.push_back(path);
  };
  for (std::size_t i = 0; i < objects.size(); ++i) add(std::to_string(i) + ".o", objects[i]);
  if (!support.empty()) {
    arguments.push_back("--start-lib");
    add("support.o", support);
    arguments.push_back("--end-lib");
  }
  if (!written)
    return Error::Format("cannot write temporary files for linking (is the disk full?)");

  std::vector<const char*> raw_arguments;
  for (const std::string& argument : arguments) raw_arguments.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  static Mutex one_at_a_time;
  {
    const MutexLock lock(one_at_a_time);
    const lld::Result result =
        lld::lldMain(raw_arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
    if (result.retCode != 0) {
      return Error::Format("internal error: linking failed: %s", messages.c_str());
    }
  }
  auto file = llvm::MemoryBuffer::getFile(output);
  if (!file) return Error::Format("internal error: the linker wrote no output");
  const llvm::StringRef bytes = (*file)->getBuffer();
  const bool is_64_bit =
      bytes.size() > llvm::ELF::EI_CLASS && bytes[llvm::ELF::EI_CLASS] == llvm::ELF::ELFCLASS64;
  return is_64_bit ? Extract<llvm::object::ELF64LE>(bytes) : Extract<llvm::object::ELF32LE>(bytes);
}

}  // namespace tenon::compiler
