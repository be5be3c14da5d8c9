// `tenon inspect`: reads the file without choosing a variant.
#include "runtime/program/inspect.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "format/dump.h"
#include "format/view.h"
#include "loader/choose_variant.h"
#include "loader/os_memory.h"

namespace tenon::runtime {

Status Inspect(const char* path, bool as_json) {
  // The mapping and the descriptor go with the process.
  os::File file;
  const int error = os::OpenFile(path, &file);
  if (error == EINVAL) return Error::Format("is not a regular file");
  if (error != 0) return Error::Format("cannot be read: %s", std::strerror(error));
  const void* bytes = nullptr;
  if (file.size > 0) {
    bytes = os::MapFile(nullptr, file, 0, file.size, os::Access::kRead);
    if (bytes == nullptr) return Error::Format("cannot be read: %s", std::strerror(errno));
  }
  TENON_ASSIGN_OR_RETURN(
      const container::View view,
      container::View::Open({static_cast<const std::uint8_t*>(bytes), file.size}));
  TENON_TRY(view.Verify());
  const loader::VariantReport report(view);
  const container::DumpOutput output{
      [](void* stream, const char* text, std::size_t length) {
        std::fwrite(text, 1, length, static_cast<std::FILE*>(stream));
      },
      stdout,
      [](const void* state, const container::VariantEntry& variant) {
        return static_cast<const loader::VariantReport*>(state)->Explain(variant);
      },
      &report};
  if (as_json)
    container::DumpJson(view, output);
  else
    container::DumpText(view, output);
  return Status::Ok();
}

}  // namespace tenon::runtime
