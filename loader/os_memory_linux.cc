// The part of os_memory.h that asks the dynamic linker; Linux.
#include <link.h>

#include "loader/os_memory.h"

namespace tenon::os {
namespace {

struct Question {
  std::uintptr_t begin;
  std::uintptr_t end;
  bool never_written;
};

int Ask(dl_phdr_info* object, std::size_t, void* state) {
  auto& question = *static_cast<Question*>(state);
  for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    if (segment.p_type != PT_LOAD || question.begin < begin ||
        question.end > begin + segment.p_filesz) {
      continue;
    }
    question.never_written = (segment.p_flags & PF_W) == 0;
    return 1;
  }
  return 0;
}

}  // namespace

bool IsNeverWritten(const void* base, std::uint64_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(base);
  Question question{begin, begin + static_cast<std::uintptr_t>(size), false};
  ::dl_iterate_phdr(Ask, &question);
  return question.never_written;
}

}  // namespace tenon::os
